//! 変更のお知らせ: what others changed of one's account, shown until one has seen it.

use crate::api;
use crate::words::moment;
use kokuho_shared::api::session::AccountNotice;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Notices() -> impl IntoView {
    let (list, problem) = (
        RwSignal::new(Vec::<AccountNotice>::new()),
        RwSignal::new(None::<String>),
    );
    spawn_local(async move {
        // Without an answer they are shown at the next sign-in.
        if let Ok(told) = api::get::<Vec<AccountNotice>>("/api/session/notices").await {
            list.try_set(told);
        }
    });
    let seen = move |_| {
        spawn_local(async move {
            match api::delete("/api/session/notices").await {
                Ok(()) => list.set(Vec::new()),
                Err(failed) => problem.set(Some(failed.problem().message.clone())),
            }
        });
    };
    let line = |notice: AccountNotice| {
        view! { <li>{format!("{}　{}（{}）", moment(&notice.at), notice.what.name(), notice.by)}</li> }
    };
    move || {
        let told = list.get();
        (!told.is_empty()).then(|| {
            view! {
                <Banner tone=Tone::Warning>
                    <p>"あなたの利用者が変わりました。覚えがなければ、すぐに管理者に知らせてください。"</p>
                    <ul>{told.into_iter().map(line).collect_view()}</ul>
                    <p><button type="button" class="button" on:click=seen>"確認した"</button></p>
                    {move || problem.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
                </Banner>
            }
        })
    }
}
