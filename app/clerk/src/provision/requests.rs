//! 提供の求め: how far they are, and those that wait for a decision.

use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::api::provision::{DecideProvision, ProvisionItem, ProvisionRequests};
use kokuho_shared::era;
use kokuho_shared::provision::request::{ProvisionDecision, ProvisionKind, ProvisionState};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Found {
    all: RwSignal<Option<ProvisionRequests>>,
    wrong: RwSignal<Option<String>>,
}

impl Found {
    fn decide(self, id: i64, wish: DecideProvision) {
        let office = state::office();
        self.wrong.set(None);
        spawn_local(async move {
            let path = format!("/api/provision/requests/{id}");
            match api::post::<_, ProvisionRequests>(&path, &wish).await {
                Ok(all) => self.all.set(Some(all)),
                Err(failed) => {
                    office.heard(&failed);
                    self.wrong.set(Some(failed.problem().message.clone()));
                }
            }
        });
    }
}

#[component]
pub fn Requests() -> impl IntoView {
    let office = state::office();
    let found = Found {
        all: RwSignal::new(None),
        wrong: RwSignal::new(None),
    };
    spawn_local(async move {
        match api::get::<ProvisionRequests>("/api/provision/requests").await {
            Ok(all) => {
                found.all.try_set(Some(all));
            }
            Err(failed) => {
                office.heard(&failed);
                found.wrong.try_set(Some(failed.problem().message.clone()));
            }
        }
    });
    view! {
        <section aria-labelledby="requests-heading" data-testid="requests">
            <h2 id="requests-heading">"他の機関からの照会（情報提供）"</h2>
            {move || found.wrong.get().map(|why| view! { <Banner tone=Tone::Error><p>{why}</p></Banner> })}
            {move || found.all.get().map(|all| view! { <Status all=all found=found /> })}
        </section>
    }
}

#[component]
fn Status(all: ProvisionRequests, found: Found) -> impl IntoView {
    let ProvisionRequests { counts, items } = all;
    let of = move |kind: ProvisionKind, state: ProvisionState| {
        let mut found = counts
            .iter()
            .filter(|one| one.kind == kind && one.state == state);
        found.next().map_or(0, |one| one.count)
    };
    let row = |kind: ProvisionKind| {
        let cells =
            ProvisionState::ALL.map(|state| view! { <td class="num">{of(kind, state)}</td> });
        view! { <tr><th scope="row">{kind.name()}</th>{cells.collect_view()}</tr> }
    };
    let rows = ProvisionKind::ALL.map(row).collect_view();
    view! {
        <Listing label="情報提供の件数">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"照会"</th>
                    {ProvisionState::ALL.map(|state| view! { <th scope="col" class="num">{state.name()}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Listing>
        {match items.is_empty() {
            true => view! { <p class="muted">"確認を待っている照会はありません。"</p> }.into_any(),
            false => view! { <Items items=items found=found /> }.into_any(),
        }}
    }
}

#[component]
fn Items(items: Vec<ProvisionItem>, found: Found) -> impl IntoView {
    view! {
        <h3>"確認を待っている照会"</h3>
        <Listing label="確認を待っている照会">
            <table class="grid-table wide-table">
                <thead><tr><th>"照会"</th><th>"状態"</th><th>"氏名"</th><th>"受付日"</th><th>"内容"</th><th>"処理"</th></tr></thead>
                <tbody>{items.into_iter().map(|item| view! { <Item item=item found=found /> }).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

#[component]
fn Item(item: ProvisionItem, found: Found) -> impl IntoView {
    let state = match item.late {
        true => format!("{}（5日を過ぎています）", item.state.name()),
        false => item.state.name().to_owned(),
    };
    let decided = item.decision.map_or("", ProvisionDecision::name);
    let what = format!("{}年の所得　{decided} {}", item.income_year, item.reason);
    let name = match (item.household_id, item.person_id) {
        (Some(household), _) => {
            view! { <a href=format!("/households/{household}")>{item.name.clone()}</a> }.into_any()
        }
        (None, Some(_)) => view! { <span>{item.name.clone()}</span> }.into_any(),
        (None, None) => {
            let number = item.resident_number.clone();
            view! { <span>{format!("該当者なし（宛名番号 {number}）")}</span> }.into_any()
        }
    };
    let waits = item.state == ProvisionState::Waiting;
    view! {
        <tr>
            <td>{item.kind.name()}</td>
            <td>{state}</td>
            <td>{name}</td>
            <td>{era::format(item.received_on)}</td>
            <td>{what}</td>
            <td>{waits.then(|| view! { <Decision id=item.id name=item.name found=found /> })}</td>
        </tr>
    }
}

#[component]
fn Decision(id: i64, name: String, found: Found) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let decide = move |decision| {
        let reason = reason.get_untracked();
        found.decide(id, DecideProvision { decision, reason });
    };
    view! {
        <div class="row-acts">
            <input class="input" maxlength="200" placeholder="理由" aria-label=format!("回答しない理由（{name}）")
                on:input=move |event| reason.set(event_target_value(&event)) />
            {ProvisionDecision::ALL.map(|decision| view! {
                <button type="button" class="button" on:click=move |_| decide(decision)>{decision.name()}</button>
            }).collect_view()}
        </div>
    }
}
