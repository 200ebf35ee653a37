//! キー操作: commands by key. Each command is also a button or link that shows its key.

use crate::dom;
use crate::state::Office;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What the keys change.
#[derive(Clone, Copy)]
pub struct Switches {
    pub help: RwSignal<bool>,
    /// Keys of one character can be turned off: speech input may type them by mistake.
    pub single: RwSignal<bool>,
}

/// Where this browser remembers the choice.
const REMEMBERED: &str = "kokuho-single-keys";
const OFF: &str = "off";

impl Switches {
    pub fn new() -> Switches {
        let kept = dom::kept(REMEMBERED);
        Switches {
            help: RwSignal::new(false),
            single: RwSignal::new(kept.as_deref() != Some(OFF)),
        }
    }

    fn use_single(&self, wanted: bool) {
        self.single.set(wanted);
        // A browser that keeps nothing only forgets the choice.
        dom::keep(REMEMBERED, if wanted { "on" } else { OFF });
    }
}

/// The line of the search, above every page.
const SEARCH: &str = "top-search";

/// Listens as long as the page lives.
pub fn listen(office: Office, switches: Switches) {
    let _ = window_event_listener(leptos::ev::keydown, move |event| {
        let at_work = office.session().is_some();
        if event.is_composing() || event.default_prevented() || !at_work {
            return;
        }
        if event.alt_key() && !event.ctrl_key() && !event.meta_key() {
            command(&event);
        } else if event.ctrl_key() && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            dom::focus(SEARCH);
        } else if !event.ctrl_key() && !event.meta_key() && !is_typing(&event) {
            single(&event, switches);
        }
    });
}

/// A command of the screen is the button that carries the letter in `data-key`.
fn command(event: &web_sys::KeyboardEvent) {
    // The place of the key, not its character: with Alt some keyboards give another one.
    if event.key() == "Enter" && dom::press("#decide") {
        return event.prevent_default();
    }
    let code = event.code();
    if let Some(letter) = code.strip_prefix("Key").map(str::to_lowercase)
        && dom::press(&format!("button[data-key='{letter}']"))
    {
        event.prevent_default();
    }
}

fn single(event: &web_sys::KeyboardEvent, switches: Switches) {
    match event.key().as_str() {
        "Escape" => switches.help.set(false),
        _ if !switches.single.get_untracked() => {}
        "?" => switches.help.update(|help| *help = !*help),
        "/" => {
            event.prevent_default();
            dom::focus(SEARCH);
        }
        // A command of the screen is what carries the character in `data-single`.
        key if key.chars().all(char::is_alphanumeric)
            && key.chars().count() == 1
            && dom::press(&format!("[data-single='{}']", key.to_lowercase())) =>
        {
            event.prevent_default();
        }
        _ => {}
    }
}

fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        let check = element.get_attribute("type").as_deref() == Some("checkbox");
        !check && ["INPUT", "SELECT", "TEXTAREA"].contains(&element.tag_name().as_str())
    })
}

/// The list of keys.
#[component]
pub fn Keys(switches: Switches) -> impl IntoView {
    dom::focus("keys-heading");
    view! {
        <aside class="app-main keys-panel" aria-labelledby="keys-heading">
            <h2 id="keys-heading" tabindex="-1">"キー操作"</h2>
            <ul class="keys">
                <li><kbd>"/"</kbd>"・"<kbd>"Ctrl+K"</kbd>" 検索へ"</li>
                <li><kbd>"↑ ↓ Home End"</kbd>" 検索結果の中を動く"</li>
                <li><kbd>"Enter"</kbd>" 検索する・選んだ世帯を開く"</li>
                <li><kbd>"1〜8"</kbd>" 世帯の画面を切り替える"</li>
                <li><kbd>"n"</kbd>" 届出"</li>
                <li><kbd>"e"</kbd>" 所得・資格を直す、または試しに計算"</li>
                <li><kbd>"Alt+S"</kbd>" 異動を保存する"</li>
                <li><kbd>"Alt+Enter"</kbd>" 賦課を決定する（確認が出ます）"</li>
                <li><kbd>"Alt+P"</kbd>" 決定通知書を発行する"</li>
                <li><kbd>"Alt+Z"</kbd>" 入力を元に戻す"</li>
                <li><kbd>"?"</kbd>" この一覧を開く・閉じる"</li>
                <li><kbd>"Esc"</kbd>" この一覧を閉じる"</li>
            </ul>
            <label class="check">
                <input id="single-keys" type="checkbox" prop:checked=move || switches.single.get()
                    on:change=move |event| switches.use_single(event_target_checked(&event)) />
                "1文字のキー（/、?、数字、n、e）を使う"
            </label>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| switches.help.set(false)>"閉じる"</button>
            </div>
        </aside>
    }
}
