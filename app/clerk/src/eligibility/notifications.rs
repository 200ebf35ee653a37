//! 届出: what happened and when; what it makes of eligibility and premium is shown before it is
//! accepted.

use super::notification_list::NotificationList;
use super::open::{Messages, Open, reopen};
use crate::dom::is_open;
use crate::figures;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::notification::{NotificationEdit, preview};
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::instalments::closed_days;
use kokuho_shared::eligibility::notification::{Event, NotificationError, is_ahead};
use kokuho_shared::eligibility::reasons::{AcquisitionReason, LossReason};
use kokuho_shared::eligibility::terms::notification_due;
use kokuho_shared::era;
use kokuho_shared::ids::PersonId;
use kokuho_ui::components::{Field, described_by, typed};
use kokuho_ui::entry::DateEntry;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The fields of a notice. They belong to the page: what is typed stays when the facts beside it are
/// saved or read again.
#[derive(Clone, Copy)]
pub struct NotificationForm {
    /// Whether the fields are shown.
    pub opened: RwSignal<bool>,
    event: RwSignal<Event>,
    event_on: RwSignal<Option<NaiveDate>>,
    new_address_on: RwSignal<Option<NaiveDate>>,
    notified_on: RwSignal<Option<NaiveDate>>,
    persons: RwSignal<Vec<PersonId>>,
    memo: RwSignal<String>,
}

impl NotificationForm {
    pub fn new(today: NaiveDate) -> NotificationForm {
        NotificationForm {
            opened: RwSignal::new(false),
            event: RwSignal::new(Event::Lose(LossReason::EmployeeInsuranceJoined)),
            event_on: RwSignal::new(None),
            new_address_on: RwSignal::new(None),
            notified_on: RwSignal::new(Some(today)),
            persons: RwSignal::new(Vec::new()),
            memo: RwSignal::new(String::new()),
        }
    }

    /// Whether something was typed that would be lost.
    pub fn is_started(&self) -> bool {
        self.event_on.get().is_some()
            || !self.persons.get().is_empty()
            || !self.memo.get().is_empty()
    }

    /// Empties the fields, for another household or after the notice was accepted.
    pub fn clear(&self) {
        self.event_on.set(None);
        self.new_address_on.set(None);
        self.persons.set(Vec::new());
        self.memo.set(String::new());
    }

    /// The request, once everything it needs is there.
    fn edit(&self, view: &HouseholdView) -> Option<NotificationEdit> {
        let event = self.event.get();
        let moved = event == Event::Lose(LossReason::MovedOtherPrefecture);
        Some(NotificationEdit {
            fiscal_year: view.fiscal_year,
            revision: view.revision,
            event,
            event_on: self.event_on.get()?,
            new_address_on: self.new_address_on.get().filter(|_| moved),
            notified_on: self.notified_on.get()?,
            persons: Some(self.persons.get()).filter(|persons| !persons.is_empty())?,
            memo: self.memo.get(),
        })
    }
}

