//! 二度押し・離脱の防止: no act happens twice because a button was pressed twice, and nothing typed is lost by
//! leaving the page.

use crate::dom;
use crate::state::Office;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// Marks a field in which somebody typed what no act has taken over yet.
const TYPED: &str = "data-typed";
const KEPT: &str = "main [data-typed]";
/// What only searches and filters, or is compared with what is stored.
const WATCHED: &str = "[role='search'], [data-watched]";

/// Listens as long as the page lives. Must be called before there is a router: who comes first may stop an event.
pub fn watch(office: Office) {
    // The second click of a double click, before any button hears of it.
    captured("click", |event| {
        let twice = event
            .dyn_ref::<web_sys::MouseEvent>()
            .is_some_and(|click| click.detail() > 1);
        if twice && closest(event, "button").is_some() {
            stop(event);
        }
    });
    // A key held down presses once.
    captured("keydown", |event| {
        let held = event.dyn_ref::<web_sys::KeyboardEvent>();
        let again = held.is_some_and(|key| key.repeat() && key.key() == "Enter");
        if again && closest(event, "button").is_some() {
            stop(event);
        }
    });
    let here = StoredValue::new(String::new());
    captured("input", move |event| {
        here.set_value(window().location().href().unwrap_or_default());
        if closest(event, "main").is_some() && closest(event, WATCHED).is_none() {
            mark(event);
        }
    });
    // What an act took over is not lost any more.
    Effect::new(move |before: Option<()>| {
        office.toasts.said();
        if before.is_some() {
            forget_typed();
        }
    });
    captured("click", move |event| asks_on_links(event, office));
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if is_unsaved(office) {
            event.prevent_default();
        }
    });
    let _ = window_event_listener(ev::popstate, move |event| {
        let there = window().location().href().unwrap_or_default();
        let from = here.try_get_value().unwrap_or_default();
        if goes_on(office, &from, &there) {
            return;
        }
        event.stop_immediate_propagation();
        if let (Ok(history), Some(address)) = (window().history(), here.try_get_value()) {
            // Where the browser refuses, the page stays and only its address is another one.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    });
}

/// Asks before what was typed is lost; without any, there is no question.
pub fn may_leave(office: Office) -> bool {
    let question = "保存していない入力があります。この画面を離れると失われます。離れますか？";
    let leaves = !is_unsaved(office) || window().confirm_with_message(question).unwrap_or(true);
    if leaves {
        forget_typed();
    }
    leaves
}

fn is_unsaved(office: Office) -> bool {
    office.unsaved.get_untracked() || is_typed()
}

fn is_typed() -> bool {
    let values = dom::values(KEPT);
    values.iter().any(|value| !value.trim().is_empty())
}

fn forget_typed() {
    for element in dom::all(KEPT) {
        // A mark that stays asks once more than needed.
        let _ = element.remove_attribute(TYPED);
    }
}

fn mark(event: &web_sys::Event) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(element) = target.filter(dom::is_text) {
        let _ = element.set_attribute(TYPED, "");
    }
}

/// A link to another page of the office; beside the page nothing is lost.
fn asks_on_links(event: &web_sys::Event, office: Office) {
    let Some(link) = closest(event, "a[href]").filter(|link| !link.has_attribute("target")) else {
        return;
    };
    let to = link.get_attribute("href").unwrap_or_default();
    let Ok(there) =
        web_sys::Url::new_with_base(&to, &window().location().href().unwrap_or_default())
    else {
        return;
    };
    let here = window().location().href().unwrap_or_default();
    if !to.starts_with('#') && !goes_on(office, &here, &there.href()) {
        stop(event);
    }
}

/// Whether one goes on to another address. Another section of the same household keeps what its panel and its
/// notification hold, and nothing else that is typed.
fn goes_on(office: Office, here: &str, there: &str) -> bool {
    let stays = is_same_page(here, there) && (here == there || !is_typed());
    stays || may_leave(office)
}

/// Whether two addresses show the same household and year, whatever the section: what is typed stays.
fn is_same_page(one: &str, other: &str) -> bool {
    let of = |address: &str| {
        let url = web_sys::Url::new(address).ok()?;
        let path = url.pathname();
        let household = path.strip_prefix("/households/")?;
        let id = household.split('/').next()?.to_owned();
        Some((id, url.search()))
    };
    let page = of(one);
    page.is_some() && page == of(other)
}

fn closest(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.and_then(|target| target.closest(selector).ok().flatten())
}

fn stop(event: &web_sys::Event) {
    event.prevent_default();
    event.stop_immediate_propagation();
}

/// Hears of an event before what lies below the document.
fn captured(name: &str, heard: impl Fn(&web_sys::Event) + 'static) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event| heard(&event));
    let added = document().add_event_listener_with_callback_and_bool(
        name,
        listener.as_ref().unchecked_ref(),
        true,
    );
    debug_assert!(added.is_ok());
    // It lives as long as the page.
    listener.forget();
}
