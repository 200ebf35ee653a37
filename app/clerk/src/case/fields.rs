//! Fields that more than one form of a household has.

use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::ids::PersonId;
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;

/// The members of the household, of whom one is chosen; the first until somebody chooses.
#[component]
pub fn PersonSelect(
    id: &'static str,
    label: &'static str,
    members: Vec<MemberFacts>,
    person: RwSignal<PersonId>,
) -> impl IntoView {
    view! {
        <Field id=id label=label>
            <select id=id class="select" on:change=move |event| {
                if let Ok(id) = event_target_value(&event).parse() { person.set(id); }
            }>
                {members.into_iter().map(|member| view! {
                    <option value=member.person_id.to_string()>{member.name}</option>
                }).collect_view()}
            </select>
        </Field>
    }
}

/// The one that stands there first.
pub fn first_of(members: &[MemberFacts]) -> RwSignal<PersonId> {
    let first = members.first().map(|member| member.person_id);
    RwSignal::new(first.unwrap_or_default())
}

/// A line of text, which the browser does not fill in by itself.
#[component]
pub fn TextField(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(default = 100)] longest: u32,
) -> impl IntoView {
    view! {
        <Field id=id label=label>
            <input id=id class="input" autocomplete="off" maxlength=longest.to_string() prop:value=value
                aria-describedby=described_by(id) on:input=move |event| value.set(typed(&event)) />
        </Field>
    }
}
