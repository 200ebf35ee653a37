//! What is printed of a 保険料決定通知書.

use super::Name;
use crate::fonts::Fonts;
use crate::notice::{AssessmentNotice, Concerned, PartCharge, Reason, Replaced};
use crate::words::{formula, label, number, reasons, signed, yen};
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::explain::Line;
use kokuho_shared::money::Yen;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Notice<'a> {
    household_number: &'a str,
    head: Name<'a>,
    total: String,
    /// Names of the parts, above their columns.
    parts: Vec<&'static str>,
    rows: Vec<Row>,
    instalments: Vec<Instalment>,
    reasons: Vec<String>,
    /// 変更: none of a first notice.
    change: Option<Change<'a>>,
    explanation: Vec<Step<'a>>,
}

/// 所得割, 均等割 …: one cell for each part and one for all.
#[derive(Serialize)]
struct Row {
    label: &'static str,
    cells: Vec<String>,
    sum: bool,
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
    label: &'static str,
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
    let instalments = notice.instalments.iter();
    Notice {
        household_number: &notice.household_number,
        head: Name::of(&notice.head, fonts),
        total: yen(notice.total),
        parts: notice.parts.iter().map(|each| each.part.name()).collect(),
        rows: rows(notice),
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

type Column = (&'static str, fn(&PartCharge) -> Yen);

/// The rows that apply: of what no part has there is none.
fn rows(notice: &AssessmentNotice) -> Vec<Row> {
    let columns: [Column; 7] = [
        ("所得割", |part| part.income_levy),
        ("資産割", |part| part.asset_levy),
        ("均等割", |part| part.per_capita),
        ("平等割", |part| part.per_household),
        ("減額", |part| part.reduction),
        ("限度額を超える額", |part| part.above_cap),
        ("月割・端数", |part| part.months_cut),
    ];
    let mut rows = Vec::new();
    for (label, of) in columns {
        let amounts: Vec<Yen> = notice.parts.iter().map(of).collect();
        let rounding = match label {
            "月割・端数" => notice.total_rounding(),
            _ => Yen::ZERO,
        };
        let all: Yen = amounts.iter().copied().chain([rounding]).sum();
        let mut cells = amounts.iter().chain([&all]);
        if cells.any(|amount| *amount != Yen::ZERO) {
            let cells = amounts.iter().chain([&all]).map(|amount| number(amount.0));
            rows.push(Row {
                label,
                cells: cells.collect(),
                sum: false,
            });
        }
    }
    let months = notice
        .parts
        .iter()
        .map(|part| format!("{}か月", part.months));
    rows.push(Row {
        label: "賦課月数",
        cells: months.chain([String::new()]).collect(),
        sum: false,
    });
    let amounts = notice.parts.iter().map(|part| yen(part.amount));
    rows.push(Row {
        label: "保険料額",
        cells: amounts.chain([yen(notice.total)]).collect(),
        sum: true,
    });
    rows
}

fn steps<'a>(
    notice: &'a AssessmentNotice,
    fiscal_year: FiscalYear,
    fonts: &'a Fonts,
) -> Vec<Step<'a>> {
    let person = |line: &Line| {
        let name = notice.people.get(usize::from(line.person?))?;
        Some(Name::of(name, fonts))
    };
    let lines = notice.explanation.lines.iter();
    let lines = lines.filter(|_| notice.explained);
    let step = |line: &Line| Step {
        depth: line.depth,
        label: label(line),
        person: person(line),
        yen: yen(line.yen),
        formula: formula(line),
        article: line.code.article(line.part, fiscal_year),
    };
    lines.map(step).collect()
}
