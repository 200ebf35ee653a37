//! 検索の結果: people with similar names stand apart by birth date and address.

use crate::dom;
use crate::listing::Listing;
use kokuho_shared::api::household::{Found, MatchedNumber};
use kokuho_ui::format;
use leptos::prelude::*;

const PREFIX: &str = "found-";

/// The link in a row of the list.
pub fn id_of(place: usize) -> String {
    format!("{PREFIX}{place}")
}

#[component]
pub fn FoundTable(found: Vec<Found>) -> impl IntoView {
    if found.is_empty() {
        return view! {
            <p class="empty">"該当する人はいません。番号や生年月日を確かめてください。まだ取り込んでいない人は、"<a href="/linkage/imports">"取込"</a>"で住基・所得・資格台帳のファイルを取り込むと検索できます。"</p>
        }
        .into_any();
    }
    let count = found.len();
    // By name and birth date nobody has a number that matched.
    let numbered = found.iter().any(|each| each.matched.is_some());
    view! {
        <Listing label="検索結果">
            <table class="grid-table found-table">
                <caption>{format!("検索結果 {count}人（↑ ↓ で選び、Enter で開きます）")}</caption>
                <thead><tr>
                    <th scope="col">"氏名"</th><th scope="col">"カナ"</th><th scope="col">"生年月日"</th>
                    <th scope="col">"住所"</th><th scope="col">"世帯番号"</th><th scope="col">"宛名番号"</th>
                    <th scope="col">"区分"</th>
                    {numbered.then(|| view! { <th scope="col">"一致した番号"</th> })}
                </tr></thead>
                <tbody on:keydown=move |event| step(&event, count)>
                    {found.into_iter().enumerate().map(|(place, each)| row(place, each, numbered)).collect_view()}
                </tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(place: usize, found: Found, numbered: bool) -> impl IntoView {
    let kind = match (found.head, found.insured) {
        (true, true) => "世帯主・加入中",
        (true, false) => "世帯主・加入なし",
        (false, true) => "加入中",
        (false, false) => "加入なし",
    };
    view! {
        <tr>
            <th scope="row">
                <a id=id_of(place) class="found-link" href=format!("/households/{}", found.household_id)>{found.name}</a>
            </th>
            <td>{found.kana}</td>
            <td>{format::date_both(found.birth_date)}</td>
            <td>{found.address.or_word().to_owned()}{found.protected.then(|| view! { " "<span class="badge badge-protected">"支援措置"</span> })}</td>
            <td>{found.household_number}</td>
            <td>{found.resident_number}</td>
            <td>{kind}</td>
            {numbered.then(|| view! { <td>{found.matched.map(said)}</td> })}
        </tr>
    }
}

/// 「納付書番号 2608…」
fn said(matched: MatchedNumber) -> String {
    format!("{} {}", matched.label, matched.number)
}

/// Moves between the rows; the browser follows a link on Enter by itself.
fn step(event: &web_sys::KeyboardEvent, count: usize) {
    let place = dom::focused().and_then(|id| id.strip_prefix(PREFIX)?.parse::<usize>().ok());
    let Some(place) = place else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowDown" => (place + 1).min(count.saturating_sub(1)),
        "ArrowUp" => place.saturating_sub(1),
        "Home" => 0,
        "End" => count.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    dom::focus(id_of(next));
}
