//! Words of this page in Japanese and English.

use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

/// A word that follows the language of the page.
pub fn word(lang: RwSignal<Lang>, ja: &'static str, en: &'static str) -> Signal<String> {
    Signal::derive(move || lang.get().of(ja, en).to_owned())
}
