//! A field for a secret, with what is wrong of it.

use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;

/// Which field the server refused, and why.
pub type Wrong = RwSignal<Option<(String, String)>>;

/// What is wrong of one field.
pub fn error(wrong: Wrong, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        let found = wrong.get().filter(|(at, _)| at == field);
        found.map(|(_, why)| why)
    })
}

/// `name` is the field's in the request and the id on the page; `complete` what browsers fill in.
#[component]
pub fn Secret(
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    wrong: Wrong,
    complete: &'static str,
    #[prop(optional)] hint: &'static str,
    /// Digits, which may be seen.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let error = error(wrong, name);
    let (kind, mode) = if code {
        ("text", "numeric")
    } else {
        ("password", "text")
    };
    view! {
        <Field id=name label=label.to_owned() hint=hint.to_owned() error=error>
            <input id=name class="input" type=kind inputmode=mode autocomplete=complete required
                aria-describedby=described_by(name) aria-invalid=move || error.get().is_some().to_string()
                prop:value=move || value.get() on:input=move |event| value.set(typed(&event)) />
        </Field>
    }
}

/// What is said below the field of a new password.
pub const HINT: &str =
    "12文字以上。関係のない言葉をいくつかつなげると、覚えやすく推測されにくくなります";
