//! 保険料の表: the four parts and the reduction test in words.

use crate::format;
use crate::i18n::{Lang, item_label, months as month_span, part_name};
use kokuho_shared::assessment::breakdown::{Block, Breakdown, Entry, Item, PartSum};
use kokuho_shared::assessment::premium::months::Months;
use kokuho_shared::assessment::premium::tier::TierTest;
use kokuho_shared::explain::{Explanation, formula};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// 内訳: a table for each span of months with the same facts, and one of their sums. Every column adds up.
#[component]
pub fn PartTable(
    #[prop(into)] explanation: Signal<Explanation>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    let tables = move || {
        let (breakdown, lang) = (Breakdown::of(&explanation.get()), lang.get());
        let periods = breakdown.periods();
        let blocks = periods
            .iter()
            .map(|months| period(&breakdown, *months, lang));
        let blocks = blocks.collect_view();
        view! { {blocks} {sums(&breakdown, &periods, lang)} }
    };
    view! {
        <div class="table-scroll" role="region" tabindex="0"
            aria-label=move || lang.get().pick("区分ごとの保険料", "Parts of the premium", "保険料の 分け方")>
            {tables}
        </div>
    }
}

/// A row: what it is called, and a cell for each column.
struct Row {
    label: String,
    cells: Vec<String>,
    strong: bool,
}

impl Row {
    fn new(label: impl Into<String>, cells: Vec<String>) -> Row {
        Row {
            label: label.into(),
            cells,
            strong: false,
        }
    }

    fn strong(self) -> Row {
        Row {
            strong: true,
            ..self
        }
    }
}

