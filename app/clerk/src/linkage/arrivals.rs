//! 届く予定のファイル: what other offices deliver on which day, and what is late.

use crate::{api, state};
use kokuho_shared::api::arrival::{ArrivalView, ExpectedView};
use kokuho_shared::era;
use kokuho_shared::linkage::expected::ArrivalState;
use kokuho_ui::components::{Notice, Tone};
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
                        <Notice tone=Tone::Warning><p>"年次賦課の前に届くはずのファイルがまだ届いていません。"</p></Notice>
                    })}
                    {table(all)}
                }
            })}
        </section>
    }
}

fn table(all: Vec<ExpectedView>) -> impl IntoView {
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label="届く予定のファイル">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"ファイル"</th><th scope="col">"予定日"</th><th scope="col">"状態"</th>
                    <th scope="col">"受領したファイル"</th><th scope="col" class="num">"件数"</th>
                    <th scope="col" class="num">"合計値"</th><th scope="col">"ハッシュ（先頭）"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
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
