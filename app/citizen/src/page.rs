//! The page: questions and the answer, a step at a time or side by side.

use crate::bar::{Bar, Told};
use crate::days::DaysStep;
use crate::events::Means;
use crate::figures;
use crate::form::{Answer, Elder, Form, Outcome, blank, elder, outcome};
use crate::income::IncomeStep;
use crate::keep;
use crate::people::PeopleStep;
use crate::problems::{ProblemList, Problems};
use crate::result::Outcomes;
use crate::situation::SituationStep;
use crate::steps::{Step, StepButtons, Walk, is_narrow};
use crate::town::TownStep;
use crate::words::word;
use kokuho_shared::assessment::sheet::Sheet;
use kokuho_ui::entry::Unread;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// A value in the address of the page, e.g. `?m=27100&y=2026&lang=en`.
fn asked(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search)
        .ok()?
        .get(name)
}

/// The language that the address asks for.
fn language() -> Lang {
    match asked("lang").as_deref() {
        Some("en") => Lang::En,
        Some("easy") => Lang::Easy,
        _ => Lang::Ja,
    }
}

const LANGUAGES: [(Lang, &str); 3] = [
    (Lang::Ja, "日本語"),
    (Lang::Easy, "やさしい日本語"),
    (Lang::En, "English"),
];

/// The page's title and language follow the reader's choice.
fn name_page(lang: RwSignal<Lang>) {
    Effect::new(move |_| {
        let lang = lang.get();
        document().set_title(lang.of(
            "国民健康保険料の試算",
            "National Health Insurance premium estimate",
        ));
        if let Some(root) = document().document_element() {
            // The attribute can always be set on the root element.
            let _ = root.set_attribute("lang", lang.code());
        }
    });
}

fn means(form: Form) -> Means {
    let assessor = Memo::new_owning(move |_| {
        let assessor = figures::assessor(&form.municipality.get(), form.fiscal_year.get());
        (assessor, true)
    });
    Means {
        assessor,
        tables: StoredValue::new(figures::sheet_tables()),
    }
}

/// Who is too old for this insurance, by key.
fn elders(form: Form, sheet: Memo<Sheet>, means: Means) -> Memo<Vec<(u32, Elder)>> {
    Memo::new(move |_| {
        let ages = means.assessor.with(|assessor| {
            let assessor = assessor.as_ref().ok();
            assessor.map(|assessor| assessor.rules.ages)
        });
        let Some(ages) = ages else {
            return Vec::new();
        };
        let sheet = sheet.get();
        let persons = form.persons.get();
        let all = persons.iter().zip(&sheet.persons);
        all.filter_map(|(person, of)| Some((person.key, elder(of, sheet.fiscal_year, ages)?)))
            .collect()
    })
}

#[component]
pub fn Page() -> impl IntoView {
    let lang = RwSignal::new(language());
    // A code in the address comes first; a place that the address names is a new beginning.
    let named = asked("m");
    let kept = keep::brought().or_else(|| keep::kept().filter(|_| named.is_none()));
    let again = kept.is_some();
    let year = asked("y").and_then(|year| year.parse().ok());
    let form = Form::new(&kept.unwrap_or_else(|| blank(named, year)));
    let walk = Walk::begin(if again { Step::Answer } else { Step::Situation });
    name_page(lang);
    let unread = Unread::provide();
    let means = means(form);
    let sheet = Memo::new(move |_| form.sheet());
    let outcome: Memo<Outcome> = Memo::new(move |_| {
        means.assessor.with(|assessor| {
            let tables = means.tables;
            tables.with_value(|tables| sheet.with(|sheet| outcome(sheet, assessor, tables)))
        })
    });
    let answer =
        Memo::new(move |before: Option<&Answer>| Answer::next(before, outcome.get(), unread.any()));
    let problems = Problems {
        form,
        outcome,
        unread,
        elders: elders(form, sheet, means),
        tried: RwSignal::new(None),
    };
    let onward = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let step = walk.at.get_untracked();
        // Where everything is on one page there is nothing to go on to.
        if is_narrow()
            && problems.leave(step, lang.get_untracked())
            && let Some(next) = step.after()
        {
            walk.go(next);
        }
    };
    view! {
        <header class="citizen-header no-print">
            <p>{word(lang, "国民健康保険料の試算", "National Health Insurance estimate", "国民健康保険の お金を 計算する")}</p>
            <Languages lang=lang />
        </header>
        <main class="citizen-main" data-step=move || walk.at.get().key()>
            <h1>{word(lang, "今年度の保険料はいくら？", "How much is this year’s premium?", "今年度の 保険料は いくら？")}</h1>
            <p class="intro">{word(lang,
                "概算です。入力した内容はどこにも送信されません。正式な金額は市区町村からの通知をご覧ください。",
                "An estimate. Nothing you enter is sent anywhere. The notice from your municipality is authoritative.",
                "だいたいの お金です。書いた ことは どこにも 送りません。本当の お金は 市や 町からの 手紙を 見て ください。")}</p>
            {again.then(|| view! {
                <p class="notice notice-info no-print" data-testid="again">{word(lang,
                    "保存した内容、または読み取った内容を表示しています。",
                    "What was saved or read is shown.",
                    "前に 書いた ことが 出ています。")}</p>
            })}
            <Bar answer=answer lang=lang />
            <Told answer=answer lang=lang />
            <div class="citizen-columns">
                <form id="questions" class="no-print" novalidate on:submit=onward>
                    <ProblemList problems=problems lang=lang />
                    <SituationStep form=form lang=lang />
                    <TownStep form=form wrong=problems.town(lang) lang=lang />
                    <PeopleStep form=form problems=problems lang=lang />
                    <IncomeStep form=form lang=lang />
                    <DaysStep form=form problems=problems lang=lang />
                </form>
                <Outcomes form=form sheet=sheet answer=answer elders=problems.elders means=means lang=lang />
            </div>
            <StepButtons walk=walk lang=lang />
        </main>
        <footer class="citizen-footer">
            {word(lang,
                "退職・出産・旧被扶養者の軽減には届出が必要です。所得の減少や災害による減免と市独自の軽減・減免は、この試算に含まれていません。",
                "Reductions for a lost job, childbirth and former dependants need a notice to the municipality. Reliefs for a fall of income or a disaster and those of the municipality’s own are not part of this estimate.",
                "仕事を やめた 人・赤ちゃんが 生まれる 人の 割引は、市や 町に 知らせて ください。収入が へった 人や 災害の 割引、市や 町だけの 割引は、ここには ありません。")}
        </footer>
    }
}

#[component]
fn Languages(lang: RwSignal<Lang>) -> impl IntoView {
    let button = move |(each, name): (Lang, &'static str)| {
        view! {
            <button type="button" class="button" lang=each.code() aria-pressed=move || (lang.get() == each).to_string()
                on:click=move |_| lang.set(each)>{name}</button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label="言語 / Language">
            {LANGUAGES.into_iter().map(button).collect_view()}
        </div>
    }
}
