//! The result: how much, when, why.

use crate::events::{Events, Means};
use crate::form::{Form, Outcome};
use crate::keep::Keep;
use crate::summary::Summary;
use crate::words::{nth, word};
use kokuho_shared::assessment::premium::circumstances::CircumstanceError;
use kokuho_shared::assessment::sheet::Sheet;
use kokuho_shared::money::Yen;
use kokuho_ui::chart::{InstalmentBars, Waterfall};
use kokuho_ui::components::When;
use kokuho_ui::explanation::{Explained, ExplanationTree};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::premium::{PartTable, tier_words};
use leptos::prelude::*;

#[component]
pub fn Outcomes(
    form: Form,
    sheet: Memo<Sheet>,
    outcome: Memo<Outcome>,
    means: Means,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let assessment = Memo::new(move |_| match outcome.get() {
        Outcome::Assessed(assessment) => Some(*assessment),
        _ => None,
    });
    let shown = move || assessment.get().is_some();
    view! {
        <section class="result" aria-labelledby="result-heading">
            <h2 id="result-heading">{word(lang, "試算の結果", "Estimate", "けっか")}</h2>
            <div aria-live="polite" aria-atomic="true">
                {move || match outcome.get() {
                    Outcome::BirthMissing(place) => waiting(place, lang.get()).into_any(),
                    Outcome::NoEffect(place, why) => {
                        let text = no_effect(place, why, lang.get());
                        view! { <p class="field-error" data-testid="no-effect">{text}</p> }.into_any()
                    }
                    Outcome::Refused(why) => {
                        view! { <p class="field-error">{refusal(why, lang.get())}</p> }.into_any()
                    }
                    Outcome::Assessed(assessment) => amount(assessment.premium.total, lang.get()).into_any(),
                }}
            </div>
            <When holds=Signal::derive(shown)>
                <p>{move || assessment.get().map(|assessment| tier_words(&assessment.premium.test, lang.get()))}</p>
                <PartTable explanation=Signal::derive(move || assessment.get().map(|assessment| assessment.explanation).unwrap_or_default()) lang=lang />
                <Events form=form sheet=sheet means=means lang=lang />
                <h3>{word(lang, "図で見る", "As a picture", "図で 見る")}</h3>
                <Waterfall explanation=Signal::derive(move || assessment.get().map(|assessment| assessment.explanation).unwrap_or_default()) lang=lang />
                <InstalmentBars instalments=Signal::derive(move || assessment.get().map(|assessment| assessment.instalments).unwrap_or_default()) lang=lang />
                <h3>{word(lang, "なぜこの金額か", "Why this amount", "どうして この お金か")}</h3>
                <ExplanationTree of=Signal::derive(move || explained(form, assessment.get(), lang.get())) lang=lang />
                <Summary sheet=sheet lang=lang />
            </When>
            <Keep form=form sheet=sheet lang=lang />
        </section>
    }
}

/// Why something that was said about a person changes nothing.
pub fn no_effect(place: usize, why: CircumstanceError, lang: Lang) -> String {
    let person = nth(lang, place + 1);
    if lang.is_japanese() {
        return format!("{person}：{why}");
    }
    let text = match why {
        CircumstanceError::LeftTooOld(age) => {
            format!("whoever was {age} or older on leaving the job gets no reduction for it")
        }
        CircumstanceError::LeftBeforeBirth => "the job was lost before the date of birth".into(),
        CircumstanceError::BirthTooEarly(first) => format!("only births from {first} on count"),
        CircumstanceError::BirthBeforeOwn => "the birth lies before the person’s own".into(),
        CircumstanceError::NotAFormerDependant => {
            "this relief is for those who joined at 65 to 74".into()
        }
    };
    format!("{person}: {text}.")
}

fn waiting(place: usize, lang: Lang) -> impl IntoView {
    let nth = nth(lang, place + 1);
    let text = match lang {
        Lang::Ja => format!("{nth}の生年月日を入力すると、ここに保険料が出ます。"),
        Lang::En => format!("{nth}: enter the date of birth to see the premium here."),
        Lang::Easy => format!("{nth}の 生まれた日を 書くと、ここに 保険料が 出ます。"),
    };
    view! { <p>{text}</p> }
}

fn amount(total: Yen, lang: Lang) -> impl IntoView {
    let monthly = format::yen(Yen(total.0 / 12), lang);
    view! {
        <p class="muted">{lang.pick("年間保険料（概算）", "Premium of the year (estimate)", "1年の 保険料（だいたい）")}</p>
        <p class="total" data-testid="total">{format::yen(total, lang)}</p>
        <p class="muted">{match lang {
            Lang::Ja => format!("12か月で割ると 1か月あたり約 {monthly}"),
            Lang::En => format!("about {monthly} a month"),
            Lang::Easy => format!("1か月に だいたい {monthly}"),
        }}</p>
    }
}

fn explained(
    form: Form,
    assessment: Option<kokuho_shared::assessment::result::Assessment>,
    lang: Lang,
) -> Explained {
    let names = (1..=form.persons.get().len()).map(|place| nth(lang, place));
    Explained {
        explanation: assessment
            .map(|assessment| assessment.explanation)
            .unwrap_or_default(),
        names: names.collect(),
        fiscal_year: form.fiscal_year.get(),
        parameters: format!("{}/{}", form.municipality.get(), form.fiscal_year.get()),
    }
}

/// The rules say in Japanese what they refuse.
pub fn refusal(why: String, lang: Lang) -> String {
    match lang {
        Lang::En => "Please check the days, amounts, year and municipality.".to_owned(),
        _ => why,
    }
}
