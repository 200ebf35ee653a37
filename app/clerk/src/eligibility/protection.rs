//! 支援措置: a band that cannot be closed, and where the household lives for a reason only.

use crate::case::fields::{PersonSelect, first_of};
use crate::case::{Messages, Open, reopen, reveal_reason};
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::household::{HouseholdView, ProtectionEdit, Reveal, Revealed};
use kokuho_shared::era;
use kokuho_ui::components::{Banner, Field, Tone, described_by};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A year from the day it begins.
const MONTHS: u32 = 12;

#[component]
pub fn Band(shown: Open) -> impl IntoView {
    let office = state::office();
    let (id, year) = (shown.view.id, shown.view.fiscal_year);
    let today = office
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let until = shown
        .view
        .members
        .iter()
        .filter_map(|member| member.protected_until)
        .min();
    let reason = reveal_reason().signal();
    let (told, wrong) = (
        RwSignal::new(None::<Revealed>),
        RwSignal::new(None::<String>),
    );
    let show = move |_| {
        let asked = Reveal {
            reason: reason.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{id}/address?fiscal_year={year}");
            match api::post::<_, Revealed>(&path, &asked).await {
                Ok(place) => {
                    wrong.set(None);
                    told.set(Some(place));
                }
                Err(failed) => {
                    office.heard(&failed);
                    wrong.set(Some(failed.problem().message.clone()));
                }
            }
        });
    };
    let hidden = shown.view.protected;
    (hidden || shown.view.by_hand).then(|| {
        let period = until.map(|until| match until <= today {
            true => format!("期限 {}（期限切れ。住基に確かめてから終了してください）", era::format(until)),
            false => format!("期限 {}", era::format(until)),
        });
        let what = if hidden {
            "支援措置の対象者がいるか、対象者の住む場所です。住所・郵便番号・区は表示しません"
        } else {
            "支援措置の対象者が今住む場所に送ることになる世帯です。文書は理由を残して個別に発行します"
        };
        view! {
            <Banner tone=Tone::Error>
                <p class="strong" data-testid="protection-band">{what}</p>
                {period.map(|period| view! { <p>{period}</p> })}
                {office.may(Action::Protect).then(|| view! {
                    <div class="buttons">
                        <Field id="reveal-reason" label="住所を表示・文書を発行する理由（記録されます）" hint="氏名や番号は書かないでください".to_owned() error=wrong>
                            <input id="reveal-reason" class="input" prop:value=reason maxlength="200"
                                aria-describedby=described_by("reveal-reason")
                                on:input=move |event| reason.set(event_target_value(&event)) />
                        </Field>
                        {hidden.then(|| view! { <button type="button" class="button" on:click=show>"住所を表示する"</button> })}
                    </div>
                })}
                <p role="status" data-testid="revealed">{move || told.get().map(|place| format!("{} {}（{}）", place.postcode, place.address, place.ward))}</p>
            </Banner>
        }
    })
}

/// Registers, extends or ends a measure.
#[component]
pub fn Measures(shown: Open, open: RwSignal<Option<Open>>, said: Messages) -> impl IntoView {
    let office = state::office();
    let (id, year) = (shown.view.id, shown.view.fiscal_year);
    let today = office
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let person = first_of(&shown.view.members);
    let usual = today.checked_add_months(chrono::Months::new(MONTHS));
    let until = RwSignal::new(usual.unwrap_or(today).to_string());
    let reason = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let send = move |end: bool| {
        said.clear();
        let day = until.get_untracked().parse().ok();
        if day.is_none() && !end {
            wrong.set(Some("終了日を入力してください".into()));
            return;
        }
        wrong.set(None);
        let edit = ProtectionEdit {
            person_id: person.get_untracked(),
            from: today,
            until: day.filter(|_| !end),
            reason: reason.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{id}/protection?fiscal_year={year}");
            match api::put::<_, HouseholdView>(&path, &edit).await {
                Ok(view) => {
                    reopen(open, view);
                    let text = if end {
                        "支援措置を終了しました"
                    } else {
                        "支援措置を登録しました"
                    };
                    said.done.set(Some(text.into()));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    let members = shown.view.members.clone();
    view! {
        <details class="measures">
            <summary>"支援措置の登録・終了"</summary>
            <PersonSelect id="measure-person" label="対象者" members=members person=person />
            <Field id="measure-until" label="終了日（この日の前日まで）" error=wrong>
                <input id="measure-until" class="input" type="date" prop:value=until aria-describedby=described_by("measure-until")
                    on:input=move |event| until.set(event_target_value(&event)) />
            </Field>
            <Field id="measure-reason" label="理由・根拠">
                <input id="measure-reason" class="input" maxlength="200" prop:value=reason
                    on:input=move |event| reason.set(event_target_value(&event)) />
            </Field>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| send(false)>"登録・延長する"</button>
                <button type="button" class="button" on:click=move |_| send(true)>"終了する"</button>
            </div>
        </details>
    }
}
