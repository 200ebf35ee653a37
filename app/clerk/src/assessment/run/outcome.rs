//! What came out of a run.

use crate::jobs::figures::{agreement, figures, yen};
use kokuho_shared::api::run::{Bar, LettersOutcome, RunKind, RunOutcome};
use kokuho_ui::format;
use leptos::prelude::*;

pub fn run_outcome(kind: RunKind, outcome: RunOutcome) -> impl IntoView {
    let (provisional, yearly) = (kind == RunKind::Provisional, kind == RunKind::Yearly);
    let count = |count: i64| format!("{}世帯", format::number(count));
    let mut list = vec![
        ("決定", count(outcome.decided)),
        ("変更なし", count(outcome.unchanged)),
        ("被保険者なし", count(outcome.not_insured)),
        ("除いた世帯", count(outcome.left_out)),
        ("決定額の合計", yen(outcome.decided_total)),
        ("置き換えた額", yen(outcome.replaced_total)),
        ("調定額の合計", yen(outcome.booked_total)),
    ];
    if provisional {
        let text = "対象外（前年度の保険料なし・4月に加入者なし・年金から納付）";
        list.insert(3, (text, count(outcome.not_asked)));
    }
    let spread_of = match provisional {
        true => "仮算定の額の分布",
        false => "年間保険料の分布",
    };
    view! {
        {agreement(
            outcome.balances(),
            "決定額の合計から置き換えた額を引いた額と、台帳の調定額は一致しています",
            "決定額と台帳の調定額が一致しません。通知書を作成せず、システム管理者に知らせてください",
        )}
        {figures(list)}
        {spread(spread_of, &outcome.premiums)}
        {yearly.then(|| spread("前年度の決定との差の分布", &outcome.changes))}
    }
}

pub fn letters_outcome(outcome: LettersOutcome) -> impl IntoView {
    let list = vec![
        ("通知書", format!("{}通", format::number(outcome.letters))),
        ("納付書", format!("{}枚", format::number(outcome.slips))),
        ("ページ", format::number(outcome.pages)),
        ("印刷単位", format::number(outcome.batches)),
        (
            "除いた世帯",
            format!("{}世帯", format::number(outcome.left_out)),
        ),
        ("納付書の合計", yen(outcome.slips_total)),
        ("特別徴収の合計", yen(outcome.deducted_total)),
        ("通知した決定額", yen(outcome.decided_total)),
    ];
    view! {
        {agreement(
            outcome.balances(),
            "納付書と特別徴収の合計は、通知した決定額と一致しています",
            "納付書と特別徴収の合計が、決定額と一致しません。発送せず、システム管理者に知らせてください",
        )}
        {figures(list)}
    }
}

/// A bar chart that is a table with the same figures.
pub fn spread(caption: &'static str, bars: &[Bar]) -> Option<impl IntoView + use<>> {
    if bars.is_empty() {
        return None;
    }
    let most = bars.iter().map(|bar| bar.households).max().unwrap_or(1);
    let rows = bars.iter().copied().map(move |bar| {
        let width = bar.households * 1000 / most.max(1);
        view! {
            <tr>
                <th scope="row">{format!("{}〜", yen(bar.from))}</th>
                <td class="chart-picture">
                    <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                        <rect class="bar bar-plus" x="0" y="2" width=width.to_string() height="16"></rect>
                    </svg>
                </td>
                <td class="chart-yen">{format!("{}世帯", format::number(bar.households))}</td>
            </tr>
        }
    });
    Some(view! {
        <div class="chart" role="region" tabindex="0" aria-label=caption>
            <table class="chart-table">
                <caption>{caption}</caption>
                <thead><tr>
                    <th scope="col">"金額"</th>
                    <th scope="col"><span class="visually-hidden">"図"</span></th>
                    <th scope="col" class="chart-yen">"世帯数"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    })
}
