//! What is printed of a 保険料決定通知書.

use super::Name;
use crate::fonts::Fonts;
use crate::notice::{AssessmentNotice, Concerned, Reason, Replaced};
use crate::paging::{breakdown_pages, chunks};
use crate::tables::Table;
use crate::words::{formula, label, reasons, signed, yen};
use kokuho_shared::assessment::breakdown::Breakdown;
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::explain::Line;
use kokuho_shared::explain::reading::Shown;
use kokuho_shared::money::Yen;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Notice<'a> {
    household_number: &'a str,
    head: Name<'a>,
    total: String,
    /// 区分ごとの保険料: names of the parts, and the row of their amounts.
    parts: Vec<&'static str>,
    amounts: Vec<String>,
    instalments: Vec<Instalment>,
    reasons: Vec<String>,
    /// 変更: none of a first notice.
    change: Option<Change<'a>>,
    insured: Vec<Insured<'a>>,
    /// 内訳: a page for so many tables as it holds.
    breakdown: Vec<Vec<Table>>,
    /// 計算の説明, page by page.
    explanation: Vec<Vec<Step<'a>>>,
}

/// 被保険者.
#[derive(Serialize)]
struct Insured<'a> {
    name: Name<'a>,
    born: String,
    income: String,
}

#[derive(Serialize)]
struct Instalment {
    nth: String,
    due_on: String,
    amount: String,
}

/// So many people are named for a cause.
const NAMED: usize = 3;

/// What was told before, and why it changed.
#[derive(Serialize)]
struct Change<'a> {
    told_on: String,
    before: String,
    difference: String,
    steps: Vec<Cause<'a>>,
}

#[derive(Serialize)]
struct Cause<'a> {
    label: String,
    yen: String,
    people: Vec<Person<'a>>,
    /// How many more there are, where they would leave no room on the page.
    more: String,
}

/// Somebody whom a cause concerns, with how and since when.
#[derive(Serialize)]
struct Person<'a> {
    name: Name<'a>,
    how: String,
}

/// A line of the explanation.
#[derive(Serialize)]
struct Step<'a> {
    depth: u8,
    label: String,
    person: Option<Name<'a>>,
    yen: String,
    formula: String,
    article: &'static str,
}

pub(super) fn view<'a>(
    notice: &'a AssessmentNotice,
    fiscal_year: FiscalYear,
    fonts: &'a Fonts,
) -> Notice<'a> {
    let breakdown = Breakdown::of(&notice.explanation);
    let instalments = notice.instalments.iter();
    Notice {
        household_number: &notice.household_number,
        head: Name::of(&notice.head, fonts),
        total: yen(notice.total),
        parts: breakdown
            .parts
            .iter()
            .map(|(part, _)| part.name())
            .collect(),
        amounts: amounts(&breakdown),
        instalments: instalments
            .map(|each| Instalment {
                nth: instalments::name(each.number),
                due_on: era::format(each.due_on),
                amount: yen(each.amount),
            })
            .collect(),
        reasons: reasons(notice),
        change: notice
            .replaces
            .as_ref()
            .map(|each| change(each, notice.total, fonts)),
        insured: notice
            .insured
            .iter()
            .map(|each| insured(each, fonts))
            .collect(),
        breakdown: breakdown_pages(notice, &breakdown),
        explanation: steps(notice, fiscal_year, fonts),
    }
}

fn change<'a>(replaced: &'a Replaced, now: Yen, fonts: &'a Fonts) -> Change<'a> {
    let person = |each: &'a Concerned| Person {
        name: Name::of(&each.name, fonts),
        how: match each.on {
            Some(day) => format!("{}　{}", each.how, era::format(day)),
            None => each.how.clone(),
        },
    };
    let cause = |step: &'a Reason| Cause {
        label: format!("{}の変更", step.cause),
        yen: signed(step.yen),
        people: step.people.iter().take(NAMED).map(person).collect(),
        more: match step.people.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("ほか{more}人"),
        },
    };
    Change {
        told_on: era::format(replaced.told_on),
        before: yen(replaced.total),
        difference: signed(now - replaced.total),
        steps: replaced.steps.iter().map(cause).collect(),
    }
}

fn insured<'a>(each: &'a crate::notice::Insured, fonts: &'a Fonts) -> Insured<'a> {
    Insured {
        name: Name::of(&each.name, fonts),
        born: era::format(each.birth_date),
        income: each.income.map_or_else(|| "未確認".to_owned(), yen),
    }
}

/// The amount of each part, 端数処理 of the total where there is some, and the total.
fn amounts(breakdown: &Breakdown) -> Vec<String> {
    let parts = breakdown.parts.iter().map(|(_, part)| yen(part.amount));
    parts.chain([yen(breakdown.total)]).collect()
}

fn steps<'a>(
    notice: &'a AssessmentNotice,
    fiscal_year: FiscalYear,
    fonts: &'a Fonts,
) -> Vec<Vec<Step<'a>>> {
    if !notice.explained {
        return Vec::new();
    }
    let person = |line: &Line| {
        let name = notice.people.get(usize::from(line.person?))?;
        Some(Name::of(name, fonts))
    };
    let step = |shown: Shown<'_>| Step {
        depth: shown.depth,
        label: label(shown.code, shown.line),
        person: person(shown.line),
        yen: yen(shown.line.yen),
        formula: formula(shown.line),
        article: shown.line.code.article(shown.line.part, fiscal_year),
    };
    let pages = chunks(notice).into_iter();
    pages
        .map(|page| page.into_iter().map(step).collect())
        .collect()
}
