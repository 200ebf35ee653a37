//! Words of this page in Japanese, English and plain Japanese.

use kokuho_ui::i18n::Lang;
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

/// 1人目, by the place in the form, from 1.
pub fn nth(lang: Lang, place: usize) -> String {
    match lang {
        Lang::Ja => format!("{place}人目"),
        Lang::En => format!("Person {place}"),
        Lang::Easy => format!("{place}番目の 人"),
    }
}
