//! A box to tick.

use leptos::prelude::*;

#[component]
pub fn Check(
    #[prop(into)] id: String,
    label: Signal<String>,
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input id=id type="checkbox" prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event)) />
            {label}
        </label>
    }
}
