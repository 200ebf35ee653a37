//! 内部連携・連合会連携: how far the records are, and those that need somebody.

use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::api::link_record::{LinkAction, LinkDecision, LinkItem, LinkOverview, Refresh};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::linkage::link_record::{LinkKind, LinkState};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Links {
    found: RwSignal<Option<LinkOverview>>,
    wrong: RwSignal<Option<String>>,
}

impl Links {
    fn decide(self, id: i64, action: LinkAction, reason: String) {
        let office = state::office();
        self.wrong.set(None);
        spawn_local(async move {
            let decision = LinkDecision { action, reason };
            let path = format!("/api/interchange/{id}");
            match api::post::<_, LinkOverview>(&path, &decision).await {
                Ok(all) => self.found.set(Some(all)),
                Err(failed) => {
                    office.heard(&failed);
                    self.wrong.set(Some(failed.problem().message.clone()));
                }
            }
        });
    }
}

#[component]
pub fn LinkStatus() -> impl IntoView {
    let office = state::office();
    let links = Links {
        found: RwSignal::new(None),
        wrong: RwSignal::new(None),
    };
    spawn_local(async move {
        match api::get::<LinkOverview>("/api/interchange").await {
            Ok(all) => {
                links.found.try_set(Some(all));
            }
            Err(failed) => {
                office.heard(&failed);
                links.wrong.try_set(Some(failed.problem().message.clone()));
            }
        }
    });
    view! {
        <section aria-labelledby="links-heading" data-testid="links">
            <h2 id="links-heading">"住基・税・連合会との連携"</h2>
            {move || links.wrong.get().map(|why| view! { <Banner tone=Tone::Error><p>{why}</p></Banner> })}
            {move || links.found.get().map(|all| view! { <Status all=all links=links /> })}
        </section>
    }
}

#[component]
fn Status(all: LinkOverview, links: Links) -> impl IntoView {
    let LinkOverview {
        incomplete,
        counts,
        items,
    } = all;
    let of = move |kind: LinkKind, state: LinkState| {
        let mut found = counts
            .iter()
            .filter(|one| one.kind == kind && one.state == state);
        found.next().map_or(0, |one| one.count)
    };
    let row = |kind: LinkKind| {
        let cells = LinkState::ALL.map(|state| view! { <td class="num">{of(kind, state)}</td> });
        view! { <tr><th scope="row">{kind.name()}</th>{cells.collect_view()}</tr> }
    };
    let rows = LinkKind::ALL.map(row).collect_view();
    view! {
        {(!incomplete.is_empty()).then(|| view! {
            <Banner tone=Tone::Error>
                {incomplete.iter().map(|one| view! { <p>{one.sentence()}</p> }).collect_view()}
            </Banner>
        })}
        <Listing label="連携の件数">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"連携"</th>
                    {LinkState::ALL.map(|state| view! { <th scope="col" class="num">{state.name()}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Listing>
        {match items.is_empty() {
            true => view! { <p class="muted">"確認を待っている連携はありません。"</p> }.into_any(),
            false => view! { <Items items=items links=links /> }.into_any(),
        }}
    }
}

#[component]
fn Items(items: Vec<LinkItem>, links: Links) -> impl IntoView {
    view! {
        <h3>"確認を待っている連携"</h3>
        <Listing label="確認を待っている連携">
            <table class="grid-table wide-table">
                <thead><tr><th>"連携"</th><th>"状態"</th><th>"氏名"</th><th>"受付日"</th><th>"内容"</th><th>"処理"</th></tr></thead>
                <tbody>{items.into_iter().map(|item| view! { <Item item=item links=links /> }).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

#[component]
fn Item(item: LinkItem, links: Links) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let id = item.id;
    let act = move |action: LinkAction| links.decide(id, action, reason.get_untracked());
    let actions: &[(LinkAction, &str)] = match item.state {
        LinkState::Rejected | LinkState::Sent => &[
            (LinkAction::Retry, "再送する"),
            (LinkAction::Settle, "処理済みにする"),
        ],
        _ => &[],
    };
    let state = match item.late {
        true => format!("{}（5日を過ぎています）", item.state.name()),
        false => item.state.name().to_owned(),
    };
    let what = match item.income_year {
        Some(year) => format!("{year}年の所得　{}{}", item.code, item.message),
        None => format!("{} {}", item.code, item.message),
    };
    let name = match item.household_id {
        Some(household) => {
            view! { <a href=format!("/households/{household}")>{item.name.clone()}</a> }.into_any()
        }
        None => view! { <span>{item.name.clone()}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{item.kind.name()}</td>
            <td>{state}</td>
            <td>{name}</td>
            <td>{era::format(item.queued_on)}</td>
            <td>{what}</td>
            <td>
                <div class="row-acts"><input class="input" maxlength="200" placeholder="理由" aria-label=format!("理由（{}）", item.name)
                    on:input=move |event| reason.set(event_target_value(&event)) />
                    {actions.iter().map(|(action, name)| {
                        let action = *action;
                        view! { <button type="button" class="button" on:click=move |_| act(action)>{*name}</button> }
                    }).collect_view()}
                </div>
            </td>
        </tr>
    }
}

/// Asks the city's own registers what they know of a household now.
#[component]
pub fn AskRegisters(household: HouseholdId, year: FiscalYear) -> impl IntoView {
    let office = state::office();
    let told = RwSignal::new(String::new());
    let ask = move |kind: LinkKind| {
        spawn_local(async move {
            let wish = Refresh {
                kind,
                fiscal_year: year,
            };
            let path = format!("/api/households/{household}/refresh");
            told.set(match api::post::<_, usize>(&path, &wish).await {
                Ok(asked) => format!("{asked}人分を照会しました。回答は自動で取り込まれます。"),
                Err(failed) => {
                    office.heard(&failed);
                    failed.problem().message.clone()
                }
            });
        });
    };
    view! {
        <div class="buttons">
            <button type="button" class="button" on:click=move |_| ask(LinkKind::ResidentsRequest)>"本市住基に照会"</button>
            <button type="button" class="button" on:click=move |_| ask(LinkKind::IncomesRequest)>"本市税務に照会"</button>
            <span role="status">{move || told.get()}</span>
        </div>
    }
}
