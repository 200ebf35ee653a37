//! 学生特例・国保上の世帯主: who lives elsewhere for study, and who takes the place of the head.

use crate::case::fields::{PersonSelect, TextField, first_of};
use crate::case::{Messages, Open, reopen};
use crate::dom::is_open;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::student::{PayerEdit, Student};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::eligibility::student::StudentEnd;
use kokuho_shared::era;
use kokuho_ui::components::Field;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Students(shown: Open, open: RwSignal<Option<Open>>, said: Messages) -> impl IntoView {
    let office = state::office();
    let opened = RwSignal::new(false);
    let all = RwSignal::new(None::<Vec<Student>>);
    let (household, year) = (shown.view.id, shown.view.fiscal_year);
    let path = format!("/api/households/{household}/students?fiscal_year={year}");
    let reading = path.clone();
    Effect::new(move |_| {
        if !opened.get() || all.with_untracked(Option::is_some) {
            return;
        }
        let path = reading.clone();
        spawn_local(async move {
            match api::get::<Vec<Student>>(&path).await {
                Ok(found) => {
                    all.try_set(Some(found));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    });
    let members = shown.view.members.clone();
    let names = members.clone();
    let line = move |student: &Student| {
        let found = names.iter().find(|one| one.person_id == student.person_id);
        let name = found.map(|member| member.name.clone()).unwrap_or_default();
        let until = match (student.ended_on, student.end_reason) {
            (Some(day), Some(why)) => format!("{}に終了（{}）", era::format(day), why.name()),
            _ => format!("卒業予定 {}", era::format(student.expected_end)),
        };
        format!(
            "{name}：{}（{}）　{}から　{until}",
            student.school,
            student.place,
            era::format(student.starts_on)
        )
    };
    let may = office.may(Action::AcceptNotifications);
    view! {
        <details class="measures" data-testid="students" on:toggle=move |event| opened.set(is_open(&event))>
            <summary>"学生特例・国保上の世帯主"</summary>
            <ul class="story">{move || all.get().unwrap_or_default().iter().map(|one| view! { <li>{line(one)}</li> }).collect_view()}</ul>
            {may.then(|| view! {
                <Study members=members path=path all=all said=said />
                <Payer shown=shown open=open said=said />
            })}
        </details>
    }
}

#[component]
fn Study(
    members: Vec<MemberFacts>,
    path: String,
    all: RwSignal<Option<Vec<Student>>>,
    said: Messages,
) -> impl IntoView {
    let office = state::office();
    let person = first_of(&members);
    let (school, place) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let day = || RwSignal::new(None::<NaiveDate>);
    let (starts, expected, ended) = (day(), day(), day());
    let reason = RwSignal::new(None::<StudentEnd>);
    let send = move |_| {
        said.clear();
        let (Some(starts_on), Some(expected_end)) =
            (starts.get_untracked(), expected.get_untracked())
        else {
            return;
        };
        let wish = Student {
            person_id: person.get_untracked(),
            starts_on,
            school: school.get_untracked(),
            place: place.get_untracked(),
            expected_end,
            ended_on: ended.get_untracked(),
            end_reason: reason.get_untracked(),
        };
        let path = path.clone();
        spawn_local(async move {
            match api::post::<_, Vec<Student>>(&path, &wish).await {
                Ok(found) => {
                    all.set(Some(found));
                    said.done.set(Some("学生特例を登録しました".to_owned()));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    view! {
        <fieldset class="member">
            <legend>"学生特例（法116条）の登録・終了"</legend>
            <div class="member-entry">
                <PersonSelect id="student-person" label="修学する人" members=members person=person />
                <TextField id="student-school" label="学校の名称" value=school />
                <TextField id="student-place" label="修学中の住所地" value=place />
                <DateEntry id="student-starts" label="修学の始まり" value=starts />
                <DateEntry id="student-expected" label="卒業の予定日" value=expected />
                <DateEntry id="student-ended" label="終わった日" value=ended />
                <Field id="student-reason" label="終わった理由">
                    <select id="student-reason" class="select" on:change=move |event| {
                        reason.set(StudentEnd::of_key(&event_target_value(&event)));
                    }>
                        <option value="">"（続いている）"</option>
                        {StudentEnd::ALL.into_iter().map(|each| view! {
                            <option value=each.key()>{each.name()}</option>
                        }).collect_view()}
                    </select>
                </Field>
            </div>
            <div class="buttons">
                <button type="button" class="button" disabled=move || starts.get().is_none() || expected.get().is_none()
                    on:click=send>"学生特例を登録"</button>
            </div>
        </fieldset>
    }
}

#[component]
fn Payer(shown: Open, open: RwSignal<Option<Open>>, said: Messages) -> impl IntoView {
    let office = state::office();
    let view = shown.view;
    let members = view.members.clone();
    let now = view.payer_member().map(|member| member.name.clone());
    let replaced = view.payer.is_some();
    let person = first_of(&members);
    let (consent, paid) = (RwSignal::new(false), RwSignal::new(false));
    let reason = RwSignal::new(String::new());
    let path = format!(
        "/api/households/{}/payer?fiscal_year={}",
        view.id, view.fiscal_year
    );
    let path = StoredValue::new(path);
    let send = move |wish: PayerEdit, text: &'static str| {
        said.clear();
        spawn_local(async move {
            match api::put::<_, HouseholdView>(&path.get_value(), &wish).await {
                Ok(view) => {
                    reopen(open, view);
                    said.done.set(Some(text.to_owned()));
                }
                Err(failed) => said.failed(office, failed),
            }
        });
    };
    let set = move |_| {
        let wish = PayerEdit {
            person_id: Some(person.get_untracked()),
            consent: consent.get_untracked(),
            no_arrears: paid.get_untracked(),
            reason: String::new(),
        };
        send(wish, "国保上の世帯主を変更しました");
    };
    let back = move |_| {
        let wish = PayerEdit {
            person_id: None,
            consent: false,
            no_arrears: false,
            reason: reason.get_untracked(),
        };
        send(wish, "住民票の世帯主に戻しました");
    };
    view! {
        <fieldset class="member">
            <legend>"国保上の世帯主"</legend>
            <p>{format!("今の納付義務者：{}", now.unwrap_or_default())}</p>
            <div class="member-entry">
                <PersonSelect id="payer-person" label="新しい国保上の世帯主" members=members person=person />
            </div>
            <label class="check"><input type="checkbox" on:change=move |event| consent.set(event_target_checked(&event)) />"住民票の世帯主の同意を確かめた"</label>
            <label class="check"><input type="checkbox" on:change=move |event| paid.set(event_target_checked(&event)) />"保険料の滞納がないことを確かめた"</label>
            <div class="buttons">
                <button type="button" class="button" on:click=set>"国保上の世帯主を変更"</button>
            </div>
            {replaced.then(|| view! {
                <TextField id="payer-reason" label="戻す理由" value=reason longest=200 />
                <div class="buttons"><button type="button" class="button" on:click=back>"住民票の世帯主に戻す"</button></div>
            })}
        </fieldset>
    }
}
