//! 内訳: a table for each span of months with the same facts, and one of what they make together. Every
//! column adds up, and every product stands with its result.

use crate::words::{item_label, yen};
use kokuho_shared::assessment::breakdown::{Block, Breakdown, Entry, Item, PartSum, months_name};
use kokuho_shared::assessment::premium::months::Months;
use kokuho_shared::explain::formula::{exact, number};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Table {
    title: String,
    parts: Vec<&'static str>,
    rows: Vec<Row>,
}

/// One cell for each part.
#[derive(Serialize)]
struct Row {
    label: String,
    cells: Vec<String>,
    sum: bool,
}

impl Table {
    /// Rows on the page, with title and heads.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len() + 3
    }
}

impl Row {
    fn of(label: impl Into<String>, cells: impl Iterator<Item = String>) -> Row {
        Row {
            label: label.into(),
            cells: cells.collect(),
            sum: false,
        }
    }

    fn sum(self) -> Row {
        Row { sum: true, ..self }
    }
}

pub(crate) fn tables(breakdown: &Breakdown) -> Vec<Table> {
    let periods = breakdown.periods();
    let blocks = periods.iter().map(|months| period(breakdown, *months));
    let mut tables: Vec<Table> = blocks.collect();
    tables.push(together(breakdown, &periods));
    tables
}

fn amount(entries: &[Entry], item: Item) -> Yen {
    let found = entries.iter().find(|entry| entry.item == item);
    found.map_or(Yen::ZERO, |entry| entry.yen)
}

/// The rows of the items that any of the columns has.
fn items(columns: &[&[Entry]]) -> Vec<Row> {
    let row = |item: Item| {
        let amounts = || columns.iter().map(|entries| amount(entries, item));
        let unit = columns.iter().flat_map(|entries| entries.iter());
        let unit = unit
            .filter(|entry| entry.item == item)
            .map(|entry| entry.unit);
        let some = amounts().any(|yen| yen != Yen::ZERO);
        some.then(|| {
            let label = item_label(item, unit.max().unwrap_or(0));
            Row::of(label, amounts().map(|yen| number(yen.0)))
        })
    };
    Item::ALL.into_iter().filter_map(row).collect()
}

fn period(breakdown: &Breakdown, months: Months) -> Table {
    let blocks: Vec<(Part, &Block)> = breakdown
        .parts
        .iter()
        .filter_map(|(part, _)| Some((part, breakdown.block(part, months)?)))
        .collect();
    let columns: Vec<&[Entry]> = blocks
        .iter()
        .map(|(_, block)| block.entries.as_slice())
        .collect();
    let mut rows = items(&columns);
    if blocks.iter().any(|(_, block)| block.below != 0) {
        let below = blocks.iter().map(|(_, block)| exact(block.below));
        rows.push(Row::of("1円未満", below));
    }
    let annual = blocks.iter().map(|(_, block)| exact(block.exact()));
    rows.push(Row::of("年額", annual).sum());
    let count = months.count_ones();
    if count < 12 {
        let subtotals = blocks.iter().map(|(_, block)| number(block.subtotal.0));
        rows.push(Row::of(format!("年額×{count}÷12"), subtotals).sum());
        if blocks.iter().any(|(_, block)| block.rest != 0) {
            let rests = blocks.iter().map(|(_, block)| exact(block.rest));
            rows.push(Row::of("（割り算の余り）", rests));
        }
    }
    Table {
        title: months_name(months),
        parts: blocks.iter().map(|(part, _)| part.name()).collect(),
        rows,
    }
}

/// What the spans make together, with 端数処理 of the total in a last column.
fn together(breakdown: &Breakdown, periods: &[Months]) -> Table {
    let parts: Vec<(Part, &PartSum)> = breakdown.parts.iter().collect();
    let mut rows = Vec::new();
    for months in periods {
        let subtotal = |part: Part| breakdown.block(part, *months);
        let subtotals = parts.iter().map(|(part, _)| {
            subtotal(*part).map_or_else(String::new, |block| number(block.subtotal.0))
        });
        rows.push(Row::of(months_name(*months), subtotals));
    }
    let columns: Vec<&[Entry]> = parts.iter().map(|(_, sum)| sum.after.as_slice()).collect();
    rows.extend(items(&columns));
    let months = parts.iter().map(|(_, sum)| format!("{}か月", sum.months));
    rows.push(Row::of("賦課月数", months));
    let amounts = parts.iter().map(|(_, sum)| yen(sum.amount));
    rows.push(Row::of("保険料額", amounts).sum());
    if breakdown.rounding != Yen::ZERO {
        let label = format!(
            "合計の{}",
            item_label(Item::Rounding, breakdown.rounding_unit)
        );
        let first = std::iter::once(yen(breakdown.rounding));
        let rest = std::iter::repeat_n(String::new(), parts.len().saturating_sub(1));
        rows.push(Row::of(label, first.chain(rest)));
    }
    Table {
        title: "小計の合計".to_owned(),
        parts: parts.iter().map(|(part, _)| part.name()).collect(),
        rows,
    }
}
