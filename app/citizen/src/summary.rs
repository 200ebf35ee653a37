//! 入力した内容: what a printed estimate begins with, and the code by which a counter opens it again.

use crate::clock;
use crate::keep::QrPicture;
use crate::town::{town_name, year_name};
use crate::words::nth;
use kokuho_shared::assessment::sheet::code::{DAYS, DayField, YEN, YenField};
use kokuho_shared::assessment::sheet::{Person, Sheet};
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::income_kinds;
use leptos::prelude::*;

/// What a field is called: Japanese, English, plain Japanese.
type Name = (&'static str, &'static str, &'static str);

fn yen_name(field: YenField) -> Name {
    match field {
        YenField::Salary => (
            "給与収入（年）",
            "Salary before deductions (year)",
            "会社から もらった お金（1年）",
        ),
        YenField::Pension => (
            "公的年金の収入（年）",
            "Public pension (year)",
            "年金で もらった お金（1年）",
        ),
        YenField::SalaryIncome => ("給与所得", "Salary income (after deduction)", "給与所得"),
        YenField::PensionIncome => (
            "公的年金等の雑所得",
            "Pension income (after deduction)",
            "年金の 所得",
        ),
        YenField::Business => (
            "その他の所得（事業など）",
            "Other income (business …)",
            "ほかの 所得（店など）",
        ),
        other => income_kinds::name(other),
    }
}

fn day_name(field: DayField) -> Name {
    match field {
        DayField::Birth => ("生年月日", "Date of birth", "生まれた日"),
        DayField::Acquired => ("加入した日", "Joined on", "入った日"),
        DayField::Lost => ("やめた日", "Left on", "やめた日"),
        DayField::Left => ("会社都合などで退職した日", "Job lost on", "仕事を やめた日"),
        DayField::Expected => (
            "出産予定日（出産した日）",
            "Day of birth of the child",
            "赤ちゃんが 生まれる日",
        ),
        DayField::Dependant => (
            "旧被扶養者になった日",
            "Former dependant since",
            "家族の 保険から 移った日",
        ),
        DayField::MovedOn => (
            "後期高齢者医療へ移った日",
            "Moved to the medical insurance for people of 75 and over on",
            "75歳の 保険に かわった日",
        ),
    }
}

fn facts(person: &Person, lang: Lang) -> Vec<(String, String)> {
    let mut person = person.clone();
    let mut facts = Vec::new();
    let pick = |(ja, en, easy): Name| lang.pick(ja, en, easy).to_owned();
    for (field, _, of) in DAYS {
        if let Some(day) = *of(&mut person) {
            facts.push((pick(day_name(field)), format::date(day, lang)));
        }
    }
    for (field, _, of) in YEN {
        let yen = *of(&mut person);
        if yen != Yen::ZERO {
            facts.push((pick(yen_name(field)), format::yen(yen, lang)));
        }
    }
    let mut flag = |holds: bool, name: Name| {
        if holds {
            facts.push((pick(name), "✓".to_owned()));
        }
    };
    flag(person.head, ("世帯主", "Head of the household", "世帯主"));
    flag(
        !person.insured,
        (
            "国民健康保険に加入していない",
            "Not insured",
            "国民健康保険に 入っていない",
        ),
    );
    flag(
        person.undeclared,
        (
            "所得の申告をしていない",
            "Income not declared",
            "収入を 知らせていない",
        ),
    );
    facts
}

/// Where, which year and on which day it was printed.
fn head(sheet: &Sheet, lang: Lang) -> [(&'static str, String); 3] {
    let today = clock::today().map(|day| format::date(day, lang));
    [
        (
            lang.pick("市区町村", "Municipality", "市や 町"),
            town_name(&sheet.municipality, lang),
        ),
        (
            lang.pick("年度", "Fiscal year", "年度"),
            year_name(sheet.fiscal_year, lang),
        ),
        (
            lang.pick("印刷した日", "Printed on", "印刷した日"),
            today.unwrap_or_default(),
        ),
    ]
}

#[component]
pub fn Summary(
    sheet: Memo<Sheet>,
    /// How often the page was printed.
    printed: RwSignal<u32>,
    lang: RwSignal<Lang>,
) -> impl IntoView {
    // A page may stay open over days: it is written anew when it is printed.
    let heard = window_event_listener_untyped("beforeprint", move |_| {
        printed.update(|times| *times += 1);
    });
    on_cleanup(move || heard.remove());
    let wanted = Signal::derive(move || printed.get() > 0);
    let between = move || lang.get().of("：", ": ");
    view! {
        <section class="print-only entered" data-testid="entered">
            <div class="entered-code"><QrPicture sheet=sheet wanted=wanted lang=lang /></div>
            {move || {
                printed.track();
                let lines = head(&sheet.get(), lang.get());
                lines.map(|(name, value)| view! { <p><b>{name}</b>{between()}{value}</p> }).collect_view()
            }}
            <h3>{move || lang.get().pick("入力した内容", "What was entered", "書いた こと")}</h3>
            {move || {
                let lang = lang.get();
                sheet.get().persons.iter().enumerate().map(|(place, person)| view! {
                    <p><b>{nth(lang, place + 1)}</b>{facts(person, lang).into_iter().map(|(name, value)| format!("　{name} {value}")).collect::<String>()}</p>
                }).collect_view()
            }}
        </section>
    }
}
