//! 施設・住所地特例: admissions of the household's people, and which city insures.

use crate::case::fields::{PersonSelect, TextField, first_of};
use crate::case::{Messages, Open};
use crate::dom::is_open;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::document::{Application, DocumentKind, DocumentView, DocumentWish};
use kokuho_shared::api::facility::{Facility, PersonStays, StayEdit, StayView};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::facility::{FacilityKind, InsuringCity};
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_ui::components::Field;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Stays {
    household: HouseholdId,
    year: FiscalYear,
    said: Messages,
    facilities: RwSignal<Vec<Facility>>,
    stays: RwSignal<Vec<PersonStays>>,
}

fn insuring_city_text(place: &InsuringCity) -> String {
    match place {
        InsuringCity::ByAddress { why } => format!("住所地特例なし（{}）", why.text()),
        InsuringCity::Home { facility_in } => {
            format!("住所地特例：本市が保険者です（施設の所在地 {facility_in}）")
        }
        InsuringCity::Host { home } => {
            format!("住所地特例：前住所地（{home}）が保険者です。本市では加入できません")
        }
    }
}

#[component]
pub fn Facilities(shown: Open, said: Messages) -> impl IntoView {
    let opened = RwSignal::new(false);
    let stays = Stays {
        household: shown.view.id,
        year: shown.view.fiscal_year,
        said,
        facilities: RwSignal::new(Vec::new()),
        stays: RwSignal::new(Vec::new()),
    };
    let office = state::office();
    let read = RwSignal::new(false);
    Effect::new(move |_| {
        if !opened.get() || read.get_untracked() {
            return;
        }
        read.set(true);
        spawn_local(async move {
            let path = format!(
                "/api/households/{}/stays?fiscal_year={}",
                stays.household, stays.year
            );
            let found = (
                api::get::<Vec<Facility>>("/api/facilities").await,
                api::get::<Vec<PersonStays>>(&path).await,
            );
            match found {
                (Ok(facilities), Ok(all)) => {
                    stays.facilities.try_set(facilities);
                    stays.stays.try_set(all);
                }
                (Err(failed), _) | (_, Err(failed)) => said.failed(office, failed),
            }
        });
    });
    let members = shown.view.members.clone();
    let names = members.clone();
    let lines = move || {
        let person = |one: &PersonStays| {
            let found = names
                .iter()
                .find(|member| member.person_id == one.person_id);
            let name = found.map(|member| member.name.clone()).unwrap_or_default();
            view! {
                <li>
                    {format!("{name}：{}", insuring_city_text(&one.place))}
                    <ul>{one.stays.iter().map(|stay| view! { <li>{line(stay)}</li> }).collect_view()}</ul>
                </li>
            }
        };
        stays.stays.get().iter().map(person).collect_view()
    };
    view! {
        <details class="measures" data-testid="facilities" on:toggle=move |event| opened.set(is_open(&event))>
            <summary>"施設・住所地特例"</summary>
            <ul class="story">{lines}</ul>
            {office.may(Action::AcceptNotifications).then(|| view! {
                <Admit members=members stays=stays />
                <NewFacility stays=stays />
            })}
        </details>
    }
}

fn line(stay: &StayView) -> String {
    let until = stay.left_on.map(era::format).unwrap_or_default();
    let before = match stay.from_facility {
        true => "施設から",
        false => "前住所",
    };
    format!(
        "{}（{}）　{}〜{until}　{before} {}",
        stay.facility.name,
        stay.facility.kind.name(),
        era::format(stay.admitted_on),
        stay.from
    )
}

