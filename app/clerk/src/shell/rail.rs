//! レール: the rooms at the side, hidden where the role has nothing in them; a drawer on narrow screens.

use super::rooms::RAIL;
use kokuho_shared::api::session::Session;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

#[component]
pub fn Rail(session: Session, open: RwSignal<bool>) -> impl IntoView {
    let path = use_location().pathname;
    let items = RAIL.iter().filter_map(|item| {
        let first = item.pages(&session).first().map(|page| page.path)?;
        let here = move || path.read().as_str() != "/" && item.holds(&path.read());
        Some(view! {
            <li>
                <A href=first attr:id=item.id attr:class="rail-link" attr:aria-current=move || here().then_some("true")>
                    <Icon path=item.icon />
                    <span>{item.label}</span>
                </A>
            </li>
        })
    });
    let items = items.collect_view();
    // Wherever one goes, the drawer closes.
    Effect::new(move |_| {
        path.track();
        open.set(false);
    });
    view! {
        <nav id="rail" class="rail" class:rail-open=move || open.get() aria-label="業務">
            <ul>
                <li>
                    <A href="/" exact=true attr:id="nav-home" attr:class="rail-link">
                        <Icon path="M4 11l8-7 8 7v9h-5v-6H9v6H4z" />
                        <span>"ホーム"</span>
                    </A>
                </li>
                {items}
            </ul>
        </nav>
    }
}

#[component]
fn Icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="rail-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=path /></svg>
    }
}

/// 画面の切替: the pages of the room in which one is.
#[component]
pub fn Tabs(session: Session) -> impl IntoView {
    let path = use_location().pathname;
    move || {
        let item = RAIL.iter().find(|item| item.holds(&path.read()))?;
        let pages = item.pages(&session);
        let label = format!("{}の画面", item.label);
        (pages.len() > 1).then(|| {
            view! {
                <nav class="tabs" aria-label=label>
                    <ul>
                        {pages.into_iter().map(|page| view! {
                            <li><A href=page.path attr:id=page.id>{page.label}</A></li>
                        }).collect_view()}
                    </ul>
                </nav>
            }
        })
    }
}
