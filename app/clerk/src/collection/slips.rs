//! 納付書: the slips of a household, and one of them issued again with a later last day.

use crate::assessment::premium::Amounts;
use crate::case::{Case, Messages, reveal_reason};
use crate::listing::Listing;
use crate::toast::Link;
use crate::{api, dom, state};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::slip::{HouseholdSlips, SlipReissue, SlipState, SlipView};
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::era;
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::entry::DateEntry;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Slips {
    office: state::Office,
    household: HouseholdId,
    said: Messages,
    known: RwSignal<Option<HouseholdSlips>>,
    problem: RwSignal<Option<String>>,
    /// The one that is about to be issued again.
    asked: RwSignal<Option<SlipView>>,
}

impl Slips {
    fn read(self) {
        let office = self.office;
        spawn_local(async move {
            let path = format!("/api/households/{}/slips", self.household);
            match api::get::<HouseholdSlips>(&path).await {
                Ok(slips) => {
                    self.known.try_set(Some(slips));
                }
                Err(failed) => {
                    office.heard(&failed);
                    self.problem.try_set(Some(failed.problem().message.clone()));
                }
            }
        });
    }

    fn reissue(self, slip: SlipView, until: NaiveDate, reveal_reason: String) {
        let office = self.office;
        self.said.clear();
        let wish = SlipReissue {
            usable_until: until,
            reveal_reason,
        };
        spawn_local(async move {
            let path = format!(
                "/api/households/{}/slips/{}/reissue",
                self.household, slip.number
            );
            match api::post::<_, SlipView>(&path, &wish).await {
                Ok(new) => {
                    let text = format!(
                        "納付書 {}（{}、取扱期限 {}）を再発行しました",
                        new.number,
                        instalment(&new),
                        era::format(new.usable_until)
                    );
                    office
                        .toasts
                        .say_with(text, Link::to_pdf(format!("/api/slips/{}", new.number)));
                    self.asked.try_set(None);
                    self.read();
                }
                Err(failed) => self.said.failed(office, failed),
            }
        });
    }
}

fn instalment(slip: &SlipView) -> String {
    u8::try_from(slip.instalment).map_or_else(|_| slip.instalment.to_string(), instalments::name)
}

#[component]
pub fn SlipList(case: Case) -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    let slips = Slips {
        office: state::office(),
        household: case.shown.view.id,
        said: case.said,
        known: RwSignal::new(None),
        problem: RwSignal::new(None),
        asked: RwSignal::new(None),
    };
    Effect::new(move |_| {
        amounts.decisions.track();
        slips.read();
    });
    let table = move || {
        slips.known.get().map(|known| match known.slips.is_empty() {
            true => view! { <p class="empty">"発行した納付書はありません。"</p> }.into_any(),
            false => listed(slips, known.slips).into_any(),
        })
    };
    view! {
        <div data-testid="slips">
            <h3>"納付書"</h3>
            {move || slips.problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
            {table}
            {move || slips.asked.get().map(|slip| view! { <Again slip=slip slips=slips /> })}
        </div>
    }
}

fn listed(slips: Slips, all: Vec<SlipView>) -> impl IntoView {
    let may = state::office().may(Action::ReprintLetters);
    let mut all = all;
    all.sort_by_key(|slip| {
        (
            slip.state != SlipState::Standing,
            slip.due_on,
            slip.instalment,
        )
    });
    let first = all
        .iter()
        .find(|slip| again(slip))
        .map(|slip| slip.number.clone());
    let row = move |slip: SlipView| {
        let asked = slip.clone();
        let key = (first.as_ref() == Some(&slip.number)).then_some("r");
        let label = format!("{}の納付書を再発行", instalment(&slip));
        view! {
            <tr>
                <th scope="row">{format!("{}　{}", era::fiscal_year(slip.fiscal_year), instalment(&slip))}</th>
                <td>{(may && again(&slip)).then(|| view! {
                    <button type="button" class="button" data-single=key aria-keyshortcuts=key aria-label=label
                        on:click=move |_| slips.asked.set(Some(asked.clone()))>"再発行"</button>
                })}</td>
                <td><a href=format!("/api/slips/{}", slip.number) target="_blank" rel="external noopener">{slip.number.clone()}</a></td>
                <td>{slip.state.name()}</td>
                <td data-value=slip.due_on.to_string()>{era::format(slip.due_on)}</td>
                <td data-value=slip.usable_until.to_string()>{era::format(slip.usable_until)}</td>
                <td class="num">{format::yen(slip.principal, Lang::Ja)}</td>
                <td class="num">{format::yen(slip.open, Lang::Ja)}</td>
            </tr>
        }
    };
    view! {
        <Listing label="納付書">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"年度・期"</th><th scope="col"><span class="visually-hidden">"操作"</span></th><th scope="col">"納付書番号"</th>
                    <th scope="col">"状態"</th><th scope="col">"納期限"</th><th scope="col">"取扱期限"</th>
                    <th scope="col" class="num">"金額"</th><th scope="col" class="num">"収入未済"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

/// Whether it can be issued again: the newest of an instalment of which something is owed.
fn again(slip: &SlipView) -> bool {
    slip.state == SlipState::Standing && slip.open > Yen::ZERO
}

/// 再発行の確認.
#[component]
fn Again(slip: SlipView, slips: Slips) -> impl IntoView {
    let latest = slips
        .known
        .get_untracked()
        .map(|known| known.latest_usable_until);
    let until = RwSignal::new(latest);
    let reason = reveal_reason();
    let text = format!(
        "{}の納付書を、{}で再発行します。",
        instalment(&slip),
        format::yen(slip.open, Lang::Ja)
    );
    let issue = move |_| {
        if let Some(day) = until.get_untracked() {
            slips.reissue(slip.clone(), day, reason.get());
        }
    };
    dom::focus("slip-again");
    view! {
        <div class="question" role="group" aria-labelledby="slip-question" data-testid="slip-question"
            on:keydown=move |event| if event.key() == "Escape" { slips.asked.set(None); }>
            <p id="slip-question"><strong>{text}</strong></p>
            <DateEntry id="slip-until" label="取扱期限" value=until />
            <div class="buttons">
                <button type="button" class="button button-primary" id="slip-again" disabled=move || until.get().is_none() on:click=issue>"再発行する"</button>
                <button type="button" class="button" on:click=move |_| slips.asked.set(None)>"やめる"</button>
            </div>
        </div>
    }
}
