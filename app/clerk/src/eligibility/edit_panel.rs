//! 異動の入力: a panel beside the page, one person at a time, with the premium that follows above the fields and the
//! reason below them.

use super::member::MemberFields;
use super::save::{Save, Saving};
use crate::assessment::premium::Live;
use crate::case::{Case, EDIT_PANEL, reopen};
use crate::{dom, state};
use kokuho_shared::access::Action;
use kokuho_shared::era;
use kokuho_shared::ids::PersonId;
use leptos::prelude::*;

#[component]
pub fn EditPanel(case: Case) -> impl IntoView {
    let office = state::office();
    let edits = office.may(Action::EditFacts);
    // On a telephone what was said would cover the panel's foot.
    office.toasts.clear();
    let today = office.session().map(|session| session.today);
    let year = case.shown.view.fiscal_year;
    let editing = case.editing;
    let title = match edits {
        true => "所得・資格を直す",
        false => "試しに計算（保存されません）",
    };
    let incomes = format!("{}中の所得", era::year(year.income_year()));
    let fields = case.shown.drafts.iter().map(|draft| {
        let person = draft.known.person_id;
        view! {
            <div hidden=move || editing.get() != Some(person)>
                <MemberFields draft=draft.clone() today=today.unwrap_or_default() fiscal_year=year />
            </div>
        }
    });
    let fields = fields.collect_view();
    let saving = Saving::new();
    let (people, foot) = (case.clone(), case.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if edits {
            saving.submit(&case);
        }
    };
    view! {
        <form class="edit-panel" on:submit=submit id=EDIT_PANEL tabindex="-1" role="region" aria-labelledby="edit-heading" data-watched="true" data-testid="edit-panel">
            <div class="edit-head">
                <h2 id="edit-heading">{title}</h2>
                <Live />
                <People case=people />
            </div>
            <div class="edit-fields">
                <p class="muted">{incomes}</p>
                {fields}
            </div>
            {if edits {
                view! { <Save case=foot saving=saving /> }.into_any()
            } else {
                view! { <Close case=foot /> }.into_any()
            }}
        </form>
    }
}

/// Whose fields are shown. The fields of the others stay as they are typed.
#[component]
fn People(case: Case) -> impl IntoView {
    let editing = case.editing;
    let members = case.shown.view.members;
    let tab = |(id, name): (PersonId, String)| {
        view! {
            <button type="button" class="button person-tab" aria-pressed=move || (editing.get() == Some(id)).to_string()
                on:click=move |_| editing.set(Some(id))>{name}</button>
        }
    };
    let people: Vec<(PersonId, String)> = members
        .into_iter()
        .map(|member| (member.person_id, member.name))
        .collect();
    (people.len() > 1).then(|| {
        view! {
            <div class="person-tabs" role="group" aria-label="だれの所得・資格か">{people.into_iter().map(tab).collect_view()}</div>
        }
    })
}

/// Leaves everything as it was.
pub fn give_up(case: &Case) {
    case.said.clear();
    case.editing.set(None);
    if let Some(stored) = case.open.get_untracked() {
        reopen(case.open, stored.view);
    }
    dom::focus("edit-facts");
}

/// 試しに計算 can always be closed.
#[component]
fn Close(case: Case) -> impl IntoView {
    view! {
        <div class="edit-foot buttons">
            <button type="button" class="button button-primary" data-key="z" on:click=move |_| give_up(&case)>"閉じる"</button>
            <span class="muted">"入力した金額は保存されません"</span>
        </div>
    }
}
