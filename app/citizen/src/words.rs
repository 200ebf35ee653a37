//! Words of this page in Japanese, English and plain Japanese.

use kokuho_ui::i18n::Lang;
pub use kokuho_ui::i18n::nth;
use leptos::prelude::*;

/// A word that follows the language of the page.
pub fn word(
    lang: RwSignal<Lang>,
    ja: &'static str,
    en: &'static str,
    easy: &'static str,
) -> Signal<String> {
    Signal::derive(move || lang.get().pick(ja, en, easy).to_owned())
}
