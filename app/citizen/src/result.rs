//! The result: how much, when, why.

use crate::bar::stale_words;
use crate::events::{Events, Means};
use crate::form::{Answer, Elder, Form, Outcome};
use crate::keep::Keep;
use crate::payments::payments;
use crate::people::elder_words;
use crate::steps::{Step, StepHeading};
use crate::summary::Summary;
use crate::why::{Terms, Why};
use crate::words::{nth, word};
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::sheet::Sheet;
use kokuho_ui::chart::{InstalmentBars, Waterfall};
use kokuho_ui::components::When;
use kokuho_ui::explanation::{Explained, ExplanationTree};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::premium::PartTable;
use kokuho_ui::refusal;
use leptos::prelude::*;

#[component]
pub fn Outcomes(
    form: Form,
    sheet: Memo<Sheet>,
    answer: Memo<Answer>,
    elders: Memo<Vec<(u32, Elder)>>,
    means: Means,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let assessment = Memo::new(move |_| answer.with(|answer| answer.assessment().cloned()));
    let printed = RwSignal::new(0u32);
    let stale = move || answer.with(|answer| matches!(answer, Answer::Stale(_)));
    view! {
        <section class="result step step-answer" aria-labelledby="result-heading">
            <StepHeading step=Step::Answer lang=lang />
            <Summary sheet=sheet printed=printed lang=lang />
            <div class:stale=stale>
                {move || first_words(answer.get(), lang.get())}
            </div>
            <ElderNotices form=form elders=elders lang=lang />
            <When holds=Signal::derive(move || assessment.with(Option::is_some))>
                <Details form=form sheet=sheet assessment=assessment means=means lang=lang />
            </When>
            <Keep form=form sheet=sheet printed=printed lang=lang />
        </section>
    }
}

/// The amount, or what is still wanted for it.
fn first_words(answer: Answer, lang: Lang) -> AnyView {
    let wrong = |text: String| view! { <p class="field-error">{text}</p> }.into_any();
    match answer {
        Answer::Now(Outcome::TownMissing) => view! {
            <p>{lang.pick("市区町村を選ぶと、ここに保険料が出ます。", "Choose your municipality to see the premium here.", "市や 町を えらぶと、ここに 保険料が 出ます。")}</p>
        }
        .into_any(),
        Answer::Now(Outcome::BirthMissing(place)) => view! { <p>{waiting(place, lang)}</p> }.into_any(),
        Answer::Now(Outcome::Elderly) => view! {
            <p data-testid="elderly">{lang.pick("国民健康保険料はかかりません。", "There is no premium of National Health Insurance.", "国民健康保険の お金は ありません。")}</p>
        }
        .into_any(),
        Answer::Now(Outcome::NoEffect(place, why)) => {
            let text = refusal::circumstance(place, why, lang);
            view! { <p class="field-error" data-testid="no-effect">{text}</p> }.into_any()
        }
        Answer::Now(Outcome::Refused(why)) => wrong(refusal::words(&why, lang)),
        Answer::Now(Outcome::Assessed(known)) => amount(&known, false, lang),
        Answer::Stale(Some(known)) => amount(&known, true, lang),
        Answer::Stale(None) => wrong(stale_words(lang).to_owned()),
    }
}

fn waiting(place: usize, lang: Lang) -> String {
    let nth = nth(lang, place + 1);
    match lang {
        Lang::Ja => format!("{nth}の生年月日を入力すると、ここに保険料が出ます。"),
        Lang::En => format!("{nth}: enter the date of birth to see the premium here."),
        Lang::Easy => format!("{nth}の 生まれた日を 書くと、ここに 保険料が 出ます。"),
    }
}

/// `stale`: it is the amount of before.
fn amount(known: &Assessment, stale: bool, lang: Lang) -> AnyView {
    let total = format::yen(known.premium.total, lang);
    let payments = payments(&known.instalments, lang);
    if stale {
        return view! {
            <p class="notice notice-warning" data-testid="stale">{stale_words(lang)}"。"</p>
            <p class="muted">{lang.pick("前の金額（今の入力のものではありません）", "The amount before (not of what is entered now)", "前の お金（今の ものでは ありません）")}</p>
            <p class="total"><s>{total}</s></p>
        }
        .into_any();
    }
    view! {
        <p class="muted">{lang.pick("年間保険料（概算）", "Premium of the year (estimate)", "1年の 保険料（だいたい）")}</p>
        <p class="total" data-testid="total">{total}</p>
        <p class="payments" data-testid="payments">{payments}</p>
    }
    .into_any()
}

#[component]
fn ElderNotices(
    form: Form,
    elders: Memo<Vec<(u32, Elder)>>,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    let notice = move |(key, elder): (u32, Elder)| {
        let name = nth(lang.get(), form.place(key));
        let text = elder_words(elder, lang.get());
        view! { <p class="notice notice-warning" data-testid="elder"><b>{name}</b>" "{text}</p> }
    };
    move || elders.get().into_iter().map(notice).collect_view()
}

#[component]
fn Details(
    form: Form,
    sheet: Memo<Sheet>,
    assessment: Memo<Option<Assessment>>,
    means: Means,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    view! {
        <Why assessment=assessment lang=lang />
        <InstalmentBars instalments=Signal::derive(move || assessment.get().map(|assessment| assessment.instalments).unwrap_or_default()) lang=lang />
        <PartTable explanation=Signal::derive(move || assessment.get().map(|assessment| assessment.explanation).unwrap_or_default()) lang=lang />
        <Terms lang=lang />
        <Events form=form sheet=sheet means=means lang=lang />
        <h3>{word(lang, "図で見る", "As a picture", "図で 見る")}</h3>
        <Waterfall explanation=Signal::derive(move || assessment.get().map(|assessment| assessment.explanation).unwrap_or_default()) lang=lang />
        <h3>{word(lang, "計算のくわしい内容", "The calculation in detail", "計算の くわしい こと")}</h3>
        <ExplanationTree of=Signal::derive(move || explained(form, assessment.get(), lang.get())) lang=lang />
    }
}

fn explained(form: Form, assessment: Option<Assessment>, lang: Lang) -> Explained {
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