#[component]
pub fn Notifications(
    shown: Open,
    open: RwSignal<Option<Open>>,
    changed: Memo<bool>,
    said: Messages,
    draft: NotificationForm,
) -> impl IntoView {
    let office = state::office();
    let session = office.session();
    let today = session
        .as_ref()
        .map(|session| session.today)
        .unwrap_or_default();
    let municipality = session
        .map(|session| session.municipality)
        .unwrap_or_default();
    let busy = RwSignal::new(false);
    let view = shown.view.clone();
    let id = view.id;
    let assessor = figures::assessor(&municipality, view.fiscal_year);
    let assessor = StoredValue::new(assessor.map_err(|why| why.to_string()));
    let told = {
        let view = view.clone();
        Memo::new(move |_| {
            let edit = draft.edit(&view)?;
            Some(assessor.with_value(|assessor| match assessor {
                Ok(_) if is_ahead(&edit.notice(), today) => {
                    Err(NotificationError::Ahead.to_string())
                }
                Ok(assessor) => effect_lines(&view, &edit, assessor),
                Err(why) => Err(why.clone()),
            }))
        })
    };
    let (sent, members) = (view.clone(), view.members.clone());
    let accept = move |_| {
        said.clear();
        let Some(edit) = untrack(|| draft.edit(&sent)) else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            let path = format!("/api/households/{id}/notices");
            match api::post::<_, HouseholdView>(&path, &edit).await {
                Ok(after) => {
                    draft.clear();
                    reopen(open, after);
                    let text = "届出を受け付けました。保険料はまだ決定していません";
                    said.done.set(Some(text.to_owned()));
                }
                Err(failed) => said.failed(office, failed),
            }
            busy.set(false);
        });
    };
    let opened = draft.opened;
    view! {
        <details class="measures" data-testid="notices" prop:open=move || opened.get()
            on:toggle=move |event| opened.set(is_open(&event))>
            <summary>"届出（資格の取得・喪失）"</summary>
            <Fields draft=draft members=members />
            <div aria-live="polite" data-testid="notice-effect">
                {move || told.get().map(|told| match told {
                    Ok(lines) => view! {
                        <ul class="story">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                    }.into_any(),
                    Err(why) => view! { <p class="field-error">{why}</p> }.into_any(),
                })}
            </div>
            <div class="buttons">
                <button type="button" class="button button-primary" on:click=accept
                    disabled=move || busy.get() || changed.get() || !matches!(told.get(), Some(Ok(_)))>"届出を受け付ける"</button>
            </div>
            <Show when=move || changed.get()>
                <p class="muted">"入力中の異動を保存するか元に戻すと、届出を受け付けられます。"</p>
            </Show>
            <NotificationList household=id members=view.members.clone() opened=opened />
        </details>
    }
}

/// What, when, who.
#[component]
fn Fields(draft: NotificationForm, members: Vec<MemberFacts>) -> impl IntoView {
    let event_label = Signal::derive(move || match draft.event.get() {
        Event::Acquire(reason) => reason.event().to_owned(),
        Event::Lose(reason) => reason.event().to_owned(),
        Event::Void => "取り消す資格の取得日".to_owned(),
    });
    let moved = move || draft.event.get() == Event::Lose(LossReason::MovedOtherPrefecture);
    let toggle = move |person: PersonId, on: bool| {
        draft.persons.update(|persons| {
            persons.retain(|known| *known != person);
            if on {
                persons.push(person);
            }
        });
    };
    view! {
        <Field id="notice-event" label="届出の種類">
            <select id="notice-event" class="select" aria-describedby=described_by("notice-event")
                on:change=move |event| if let Some(chosen) = event_of(&event_target_value(&event)) { draft.event.set(chosen); }>
                <optgroup label="喪失">
                    {LossReason::ALL.into_iter().map(|reason| view! {
                        <option value=key(Event::Lose(reason))>{reason.name()}</option>
                    }).collect_view()}
                </optgroup>
                <optgroup label="取得">
                    {AcquisitionReason::ALL.into_iter().map(|reason| view! {
                        <option value=key(Event::Acquire(reason))>{reason.name()}</option>
                    }).collect_view()}
                </optgroup>
                <optgroup label="取消し">
                    <option value=key(Event::Void)>"誤って取得した資格の取消し"</option>
                </optgroup>
            </select>
        </Field>
        <fieldset>
            <legend>"対象者"</legend>
            {members.into_iter().map(|member| {
                let person = member.person_id;
                view! {
                    <label class="check">
                        <input type="checkbox" prop:checked=move || draft.persons.get().contains(&person)
                            on:change=move |event| toggle(person, event_target_checked(&event)) />
                        {format!("{}（{}）", member.name, insured_words(&member))}
                    </label>
                }
            }).collect_view()}
        </fieldset>
        <div class="member-entry">
            <DateEntry id="notice-on" label=event_label value=draft.event_on />
            <DateEntry id="notified-on" label="届出日" value=draft.notified_on />
            <Show when=moved>
                <DateEntry id="new-address-on" label="新しい住所の日" value=draft.new_address_on />
            </Show>
        </div>
        <Field id="notice-memo" label="根拠書類など" hint="氏名や番号は書かないでください".to_owned()>
            <input id="notice-memo" class="input" maxlength="200" aria-describedby=described_by("notice-memo")
                prop:value=move || draft.memo.get() on:input=move |event| draft.memo.set(typed(&event)) />
        </Field>
    }
}

