//! 届出: what happened and when; what it makes of eligibility and premium is shown before it is
//! accepted.

use super::notification_list::NotificationList;
use crate::case::people::PeopleChoice;
use crate::case::{Case, reopen};
use crate::figures;
use crate::toast::Link;
use crate::{api, dom, state};
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
    event: RwSignal<Option<Event>>,
    event_on: RwSignal<Option<NaiveDate>>,
    new_address_on: RwSignal<Option<NaiveDate>>,
    notified_on: RwSignal<Option<NaiveDate>>,
    persons: RwSignal<Vec<PersonId>>,
    memo: RwSignal<String>,
}

impl NotificationForm {
    pub fn new(today: NaiveDate) -> NotificationForm {
        NotificationForm {
            event: RwSignal::new(None),
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
        self.event.set(None);
        self.event_on.set(None);
        self.new_address_on.set(None);
        self.persons.set(Vec::new());
        self.memo.set(String::new());
    }

    /// The request, once everything it needs is there.
    fn edit(&self, view: &HouseholdView) -> Option<NotificationEdit> {
        let event = self.event.get()?;
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

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    view! { <Notifications case=case /> }.into_any()
}

#[component]
fn Notifications(case: Case) -> impl IntoView {
    let Case {
        shown,
        open,
        changed,
        said,
        ..
    } = case.clone();
    let draft = expect_context::<NotificationForm>();
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
    let (premium, papers) = (case.path("premium"), case.path("papers"));
    let done = premium.clone();
    let accept = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let done = done.clone();
        said.clear();
        if changed.get_untracked()
            || busy.get_untracked()
            || !matches!(told.get_untracked(), Some(Ok(_)))
        {
            return;
        }
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
                    office
                        .toasts
                        .say_with(text, Link::to("保険料の決定へ", done));
                }
                Err(failed) => said.failed(office, failed),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form data-testid="notices" data-watched="true" on:submit=accept>
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
                <button type="submit" class="button button-primary"
                    disabled=move || busy.get() || changed.get() || !matches!(told.get(), Some(Ok(_)))>"届出を受け付ける"</button>
            </div>
            <Show when=move || changed.get()>
                <p class="muted">"入力中の異動を保存するか元に戻すと、届出を受け付けられます。"</p>
            </Show>
        </form>
        <p class="muted">"受け付けたあとは、"<a href=premium>"保険料を決定"</a>"し、"<a href=papers>"証の返納と交付"</a>"を確かめます。"</p>
        <NotificationList household=id members=view.members.clone() />
    }
}

/// What, when, who.
#[component]
fn Fields(draft: NotificationForm, members: Vec<MemberFacts>) -> impl IntoView {
    let event_label = Signal::derive(move || match draft.event.get() {
        Some(Event::Acquire(reason)) => reason.event().to_owned(),
        Some(Event::Lose(reason)) => reason.event().to_owned(),
        Some(Event::Void) => "取り消す資格の取得日".to_owned(),
        None => "起きた日".to_owned(),
    });
    let moved = move || draft.event.get() == Some(Event::Lose(LossReason::MovedOtherPrefecture));
    // Reached by the key of the office's pages: the first field is the next thing to do.
    dom::focus("notice-event");
    view! {
        <Field id="notice-event" label="届出の種類">
            <select id="notice-event" class="select" aria-describedby=described_by("notice-event")
                prop:value=move || draft.event.get().map(key).unwrap_or_default()
                on:change=move |event| draft.event.set(event_of(&event_target_value(&event)))>
                <option value="">"選んでください"</option>
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
        <PeopleChoice id="notice-person" members=members chosen=draft.persons />
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
