//! 結果: counts, sums that must agree, and how the amounts are spread.

use crate::listing::Listing;
use kokuho_shared::api::job::JobKind;
use kokuho_shared::api::job::{Bar, FindingView, LettersOutcome, RenewalOutcome, RunOutcome};
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Notice, Tone};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

pub fn yen(amount: i64) -> String {
    format::yen(Yen(amount), Lang::Ja)
}

/// With a sign where it is more.
pub fn signed(amount: i64) -> String {
    match amount {
        1.. => format!("+{}", yen(amount)),
        _ => yen(amount),
    }
}

/// Terms and figures side by side.
pub fn figures(list: Vec<(&'static str, String)>) -> impl IntoView {
    let each = |(term, figure): (&'static str, String)| {
        view! { <div><dt>{term}</dt><dd class="strong">{figure}</dd></div> }
    };
    view! { <dl class="tier-facts">{list.into_iter().map(each).collect_view()}</dl> }
}

/// Whether sums agree that must.
pub fn agreement(agree: bool, yes: &'static str, no: &'static str) -> impl IntoView {
    let (tone, text) = if agree {
        (Tone::Success, yes)
    } else {
        (Tone::Error, no)
    };
    view! { <Notice tone=tone><p data-testid="agreement">{text}</p></Notice> }
}

pub fn run_outcome(kind: JobKind, outcome: RunOutcome) -> impl IntoView {
    let (provisional, yearly) = (kind == JobKind::Provisional, kind == JobKind::Yearly);
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

pub fn reports_outcome(outcome: RenewalOutcome) -> impl IntoView {
    let count = |count: i64| format!("{}通", format::number(count));
    figures(vec![
        ("所得申告書", count(outcome.reports)),
        ("うち再度のお願い", count(outcome.reminded)),
        (
            "回答や照会の結果を待っている人",
            format!("{}人", format::number(outcome.kept)),
        ),
        (
            "除いた世帯",
            format!("{}世帯", format::number(outcome.left_out)),
        ),
        ("印刷単位", format::number(outcome.batches)),
    ])
}

pub fn renewal_outcome(outcome: RenewalOutcome) -> impl IntoView {
    let count = |count: i64| format!("{}通", format::number(count));
    figures(vec![
        ("資格確認書（書留）", count(outcome.certificates)),
        ("資格情報のお知らせ（普通）", count(outcome.notices)),
        (
            "今の証が続く人",
            format!("{}人", format::number(outcome.kept)),
        ),
        (
            "除いた世帯",
            format!("{}世帯", format::number(outcome.left_out)),
        ),
        ("印刷単位", format::number(outcome.batches)),
    ])
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

/// Households that were left out: each is work for somebody.
pub fn findings(list: Vec<FindingView>) -> impl IntoView {
    let row = |finding: FindingView| {
        view! {
            <tr>
                <th scope="row">
                    <a class="found-link" href=format!("/households/{}", finding.household_id)>{match finding.household_number.as_str() {
                        "" => format!("世帯（内部番号 {}）", finding.household_id),
                        number => format!("世帯 {number}"),
                    }}</a>
                </th>
                <td>{finding.reason}</td>
            </tr>
        }
    };
    view! {
        <section aria-labelledby="findings-heading">
            <h2 id="findings-heading">"除いた世帯"</h2>
            <p>"次の世帯は、処理から除きました。理由を確かめ、世帯を開いて処理してください。"</p>
            <Listing label="除いた世帯">
                <table class="grid-table">
                    <thead><tr><th scope="col">"世帯"</th><th scope="col">"理由"</th></tr></thead>
                    <tbody>{list.into_iter().map(row).collect_view()}</tbody>
                </table>
            </Listing>
        </section>
    }
}