fn insured_words(member: &MemberFacts) -> String {
    match member.eligibility {
        None => "加入なし".to_owned(),
        Some(period) => match period.lost_on {
            None => format!("{}から加入", era::format(period.acquired_on)),
            Some(lost) => format!("{}喪失", era::format(lost)),
        },
    }
}

/// The value of an option.
fn key(event: Event) -> String {
    serde_json::to_string(&event).unwrap_or_default()
}

fn event_of(key: &str) -> Option<Event> {
    serde_json::from_str(key).ok()
}

/// What the notice makes of each person, of the term and of the premium.
fn effect_lines(
    view: &HouseholdView,
    edit: &NotificationEdit,
    assessor: &Assessor,
) -> Result<Vec<String>, String> {
    let rules = &assessor.parameters.eligibility.value;
    let after = preview(&view.members, edit, rules).map_err(|why| why.to_string())?;
    let mut lines = Vec::new();
    for (before, now) in view.members.iter().zip(&after) {
        if (&before.eligibility, &before.earlier) != (&now.eligibility, &now.earlier) {
            lines.push(format!("{}さん：{}", now.name, outcome(edit, now)));
        }
    }
    if let Event::Lose(reason) = edit.event {
        lines.push(reason.rule().to_owned());
    }
    lines.push(term(edit, assessor));
    lines.push(amounts(view, &after, assessor));
    Ok(lines)
}

fn outcome(edit: &NotificationEdit, now: &MemberFacts) -> String {
    match (edit.event, now.eligibility) {
        (Event::Acquire(_), Some(period)) => {
            format!("資格取得日 {}", era::format(period.acquired_on))
        }
        (Event::Lose(_), Some(period)) => match period.lost_on {
            Some(lost) => format!("資格喪失日 {}", era::format(lost)),
            None => "資格は続きます".to_owned(),
        },
        _ => format!("{}からの資格を取り消します", era::format(edit.event_on)),
    }
}

/// 届出期限, and how late the notice is.
fn term(edit: &NotificationEdit, assessor: &Assessor) -> String {
    let due = figures::holidays()
        .and_then(|holidays| {
            let year = chrono::Datelike::year(&edit.event_on);
            closed_days(&assessor.parameters.instalments.value, &holidays, year)
        })
        .ok()
        .and_then(|closed| notification_due(edit.event_on, &closed));
    let Some(due) = due else {
        return "この日の届出期限は計算できません".to_owned();
    };
    let late = (edit.notified_on - due).num_days();
    if late > 0 {
        format!("届出期限 {}を{late}日過ぎています", era::format(due))
    } else {
        format!("届出期限 {}", era::format(due))
    }
}

/// The year's premium before and after.
fn amounts(view: &HouseholdView, after: &[MemberFacts], assessor: &Assessor) -> String {
    let total = |members: &[MemberFacts]| {
        let household = assessor.household(members, &view.reliefs);
        assessor.assess(&household).map(|all| all.premium.total)
    };
    match (total(&view.members), total(after)) {
        (Ok(before), Ok(now)) => {
            let off = now.0 - before.0;
            let sign = if off < 0 { "−" } else { "+" };
            format!(
                "{}の保険料（試算） {} → {}（{sign}{}円）",
                era::fiscal_year(view.fiscal_year),
                format::yen(before, Lang::Ja),
                format::yen(now, Lang::Ja),
                format::number(off.abs()),
            )
        }
        (_, Err(why)) | (Err(why), _) => format!("保険料は計算できません：{why}"),
    }
}
