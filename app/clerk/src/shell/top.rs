//! 上の帯: the search, which day and office it is, and who is signed in.

use super::guard::may_leave;
use super::rooms::RAIL;
use crate::clock;
use crate::eligibility::search::{self, Search};
use crate::{api, state};
use kokuho_shared::api::session::Session;
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

#[component]
pub fn TopBar(session: Session, help: RwSignal<bool>, drawer: RwSignal<bool>) -> impl IntoView {
    let may_search = session
        .role
        .may(kokuho_shared::access::Action::ReadHousehold);
    let has_rooms = RAIL.iter().any(|item| !item.pages(&session).is_empty());
    view! {
        <header class="top">
            {has_rooms.then(|| view! {
                <button type="button" class="button top-menu" aria-controls="rail" aria-expanded=move || drawer.get().to_string()
                    on:click=move |_| drawer.update(|open| *open = !*open)>"メニュー"</button>
            })}
            <p class="top-name">{format!("{} 国民健康保険", session.municipality_name)}</p>
            {may_search.then(|| view! { <SearchLine /> })}
            <div class="top-facts">
                <BusinessDay session=session.clone() />
                {session.environment.tag().map(|name| view! { <p class="tag tag-amber" id="environment">{name}"環境"</p> })}
                <UserMenu session=session help=help />
            </div>
        </header>
    }
}

/// 業務日: marked where it is not today.
#[component]
fn BusinessDay(session: Session) -> impl IntoView {
    let day = era::format(session.today);
    let today = clock::today().is_none_or(|today| today == session.today);
    let class = if today {
        "top-day"
    } else {
        "top-day tag tag-amber"
    };
    let title = (!today).then_some("業務日は今日ではありません");
    view! { <p class=class title=title id="business-day">"業務日 "{day}</p> }
}

/// One line that finds people: a number as printed, or keys side by side.
#[component]
fn SearchLine() -> impl IntoView {
    let office = state::office();
    let keys = expect_context::<Search>();
    let navigate = use_navigate();
    let line = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let today = office
            .session()
            .map(|session| session.today)
            .unwrap_or_default();
        keys.take(&line.get_untracked(), today);
        line.set(String::new());
        navigate(search::PATH, Default::default());
        keys.start(office, search::opener(navigate.clone()));
    };
    view! {
        <form class="top-search" role="search" aria-label="検索" on:submit=submit>
            <label class="visually-hidden" for="top-search">"番号、または氏名と生年月日"</label>
            <input id="top-search" class="input" type="search" autocomplete="off" placeholder="番号 と 氏名か生年月日（例：10000004 サトウ）"
                aria-keyshortcuts="/ Control+K" prop:value=move || line.get() on:input=move |event| line.set(event_target_value(&event)) />
            <button type="submit" class="button" id="top-search-start">"検索"</button>
        </form>
    }
}

#[component]
fn UserMenu(session: Session, help: RwSignal<bool>) -> impl IntoView {
    let office = state::office();
    let stuck = RwSignal::new(false);
    let open = RwSignal::new(false);
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
    let ward = session.ward.clone();
    view! {
        <div class="user-menu">
            <button type="button" class="button button-plain" id="user-menu" aria-expanded=move || open.get().to_string()
                aria-controls="user-menu-list" on:click=move |_| open.update(|open| *open = !*open)>{session.name.clone()}</button>
            <div id="user-menu-list" class="user-menu-list" hidden=move || !open.get()
                on:keydown=move |event| if event.key() == "Escape" { open.set(false); crate::dom::focus("user-menu"); }>
                <p>{session.role.name()}{(!ward.is_empty()).then(|| format!("・{ward}"))}</p>
                <ul on:click=move |_| open.set(false)>
                    <li><A href="/own" attr:id="nav-own">"自分の設定"</A></li>
                    <li>
                        <a href="/estimate/" target="_blank" rel="noopener">"市民の試算"<span class="visually-hidden">"（新しい画面）"</span></a>
                    </li>
                    <li><button type="button" class="button button-plain" aria-keyshortcuts="?" aria-expanded=move || help.get().to_string()
                        on:click=move |_| help.update(|help| *help = !*help)>"キー操作"</button></li>
                </ul>
                <button type="button" class="button" id="sign-out" on:click=sign_out>"サインアウト"</button>
                <div role="alert">{move || stuck.get().then(|| view! {
                    <p class="field-error">"サインアウトできませんでした。サーバにつながらないため、まだサインインしたままです。もう一度押してください"</p>
                })}</div>
            </div>
        </div>
    }
}
