//! 減免の照会: asking a hospital, a prison, an insurer or a tax office on paper.

use super::relief_desk::Desk;
use crate::{api, state};
use kokuho_shared::api::document::{
    Application, AskedOf, DocumentKind, DocumentView, DocumentWish, Respondent,
};
use kokuho_ui::components::{Field, described_by, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Evidence(desk: Desk) -> impl IntoView {
    let office = state::office();
    let people = desk.members.with_value(|members| {
        let each = members
            .iter()
            .map(|member| (member.person_id, member.name.clone()));
        each.collect::<Vec<_>>()
    });
    let first = people.first().map(|(id, _)| *id).unwrap_or_default();
    let (person, of) = (RwSignal::new(first), RwSignal::new(AskedOf::Correctional));
    let text = || RwSignal::new(String::new());
    let (name, postcode, address) = (text(), text(), text());
    let consent = RwSignal::new(false);
    let problem = RwSignal::new(None::<(Option<String>, String)>);
    let error = move |field: &'static str| {
        Signal::derive(move || {
            let (at, text) = problem.get()?;
            (at.as_deref() == Some(field)).then_some(text)
        })
    };
    let send = move |_| {
        let wish = DocumentWish {
            fiscal_year: desk.year,
            kind: DocumentKind::ReliefInquiry,
            person_id: person.get_untracked(),
            facility_id: None,
            asked: Some(Respondent {
                of: of.get_untracked(),
                name: name.get_untracked(),
                postcode: postcode.get_untracked(),
                address: address.get_untracked(),
                consent: consent.get_untracked(),
            }),
            application: Application::default(),
            remark: String::new(),
            reveal_reason: String::new(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{}/documents", desk.household);
            match api::post::<_, DocumentView>(&path, &wish).await {
                Ok(document) => {
                    problem.set(None);
                    let told = format!(
                        "{} {} を発行しました（「証・照会書」で印刷し、回答を記録します）",
                        document.kind.name(),
                        document.number
                    );
                    desk.said.done.set(Some(told));
                }
                Err(failed) => {
                    office.heard(&failed);
                    let found = failed.problem();
                    problem.set(Some((found.field.clone(), found.message.clone())));
                }
            }
        });
    };
    let line = move |id: &'static str,
                     label: &'static str,
                     value: RwSignal<String>,
                     field: &'static str| {
        view! {
            <Field id=id label=label error=error(field)>
                <input id=id class="input" autocomplete="off" aria-describedby=described_by(id) prop:value=value
                    on:input=move |event| value.set(typed(&event)) />
            </Field>
        }
    };
    let known = ["asked.name", "asked.address"];
    let other = move || {
        let (at, text) = problem.get()?;
        let elsewhere = at.is_none_or(|at| !known.contains(&at.as_str()));
        elsewhere.then(|| view! { <p class="field-error" role="alert">{text}</p> })
    };
    view! {
        <fieldset class="member" data-testid="relief-evidence">
            <legend>"減免の照会書（郵送）"</legend>
            <div class="member-entry">
                <Field id="asked-person" label="照会する人">
                    <select id="asked-person" class="select" on:change=move |event| {
                        if let Ok(id) = event_target_value(&event).parse() { person.set(id); }
                    }>
                        {people.into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()}
                    </select>
                </Field>
                <Field id="asked-of" label="照会先の種類">
                    <select id="asked-of" class="select" on:change=move |event| {
                        if let Some(found) = AskedOf::of_key(&event_target_value(&event)) { of.set(found); }
                    }>
                        {AskedOf::ALL.into_iter().map(|each| view! {
                            <option value=each.key() selected=each == AskedOf::Correctional>{each.name()}</option>
                        }).collect_view()}
                    </select>
                </Field>
                {line("asked-name", "照会先の名称", name, "asked.name")}
                {line("asked-postcode", "照会先の郵便番号", postcode, "asked.postcode")}
                {line("asked-address", "照会先の所在地", address, "asked.address")}
            </div>
            <Show when=move || of.get().needs_consent()>
                <label class="check"><input type="checkbox" prop:checked=consent
                    on:change=move |event| consent.set(event_target_checked(&event)) />"本人の同意書を確かめた"</label>
            </Show>
            {other}
            <div class="buttons"><button type="button" class="button" on:click=send>"照会書を発行"</button></div>
        </fieldset>
    }
}
