//! Notices that were accepted, with how late each was.

use crate::api;
use kokuho_shared::api::notification::NotificationView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::eligibility::notification::Event;
use kokuho_shared::era;
use kokuho_shared::ids::{HouseholdId, PersonId};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn NotificationList(household: HouseholdId, members: Vec<MemberFacts>) -> impl IntoView {
    let found = RwSignal::new(None::<Result<Vec<NotificationView>, String>>);
    Effect::new(move |_| {
        spawn_local(async move {
            let path = format!("/api/households/{household}/notices");
            let answer = api::get::<Vec<NotificationView>>(&path).await;
            found.try_set(Some(
                answer.map_err(|failed| failed.problem().message.clone()),
            ));
        });
    });
    let name = move |person: PersonId| {
        let member = members.iter().find(|member| member.person_id == person);
        member.map_or_else(|| format!("{person}"), |member| member.name.clone())
    };
    let line = move |notice: &NotificationView| {
        let late = match notice.late_days() {
            0 => String::new(),
            days => format!("（期限を{days}日過ぎて届出）"),
        };
        format!(
            "{} {}さん {} {}、{}届出{late}",
            era::format(notice.event_on),
            name(notice.person_id),
            what(notice.event),
            notice.memo,
            era::format(notice.notified_on),
        )
    };
    view! {
        <div data-testid="accepted-notices">
            {move || found.get().map(|found| match found {
                Ok(list) if list.is_empty() => view! { <p class="muted">"受け付けた届出はありません。"</p> }.into_any(),
                Ok(list) => view! {
                    <p class="strong">"受け付けた届出"</p>
                    <ul class="story">{list.iter().map(|notice| view! { <li>{line(notice)}</li> }).collect_view()}</ul>
                }.into_any(),
                Err(why) => view! { <p class="field-error">{why}</p> }.into_any(),
            })}
        </div>
    }
}

fn what(event: Event) -> &'static str {
    match event {
        Event::Acquire(reason) => reason.name(),
        Event::Lose(reason) => reason.name(),
        Event::Void => "取得の取消し",
    }
}
