//! 要処理: who waits for what, those who have waited longest first.

use crate::dom::{self, is_open};
use crate::listing::Listing;
use crate::{api, state};
use chrono::NaiveDate;
use kokuho_shared::api::queue::{QueueClaim, QueueGroup, QueueItem, QueueKind};
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

/// What the server told, or why not, and which lists somebody has opened or closed.
#[derive(Clone, Copy)]
struct Found {
    told: RwSignal<Option<Result<Vec<QueueGroup>, String>>>,
    opened: StoredValue<Vec<(QueueKind, bool)>>,
}

#[component]
pub fn QueuePage() -> impl IntoView {
    state::titled("要処理");
    let office = state::office();
    let found = Found {
        told: RwSignal::new(None),
        opened: StoredValue::new(Vec::new()),
    };
    spawn_local(async move {
        let answer = api::get::<Vec<QueueGroup>>("/api/queue").await;
        if let Err(failed) = &answer {
            office.heard(failed);
        }
        found.told.try_set(Some(
            answer.map_err(|failed| failed.problem().message.clone()),
        ));
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"要処理"</h1>
        {move || match found.told.get() {
            None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
            Some(Err(why)) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
            Some(Ok(groups)) => view! { <Groups groups=groups found=found /> }.into_any(),
        }}
    }
}

#[component]
fn Groups(groups: Vec<QueueGroup>, found: Found) -> impl IntoView {
    let own = use_query_map().with_untracked(|query| query.get("own").is_some());
    let login = state::office().session().map(|session| session.login);
    let mut groups = groups;
    if own {
        for group in &mut groups {
            group
                .items
                .retain(|item| item.owner.is_some() && item.owner == login);
            group.count = i64::try_from(group.items.len()).unwrap_or(i64::MAX);
        }
        groups.retain(|group| group.count > 0);
    }
    let waiting = groups.iter().map(|group| group.count).sum::<i64>();
    view! {
        <p role="status">{if own { format!("担当しているのは{waiting}件です。") } else { format!("全部で{waiting}件あります。") }}</p>
        {own.then(|| view! { <p><a href="/eligibility/queue">"すべての要処理"</a></p> })}
        {groups.into_iter().map(|group| view! { <Group group=group found=found /> }).collect_view()}
    }
}

#[component]
fn Group(group: QueueGroup, found: Found) -> impl IntoView {
    let QueueGroup { kind, count, items } = group;
    let open = matches!(
        kind,
        QueueKind::Gone
            | QueueKind::NotReported
            | QueueKind::Past75
            | QueueKind::HostInsured
            | QueueKind::DecisionDue
            | QueueKind::Undecided
    ) && count > 0;
    let before = found.opened.with_value(|all| {
        let mut all = all.iter().rev();
        all.find(|(one, _)| *one == kind).map(|(_, open)| *open)
    });
    let asked = use_query_map().with_untracked(|query| query.get("kind"));
    let chosen = asked.as_deref() == Some(kind.key());
    let open = before.unwrap_or(open && asked.is_none() || chosen);
    let key = format!("{kind:?}");
    if chosen && before.is_none() {
        dom::focus(format!("queue-{key}"));
    }
    let toggled = move |event: web_sys::Event| {
        let now = (kind, is_open(&event));
        found.opened.update_value(|all| all.push(now));
    };
    let rest = count - i64::try_from(items.len()).unwrap_or(0);
    view! {
        <details class="measures" open=open data-testid=key.clone() on:toggle=toggled>
            <summary id=format!("queue-{key}")>{format!("{}　{count}件", kind.name())}</summary>
            {(count > 0).then(|| view! {
                <Listing label=kind.name()>
                    <table class="grid-table wide-table">
                        <thead><tr><th>{kind.day()}</th><th>"世帯番号"</th><th>"氏名"</th><th>"生年月日"</th><th>"区"</th><th>"担当"</th></tr></thead>
                        <tbody>{items.into_iter().map(|item| row(item, kind, found)).collect_view()}</tbody>
                    </table>
                </Listing>
            })}
            {(rest > 0).then(|| view! { <p class="muted">{format!("ほかに{rest}件あります。上のものから処理してください。")}</p> })}
        </details>
    }
}

fn row(item: QueueItem, kind: QueueKind, found: Found) -> impl IntoView {
    let owner = owner(&item, kind, found);
    let mut href = format!("/households/{}", item.household_id);
    let mut day = format!("{}{}", era::format(item.on), waited(item.on));
    if let Some(year) = item.fiscal_year {
        href = format!("{href}?fiscal_year={year}");
        day = format!("{day}（{}分）", era::fiscal_year(year));
    }
    view! {
        <tr>
            <td>{day}</td>
            <td><a href=href>{if item.household_number.is_empty() { "開く".to_owned() } else { item.household_number }}</a></td>
            <td>{item.name}</td>
            <td>{era::format(item.birth_date)}</td>
            <td>{item.ward}</td>
            <td>{owner}</td>
        </tr>
    }
}

/// How long something has waited, or how long it still has.
fn waited(on: NaiveDate) -> String {
    let today = state::office().session().map(|session| session.today);
    match today.map(|today| (today - on).num_days()) {
        None | Some(0) => String::new(),
        Some(days) if days > 0 => format!("（{days}日前）"),
        Some(days) => format!("（{}日後）", -days),
    }
}

/// Who has taken it up, and the way to take it up or lay it down.
fn owner(item: &QueueItem, kind: QueueKind, found: Found) -> impl IntoView + use<> {
    let office = state::office();
    let login = office.session().map(|session| session.login);
    let mine = item.owner.is_some() && item.owner == login;
    let claim = QueueClaim {
        kind,
        household_id: item.household_id,
        person_id: item.person_id,
        take: !mine,
    };
    let send = move |_| {
        spawn_local(async move {
            match api::post::<_, QueueGroup>("/api/queue/claims", &claim).await {
                Ok(group) => found.told.update(|told| {
                    let groups = told.iter_mut().flatten().flatten();
                    for old in groups.filter(|old| old.kind == group.kind) {
                        *old = group.clone();
                    }
                }),
                Err(failed) => office.heard(&failed),
            }
        });
    };
    let text = if mine {
        "担当をやめる"
    } else {
        "担当する"
    };
    let label = format!("{}を{text}", item.name);
    view! {
        {item.owner.clone().map(|owner| format!("{owner} "))}
        <button type="button" class="button button-plain" aria-label=label on:click=send>{text}</button>
    }
}
