//! 対象者: several people of a household, chosen with one stop of the Tab key: arrows move, a digit chooses.

use crate::dom;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::era;
use kokuho_shared::ids::PersonId;
use leptos::prelude::*;

/// The people of the household with what is known of their insurance.
#[component]
pub fn PeopleChoice(
    id: &'static str,
    members: Vec<MemberFacts>,
    chosen: RwSignal<Vec<PersonId>>,
) -> impl IntoView {
    let people: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
    let at = RwSignal::new(0usize);
    let toggle = move |person: PersonId| {
        chosen.update(|all| match all.iter().position(|one| *one == person) {
            Some(place) => {
                all.remove(place);
            }
            None => all.push(person),
        });
    };
    let count = people.len();
    let go = move |place: usize| {
        at.set(place);
        dom::focus(box_id(id, place));
    };
    let keyed = move |event: web_sys::KeyboardEvent| {
        let key = event.key();
        let digit = key
            .parse::<usize>()
            .ok()
            .and_then(|digit| digit.checked_sub(1));
        match (key.as_str(), digit) {
            ("ArrowDown" | "ArrowRight", _) => go((at.get_untracked() + 1) % count.max(1)),
            ("ArrowUp" | "ArrowLeft", _) => go((at.get_untracked() + count - 1) % count.max(1)),
            (_, Some(place)) if place < count => {
                go(place);
                toggle(people[place]);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let line = move |(place, member): (usize, MemberFacts)| {
        let person = member.person_id;
        view! {
            <label class="check people-line">
                <input type="checkbox" id=box_id(id, place) tabindex=move || if at.get() == place { "0" } else { "-1" }
                    prop:checked=move || chosen.with(|all| all.contains(&person))
                    on:focus=move |_| at.set(place) on:change=move |_| toggle(person) />
                <span>{format!("{}　{}（{}）", place + 1, member.name, insured_words(&member))}</span>
            </label>
        }
    };
    view! {
        <fieldset class="people-choice" on:keydown=keyed>
            <legend>"対象者"<span class="field-hint-inline">"（数字のキーでも選べます）"</span></legend>
            {members.into_iter().enumerate().map(line).collect_view()}
        </fieldset>
    }
}

fn box_id(id: &str, place: usize) -> String {
    format!("{id}-{place}")
}

/// Since when somebody is insured, or until when.
pub fn insured_words(member: &MemberFacts) -> String {
    match member.eligibility {
        None => "加入なし".to_owned(),
        Some(period) => match period.lost_on {
            None => format!("{}から加入", era::format(period.acquired_on)),
            Some(lost) => format!("{}喪失", era::format(lost)),
        },
    }
}
