//! 届く予定のファイル: what other offices deliver on which day, and what is late.

use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::api::arrival::{ArrivalView, ExpectedView};
use kokuho_shared::era;
use kokuho_shared::linkage::expected::ArrivalState;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Arrivals() -> impl IntoView {
    let office = state::office();
    let all = RwSignal::new(None::<Vec<ExpectedView>>);
    spawn_local(async move {
        match api::get::<Vec<ExpectedView>>("/api/arrivals").await {
            Ok(found) => {
                all.try_set(Some(found));
            }
            Err(failed) => office.heard(&failed),
        }
    });
    view! {
        <section aria-labelledby="arrivals-heading" data-testid="arrivals">
            <h2 id="arrivals-heading">"届く予定のファイル"</h2>
            {move || all.get().map(|all| {
                let held = all.iter().any(|one| one.holds_run && one.state == ArrivalState::Missing);
                view! {
                    {held.then(|| view! {
                        <Banner tone=Tone::Warning><p>"年次賦課の前に届くはずのファイルがまだ届いていません。"</p></Banner>
                    })}
                    {files(&all).into_iter().map(file).collect_view()}
                }
            })}
        </section>
    }
}

/// One line for each kind of file, with all its days behind it.
fn files(all: &[ExpectedView]) -> Vec<Vec<ExpectedView>> {
    let mut files: Vec<Vec<ExpectedView>> = Vec::new();
    for one in all {
        let known = files
            .iter_mut()
            .find(|file| file.first().is_some_and(|first| first.kind == one.kind));
        match known {
            Some(file) => file.push(one.clone()),
            None => files.push(vec![one.clone()]),
        }
    }
    files
}

fn file(days: Vec<ExpectedView>) -> impl IntoView {
    let first = days.first();
    let name = first.map(|one| format!("{}：{}", one.partner, one.name));
    let missing = days
        .iter()
        .filter(|one| one.state == ArrivalState::Missing)
        .count();
    let last = days.iter().find_map(|one| one.arrival.as_ref());
    let last = last.map_or_else(
        || "まだ届いていません".to_owned(),
        |came| {
            format!(
                "最後の受領 {} {}",
                era::format(came.received_on),
                came.file_name
            )
        },
    );
    // The latest due comes first.
    let next = days
        .iter()
        .rfind(|one| one.state == ArrivalState::Awaited)
        .map(|one| format!("　次の予定 {}", era::format(one.due_on)));
    let late = (missing > 0).then(|| format!("　未着{missing}回"));
    view! {
        <details class="measures">
            <summary>
                {format!("{}　{last}{}", name.unwrap_or_default(), next.unwrap_or_default())}
                <span class="strong">{late}</span>
            </summary>
            {table(days)}
        </details>
    }
}

fn table(all: Vec<ExpectedView>) -> impl IntoView {
    view! {
        <Listing label="届く予定のファイル">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"ファイル"</th><th scope="col">"予定日"</th><th scope="col">"状態"</th>
                    <th scope="col">"受領したファイル"</th><th scope="col" class="num">"件数"</th>
                    <th scope="col" class="num">"合計値"</th><th scope="col">"ハッシュ（先頭）"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn row(one: ExpectedView) -> impl IntoView {
    let missing = one.state == ArrivalState::Missing;
    let figure = |figure: Option<i64>| figure.map(format::number).unwrap_or_default();
    let arrival = one.arrival.as_ref();
    let file = arrival.map(|came| format!("{} {}", era::format(came.received_on), came.file_name));
    let hash = arrival.map(|came| came.sha256.chars().take(12).collect::<String>());
    let lines = figure(arrival.map(|came| came.lines));
    let total = figure(arrival.and_then(|came: &ArrivalView| came.control_total));
    view! {
        <tr>
            <th scope="row">{format!("{}：{}", one.partner, one.name)}</th>
            <td>{era::format(one.due_on)}</td>
            <td class:strong=missing>{one.state.name()}</td>
            <td>{file.unwrap_or_default()}</td>
            <td class="num">{lines}</td>
            <td class="num">{total}</td>
            <td>{hash.unwrap_or_default()}</td>
        </tr>
    }
}
