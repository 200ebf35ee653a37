//! 検証: follows the whole chain of records when asked.

use crate::{api, state};
use kokuho_shared::api::audit::AuditChain;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Chain() -> impl IntoView {
    let office = state::office();
    let (seen, busy) = (
        RwSignal::new(None::<Result<AuditChain, String>>),
        RwSignal::new(false),
    );
    let verify = move |_| {
        busy.set(true);
        spawn_local(async move {
            let answer = api::get::<AuditChain>("/api/audit/chain").await;
            seen.set(Some(answer.map_err(|failed| {
                office.heard(&failed);
                failed.problem().message.clone()
            })));
            busy.set(false);
        });
    };
    view! {
        <div class="buttons">
            <button type="button" class="button" disabled=move || busy.get() on:click=verify>"記録が変えられていないか検証する"</button>
            <span role="status">{move || busy.get().then_some("検証しています…")}</span>
        </div>
        {move || seen.get().map(chain_view)}
    }
}

fn chain_view(seen: Result<AuditChain, String>) -> AnyView {
    match seen {
        Ok(AuditChain { broken: None, entries, batches, head }) => view! {
            <Banner tone=Tone::Success>
                <p data-testid="chain">{format!("{}件の記録（{}束）は、書かれたときのままです", format::number(entries), format::number(batches))}</p>
                <p class="factor-secret">{head}</p>
            </Banner>
        }
        .into_any(),
        Ok(AuditChain { broken: Some(why), .. }) | Err(why) => {
            view! { <Banner tone=Tone::Error><p data-testid="chain">{why}</p></Banner> }.into_any()
        }
    }
}