#[component]
fn Admit(members: Vec<MemberFacts>, stays: Stays) -> impl IntoView {
    let office = state::office();
    let person = first_of(&members);
    let facility = RwSignal::new(0i64);
    let (admitted, left) = (
        RwSignal::new(None::<NaiveDate>),
        RwSignal::new(None::<NaiveDate>),
    );
    let from = RwSignal::new(String::new());
    let (chained, measure) = (RwSignal::new(false), RwSignal::new(false));
    let send = move |_| {
        stays.said.clear();
        let Some(admitted_on) = admitted.get_untracked() else {
            return;
        };
        let wish = StayEdit {
            fiscal_year: stays.year,
            person_id: person.get_untracked(),
            facility_id: facility.get_untracked(),
            admitted_on,
            left_on: left.get_untracked(),
            from: from.get_untracked().trim().to_owned(),
            from_facility: chained.get_untracked(),
            by_measure: measure.get_untracked(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{}/stays", stays.household);
            match api::post::<_, Vec<PersonStays>>(&path, &wish).await {
                Ok(all) => {
                    stays.stays.set(all);
                    stays
                        .said
                        .done
                        .set(Some("入所の状況を登録しました".to_owned()));
                }
                Err(failed) => stays.said.failed(office, failed),
            }
        });
    };
    let ask = move |_| {
        stays.said.clear();
        let wish = DocumentWish {
            fiscal_year: stays.year,
            kind: DocumentKind::FacilityInquiry,
            asked: None,
            person_id: person.get_untracked(),
            facility_id: Some(facility.get_untracked()),
            application: Application::default(),
            remark: String::new(),
            reveal_reason: String::new(),
        };
        spawn_local(async move {
            let path = format!("/api/households/{}/documents", stays.household);
            match api::post::<_, DocumentView>(&path, &wish).await {
                Ok(document) => {
                    let text = format!("施設への照会書 {} を発行しました", document.number);
                    stays.said.done.set(Some(text));
                }
                Err(failed) => stays.said.failed(office, failed),
            }
        });
    };
    view! {
        <fieldset class="member">
            <legend>"入所・退所の登録"</legend>
            <div class="member-entry">
                <PersonSelect id="stay-person" label="入所した人" members=members person=person />
                <Field id="stay-facility" label="施設">
                    <select id="stay-facility" class="select" on:change=move |event| {
                        facility.set(event_target_value(&event).parse().unwrap_or_default());
                    }>
                        <option value="0">"選んでください"</option>
                        {move || stays.facilities.get().into_iter().map(|one| view! {
                            <option value=one.id.to_string()>{one.name}</option>
                        }).collect_view()}
                    </select>
                </Field>
                <TextField id="stay-from" label="直前の住所の市町村（コード5桁）" value=from longest=5 />
                <DateEntry id="stay-admitted" label="入所日" value=admitted />
                <DateEntry id="stay-left" label="退所日" value=left />
            </div>
            <label class="check"><input type="checkbox" on:change=move |event| chained.set(event_target_checked(&event)) />"施設から直接移った"</label>
            <label class="check"><input type="checkbox" on:change=move |event| measure.set(event_target_checked(&event)) />"措置による入所"</label>
            <div class="buttons">
                <button type="button" class="button" disabled=move || admitted.get().is_none() || facility.get() == 0 on:click=send>"入所の状況を登録"</button>
                <button type="button" class="button" disabled=move || facility.get() == 0 on:click=ask>"施設に照会"</button>
            </div>
        </fieldset>
    }
}

#[component]
fn NewFacility(stays: Stays) -> impl IntoView {
    let office = state::office();
    let text = || RwSignal::new(String::new());
    let (name, municipality, postcode, address) = (text(), text(), text(), text());
    let kind = RwSignal::new(FacilityKind::LongTermCare);
    let add = move |_| {
        stays.said.clear();
        let wish = Facility {
            id: 0,
            name: name.get_untracked(),
            kind: kind.get_untracked(),
            municipality: municipality.get_untracked().trim().to_owned(),
            postcode: postcode.get_untracked(),
            address: address.get_untracked(),
        };
        spawn_local(async move {
            match api::put::<_, Vec<Facility>>("/api/facilities", &wish).await {
                Ok(all) => {
                    stays.facilities.set(all);
                    stays.said.done.set(Some("施設を登録しました".to_owned()));
                }
                Err(failed) => stays.said.failed(office, failed),
            }
        });
    };
    view! {
        <fieldset class="member">
            <legend>"施設の追加"</legend>
            <div class="member-entry">
                <TextField id="facility-name" label="施設の名称" value=name />
                <Field id="facility-kind" label="施設の種類">
                    <select id="facility-kind" class="select" on:change=move |event| {
                        if let Some(found) = FacilityKind::of_key(&event_target_value(&event)) { kind.set(found); }
                    }>
                        {FacilityKind::ALL.into_iter().map(|each| view! {
                            <option value=each.key() selected=each == FacilityKind::LongTermCare>{each.name()}</option>
                        }).collect_view()}
                    </select>
                </Field>
                <TextField id="facility-municipality" label="所在地の市町村（コード5桁）" value=municipality />
                <TextField id="facility-postcode" label="施設の郵便番号" value=postcode />
                <TextField id="facility-address" label="施設の住所" value=address />
            </div>
            <div class="buttons">
                <button type="button" class="button" on:click=add>"施設を追加"</button>
            </div>
        </fieldset>
    }
}
