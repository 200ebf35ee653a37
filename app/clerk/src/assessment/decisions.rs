//! 決定の履歴: each can be opened again with the reasons that were stored with it.

use super::amounts::Amounts;
use crate::api;
use crate::case::Messages;
use crate::listing::Listing;
use crate::state;
use crate::words::moment;
use kokuho_shared::api::assessment::{Decision, DecisionSummary};
use kokuho_shared::ids::DecisionId;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Decisions(amounts: Amounts, said: Messages) -> impl IntoView {
    let office = state::office();
    let show = move |id: DecisionId| {
        said.clear();
        spawn_local(async move {
            match api::get::<Decision>(&format!("/api/decisions/{id}")).await {
                Ok(decision) => amounts.standing.set(Some(decision)),
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    view! {
        <h3>"決定の履歴"</h3>
        {move || {
            let decisions = amounts.decisions.get();
            if decisions.is_empty() {
                let text = "この年度の決定はまだありません。「決定」を押すとここに残ります。";
                return view! { <p class="empty">{text}</p> }.into_any();
            }
            let rows = decisions.into_iter().map(|each| row(each, show)).collect_view();
            view! {
                <Listing label="決定の履歴">
                    <table class="grid-table wide-table">
                        <thead><tr>
                            <th scope="col">"決定した時刻"</th><th scope="col">"決定した人"</th>
                            <th scope="col" class="num">"金額"</th><th scope="col">"内容"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </Listing>
            }.into_any()
        }}
    }
}

fn row(each: DecisionSummary, show: impl Fn(DecisionId) + Copy + Send + 'static) -> impl IntoView {
    let at = moment(&each.decided_at);
    let name = format!("{at} の決定を表示");
    view! {
        <tr>
            <th scope="row">{at}</th>
            <td>{each.decided_by}</td>
            <td class="num">
                {format::yen(Yen(each.total), Lang::Ja)}{each.provisional.then_some("（仮算定）")}
                {(each.open_inquiries > 0).then(|| format!("（暫定: 照会中{}件）", each.open_inquiries))}
            </td>
            <td><button type="button" class="button" aria-label=name on:click=move |_| show(each.id)>"表示"</button></td>
        </tr>
    }
}
