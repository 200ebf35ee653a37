//! 入力した内容, for the printed page.

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
            "Moved on to the insurance of the elderly on",
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

#[component]
pub fn Summary(sheet: Memo<Sheet>, lang: RwSignal<Lang>) -> impl IntoView {
    view! {
        <section class="print-only">
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