fn table(caption: String, parts: Vec<&'static str>, rows: Vec<Row>, lang: Lang) -> impl IntoView {
    let heads = parts.into_iter();
    let row = |row: Row| {
        let class = if row.strong { "num strong" } else { "num" };
        let cells = row.cells.into_iter();
        view! {
            <tr>
                <th scope="row">{row.label}</th>
                {cells.map(|cell| view! { <td class=class>{cell}</td> }).collect_view()}
            </tr>
        }
    };
    view! {
        <table class="grid-table parts-table">
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{lang.pick("区分", "Part", "分")}</th>
                    {heads.map(|part| view! { <th scope="col" class="num">{part}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// The blocks of one span of months: their entries, the annual amount and what the months make of it.
fn period(breakdown: &Breakdown, months: Months, lang: Lang) -> impl IntoView + use<> {
    let blocks: Vec<(Part, &Block)> = breakdown
        .parts
        .iter()
        .filter_map(|(part, _)| Some((part, breakdown.block(part, months)?)))
        .collect();
    let mut rows = Vec::new();
    for item in Item::ALL {
        let of_item = |block: &Block| entry(&block.entries, item);
        if blocks.iter().any(|(_, block)| of_item(block) != Yen::ZERO) {
            let cells = blocks
                .iter()
                .map(|(_, block)| format::number(of_item(block).0));
            rows.push(Row::new(item_label(item, lang), cells.collect()));
        }
    }
    let annual = blocks
        .iter()
        .map(|(_, block)| formula::exact(block.exact()));
    let annual = annual.collect();
    rows.push(Row::new(lang.pick("年額", "A year", "1年分"), annual).strong());
    let count = months.count_ones();
    if count < 12 {
        let times = format!("× {count} ÷ 12");
        let cells = blocks
            .iter()
            .map(|(_, block)| format::number(block.subtotal.0));
        rows.push(Row::new(times, cells.collect()).strong());
        if blocks.iter().any(|(_, block)| block.rest != 0) {
            let rests = blocks.iter().map(|(_, block)| formula::exact(block.rest));
            let label = lang.pick("余り（12分の）", "remainder (twelfths)", "あまり");
            rows.push(Row::new(label, rests.collect()));
        }
    }
    let parts = blocks.iter().map(|(part, _)| part_name(*part, lang));
    table(month_span(months, lang), parts.collect(), rows, lang)
}

/// What the spans make together, part by part.
fn sums(breakdown: &Breakdown, periods: &[Months], lang: Lang) -> impl IntoView + use<> {
    let parts: Vec<(Part, &PartSum)> = breakdown.parts.iter().collect();
    let mut rows = Vec::new();
    if periods.len() > 1 || parts.iter().any(|(_, sum)| !sum.after.is_empty()) {
        for months in periods {
            let cell = |part| match breakdown.block(part, *months) {
                Some(block) => format::number(block.subtotal.0),
                None => String::new(),
            };
            let cells = parts.iter().map(|(part, _)| cell(*part)).collect();
            rows.push(Row::new(month_span(*months, lang), cells));
        }
    }
    for item in Item::ALL {
        let of_item = |sum: &PartSum| entry(&sum.after, item);
        if parts.iter().any(|(_, sum)| of_item(sum) != Yen::ZERO) {
            let cells = parts.iter().map(|(_, sum)| format::number(of_item(sum).0));
            rows.push(Row::new(item_label(item, lang), cells.collect()));
        }
    }
    let months = parts
        .iter()
        .map(|(_, sum)| sum.months.to_string())
        .collect();
    rows.push(Row::new(lang.pick("月数", "Months", "月の数"), months));
    let amounts = parts.iter().map(|(_, sum)| format::number(sum.amount.0));
    let amounts = amounts.collect();
    rows.push(Row::new(lang.pick("保険料", "Premium", "保険料"), amounts).strong());
    let names = parts.iter().map(|(part, _)| part_name(*part, lang));
    let caption = lang.pick("合計（年額）", "Together (yen a year)", "ぜんぶ（1年）");
    let rounding = (breakdown.rounding != Yen::ZERO).then(|| {
        let (label, yen) = (item_label(Item::Rounding, lang), breakdown.rounding);
        let total = format::yen(breakdown.total, lang);
        let yen = format::yen(yen, lang);
        view! { <p>{format!("{label} {yen} → {total}")}</p> }
    });
    view! { {table(caption.to_owned(), names.collect(), rows, lang)} {rounding} }
}

fn entry(entries: &[Entry], item: Item) -> Yen {
    let found = entries.iter().find(|entry| entry.item == item);
    found.map_or(Yen::ZERO, |entry| entry.yen)
}

/// The reduction test in a sentence, with what it compared.
pub fn tier_words(test: &TierTest, lang: Lang) -> String {
    let income = format::number(test.test_income.0);
    match (lang, test.tier, test.tier_undetermined) {
        (Lang::Easy, _, true) => {
            "割引が あるか、まだ わかりません。収入を 市や 町に 知らせて ください。".to_owned()
        }
        (Lang::Easy, 0, _) => "収入が 少ない 家の 割引は ありません。".to_owned(),
        (Lang::Easy, tier, _) => format!(
            "収入が 少ない 家の 割引が あります：1人ごと・家ごとの お金が {}割 安く なります。",
            tier / 10
        ),
        (Lang::Ja, _, true) => {
            "軽減：判定できません（所得の分からない人がいます。申告すると軽減される場合があります）"
                .to_owned()
        }
        (Lang::En, _, true) => {
            "Reduction: cannot be judged while somebody's income is not known".to_owned()
        }
        (Lang::Ja, 0, _) => format!(
            "軽減なし（判定所得 {income}円 ＞ 2割軽減の基準 {}円）",
            format::number(test.thresholds.t20.0)
        ),
        (Lang::En, 0, _) => format!(
            "No reduction (¥{income} is above ¥{})",
            format::number(test.thresholds.t20.0)
        ),
        (_, tier, _) => {
            let limit = match tier {
                70 => test.thresholds.t70,
                50 => test.thresholds.t50,
                _ => test.thresholds.t20,
            };
            let limit = format::number(limit.0);
            match lang {
                Lang::Ja | Lang::Easy => format!(
                    "{}割軽減（判定所得 {income}円 ≦ 基準 {limit}円）",
                    tier / 10
                ),
                Lang::En => format!("{tier}% off the fixed levies (¥{income} is at most ¥{limit})"),
            }
        }
    }
}
