//! 前回の決定との違い: why the amount is another one than what was decided last, step by step.

use super::amounts::Amounts;
use super::preview::Preview;
use crate::case::Messages;
use crate::dom::is_open;
use crate::figures;
use crate::{api, state};
use kokuho_shared::api::assessment::{Decision, DecisionSummary};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::trial::change::{self, Assessed, Change, Step};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Difference(
    amounts: Amounts,
    members: Vec<MemberFacts>,
    year: FiscalYear,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let before = RwSignal::new(None::<Decision>);
    let newest = Memo::new(move |_| {
        let newest = |all: &Vec<DecisionSummary>| {
            let newest = all.first().filter(|one| !one.provisional);
            newest.map(|one| one.id)
        };
        amounts.decisions.with(newest)
    });
    let toggled = move |event: web_sys::Event| {
        let Some(id) = newest.get_untracked().filter(|_| is_open(&event)) else {
            return;
        };
        spawn_local(async move {
            match api::get::<Decision>(&format!("/api/decisions/{id}")).await {
                Ok(decision) => {
                    before.try_set(Some(decision));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    let municipality = office
        .session()
        .map(|session| session.municipality)
        .unwrap_or_default();
    let assessor = StoredValue::new(figures::assessor(&municipality, year).ok());
    let change = Memo::new(move |_| {
        // 仮算定 is no premium of the year that another could be compared with.
        let decision = before.get().filter(|before| before.last_year.is_none())?;
        let Preview { household, result } = amounts.preview.get();
        let then = Assessed {
            household: &decision.inputs,
            total: Yen(decision.summary.total),
        };
        let now = Assessed {
            household: &household,
            total: result.ok()?.premium.total,
        };
        assessor.with_value(|assessor| Some(change::explain(then, now, 0, assessor.as_ref()?)))
    });
    let names = StoredValue::new(members);
    view! {
        <Show when=move || newest.get().is_some()>
            <details class="measures" data-testid="difference" on:toggle=toggled>
                <summary>"前回の決定との違い"</summary>
                {move || change.get().map(|change| names.with_value(|members| change_view(&change, members)))}
            </details>
        </Show>
    }
}

fn change_view(change: &Change, members: &[MemberFacts]) -> AnyView {
    let yen = |amount: Yen| format::yen(amount, Lang::Ja);
    let line = |step: &Step| {
        let sign = if step.yen.0 > 0 { "+" } else { "" };
        let people: Vec<String> = step
            .people
            .iter()
            .map(|touched| {
                let found = members
                    .iter()
                    .find(|member| member.person_id.to_string() == touched.id);
                let name = found.map_or("世帯を離れた人", |member| member.name.as_str());
                let on = touched.on.map(|day| format!(" {}", era::format(day)));
                format!(
                    "{name}さん（{}{}）",
                    touched.how.name(),
                    on.unwrap_or_default()
                )
            })
            .collect();
        let people = if people.is_empty() {
            String::new()
        } else {
            format!("　{}", people.join("、"))
        };
        view! { <li>{format!("{} {sign}{}{people}", step.cause.name(), yen(step.yen))}</li> }
    };
    let sum = format!("{} → {}", yen(change.before), yen(change.after));
    let same = change.steps.is_empty();
    view! {
        <p class="strong" data-testid="difference-sum">{sum}</p>
        {same.then(|| view! { <p class="muted">"前回の決定から変わっていません。"</p> })}
        <ul class="story">{change.steps.iter().map(line).collect_view()}</ul>
    }
    .into_any()
}
