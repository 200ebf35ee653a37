//! 要処理: who waits for what, those who have waited longest first.

use crate::{api, state};
use kokuho_shared::api::queue::{QueueGroup, QueueItem, QueueKind};
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn QueuePage() -> impl IntoView {
    state::titled("要処理");
    let office = state::office();
    let found = RwSignal::new(None::<Result<Vec<QueueGroup>, String>>);
    spawn_local(async move {
        let answer = api::get::<Vec<QueueGroup>>("/api/queue").await;
        if let Err(failed) = &answer {
            office.heard(failed);
        }
        found.try_set(Some(
            answer.map_err(|failed| failed.problem().message.clone()),
        ));
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"要処理"</h1>
        {move || match found.get() {
            None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
            Some(Err(why)) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
            Some(Ok(groups)) => view! { <Groups groups=groups /> }.into_any(),
        }}
    }
}

#[component]
fn Groups(groups: Vec<QueueGroup>) -> impl IntoView {
    let waiting = groups.iter().map(|group| group.count).sum::<i64>();
    view! {
        <p role="status">{format!("全部で{waiting}件あります。")}</p>
        {groups.into_iter().map(|group| view! { <Group group=group /> }).collect_view()}
    }
}

#[component]
fn Group(group: QueueGroup) -> impl IntoView {
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
    let rest = count - i64::try_from(items.len()).unwrap_or(0);
    let key = format!("{kind:?}");
    view! {
        <details class="measures" open=open data-testid=key>
            <summary>{format!("{}　{count}件", kind.name())}</summary>
            {(count > 0).then(|| view! {
                <div class="table-scroll" tabindex="0" role="region" aria-label=kind.name()>
                    <table class="grid-table wide-table">
                        <thead><tr><th>{kind.day()}</th><th>"世帯番号"</th><th>"氏名"</th><th>"生年月日"</th><th>"区"</th></tr></thead>
                        <tbody>{items.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            })}
            {(rest > 0).then(|| view! { <p class="muted">{format!("ほかに{rest}件あります。上のものから処理してください。")}</p> })}
        </details>
    }
}

fn row(item: QueueItem) -> impl IntoView {
    let mut href = format!("/households/{}", item.household_id);
    let mut day = era::format(item.on);
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
        </tr>
    }
}
