//! 二度押し・離脱の防止: no act happens twice because a button was pressed twice, and nothing typed is lost by going
//! back.

use super::top::may_leave;
use crate::state::Office;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// Listens as long as the page lives. Must be called before there is a router: who comes first may stop an event.
pub fn watch(office: Office) {
    // The second click of a double click, before any button hears of it.
    captured("click", |event| {
        let twice = event
            .dyn_ref::<web_sys::MouseEvent>()
            .is_some_and(|click| click.detail() > 1);
        if twice && on_button(event) {
            stop(event);
        }
    });
    // A key held down presses once.
    captured("keydown", |event| {
        let held = event.dyn_ref::<web_sys::KeyboardEvent>();
        if held.is_some_and(|key| key.repeat() && key.key() == "Enter") && on_button(event) {
            stop(event);
        }
    });
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if office.unsaved.get_untracked() {
            event.prevent_default();
        }
    });
    stays_on_back(office);
}

/// Back and Forward ask like a link does; whoever stays has the address of the page again.
fn stays_on_back(office: Office) {
    let here = StoredValue::new(String::new());
    let _ = window_event_listener(ev::popstate, move |event| {
        if may_leave(office) {
            return;
        }
        event.stop_immediate_propagation();
        if let (Ok(history), Some(address)) = (window().history(), here.try_get_value()) {
            // Where the browser refuses, the page stays and only its address is another one.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    });
    Effect::new(move |_| {
        if office.unsaved.get() {
            here.set_value(window().location().href().unwrap_or_default());
        }
    });
}

fn on_button(event: &web_sys::Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| matches!(target.closest("button"), Ok(Some(_))))
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
