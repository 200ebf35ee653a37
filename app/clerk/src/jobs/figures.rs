//! Figures of what came out of a job, and whether sums agree.

use kokuho_shared::money::Yen;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

pub fn yen(amount: i64) -> String {
    format::yen(Yen(amount), Lang::Ja)
}

/// With a sign where it is more.
pub fn signed(amount: i64) -> String {
    match amount {
        1.. => format!("+{}", yen(amount)),
        _ => yen(amount),
    }
}

/// Terms and figures side by side.
pub fn figures(list: Vec<(&'static str, String)>) -> impl IntoView {
    let each = |(term, figure): (&'static str, String)| {
        view! { <div><dt>{term}</dt><dd class="strong">{figure}</dd></div> }
    };
    view! { <dl class="tier-facts">{list.into_iter().map(each).collect_view()}</dl> }
}

/// Whether sums agree that must.
pub fn agreement(agree: bool, yes: &'static str, no: &'static str) -> impl IntoView {
    let (tone, text) = if agree {
        (Tone::Success, yes)
    } else {
        (Tone::Error, no)
    };
    view! { <Banner tone=tone><p data-testid="agreement">{text}</p></Banner> }
}
