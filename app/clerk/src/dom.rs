//! The page itself: the focus, and fields that cannot be read.

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

fn element(id: &str) -> Option<web_sys::Element> {
    document().get_element_by_id(id)
}

/// Moves the focus to an element, once what is on its way to the page has been drawn.
pub fn focus(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(found) = element(&id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = found.focus();
        }
    });
}

/// The id of the element that has the focus.
pub fn focused() -> Option<String> {
    let id = document().active_element()?.id();
    (!id.is_empty()).then_some(id)
}

pub fn is_there(id: &str) -> bool {
    element(id).is_some()
}

/// Whether a field holds something that could not be read; it says so beside itself.
pub fn is_wrong(id: &str) -> bool {
    element(id).is_some_and(|field| field.get_attribute("aria-invalid").as_deref() == Some("true"))
}

/// Loads this page anew: nothing of it stays in memory.
pub fn reload() {
    // Where the browser refuses, the sign-in form stays.
    let _ = window().location().reload();
}

/// Leaves for another address of this server.
pub fn leave_for(path: &str) {
    let _ = window().location().set_href(path);
}

/// What this browser keeps under a name, for all pages of this server.
pub fn kept(name: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten();
    storage?.get_item(name).ok().flatten()
}

/// Keeps a text under a name, where the browser keeps anything.
pub fn keep(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, text);
    }
}

/// Presses a button or follows a link, as a click would.
pub fn press(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    match found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        Some(found) => {
            found.click();
            true
        }
        None => false,
    }
}

/// Whether the `<details>` of a toggle event is open now.
pub fn is_open(event: &web_sys::Event) -> bool {
    let details = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    details.is_some_and(|details| details.has_attribute("open"))
}

/// Every element that a selector finds.
pub fn all(selector: &str) -> Vec<web_sys::Element> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    let each = (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok());
    each.collect()
}

/// What stands in the fields that a selector finds.
pub fn values(selector: &str) -> Vec<String> {
    let fields = all(selector).into_iter();
    let inputs = fields.filter_map(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    inputs.map(|field| field.value()).collect()
}

/// Whether an element is a field for text.
pub fn is_text(element: &web_sys::Element) -> bool {
    let kind = element
        .get_attribute("type")
        .unwrap_or_else(|| "text".to_owned());
    element.tag_name() == "INPUT" && ["text", "date", "tel", "number"].contains(&kind.as_str())
}

/// A random UUID (RFC 9562, version 4). An office without TLS has `randomUUID` in no browser, but random bytes.
pub fn random_id() -> String {
    let mut bytes = [0u8; 16];
    let random = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    // Without randomness all acts of this page would be one: the time makes them differ.
    if random.is_err() {
        bytes[..8].copy_from_slice(&crate::clock::milliseconds().to_be_bytes());
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
