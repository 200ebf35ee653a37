//! The line above every screen: where, when, who, and the ways out.

use super::rooms::ROOMS;
use crate::state::Office;
use crate::{api, state};
use kokuho_shared::api::session::Session;
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

#[component]
pub fn Header(session: Session, help: RwSignal<bool>) -> impl IntoView {
    let office = state::office();
    let stuck = RwSignal::new(false);
    let role = session.role.name();
    let entries = ROOMS.iter().flat_map(|room| room.menu);
    let entries = entries
        .filter(|entry| entry.is_for(&session))
        .collect::<Vec<_>>();
    let sign_out = move |_| {
        if !may_leave(office) {
            return;
        }
        spawn_local(async move {
            match api::delete("/api/session").await {
                Ok(()) | Err(api::Failed::SignedOut(_)) => office.signed_out(),
                // Signing out failed: the session is still open, and that is said.
                Err(_) => stuck.set(true),
            }
        });
    };
    let leave = move |event: web_sys::MouseEvent| {
        if !may_leave(office) {
            event.prevent_default();
        }
    };
    view! {
        <header class="app-header">
            <p class="app-name">{format!("{} 国民健康保険", session.municipality_name)}</p>
            <nav class="app-nav" aria-label="主な画面">
                <ul>
                    {entries.into_iter().map(|entry| view! {
                        <li on:click=leave>
                            <A href=entry.path exact={entry.path == "/"} attr:id=entry.id>
                                {entry.label}{(!entry.key.is_empty()).then(|| view! { <kbd>{entry.key}</kbd> })}
                            </A>
                        </li>
                    }).collect_view()}
                    <li>
                        <a href="/estimate/" target="_blank" rel="noopener">
                            "市民の試算"<span class="visually-hidden">"（新しい画面）"</span>
                        </a>
                    </li>
                </ul>
            </nav>
            <div class="app-user">
                <p>"業務日 "{era::format(session.today)}</p>
                <p>{format!("{}（{}）", session.name, role)}</p>
                <p on:click=leave><A href="/own" attr:id="nav-own">"自分の設定"</A></p>
                <button type="button" class="button" aria-expanded=move || help.get().to_string()
                    on:click=move |_| help.update(|help| *help = !*help)>"キー操作"<kbd>"?"</kbd></button>
                <button type="button" class="button" on:click=sign_out>"サインアウト"</button>
            </div>
            <p class="app-stuck" role="alert">{move || stuck.get().then_some(
                "サインアウトできませんでした。サーバにつながらないため、まだサインインしたままです。もう一度押してください"
            )}</p>
        </header>
    }
}

/// Asks before edits are lost; without any, there is no question.
fn may_leave(office: Office) -> bool {
    let question = "保存していない入力があります。この画面を離れると失われます。離れますか？";
    !office.unsaved.get_untracked() || window().confirm_with_message(question).unwrap_or(true)
}
