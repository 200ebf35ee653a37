//! 収納台帳: the instalments as they stand, and every booking as a line of the story.

use crate::assessment::premium::Amounts;
use crate::case::Case;
use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::api::ledger::{InstalmentBalance, JournalView, LedgerView};
use kokuho_shared::assessment::schedule::instalments;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Ledger(case: Case) -> impl IntoView {
    // Something may have been booked with each decision.
    let again = expect_context::<Amounts>().decisions;
    let (household, fiscal_year) = (case.shown.view.id, case.shown.view.fiscal_year);
    let office = state::office();
    let (seen, problem) = (
        RwSignal::new(None::<LedgerView>),
        RwSignal::new(None::<String>),
    );
    Effect::new(move |_| {
        again.track();
        spawn_local(async move {
            let path = format!("/api/households/{household}/ledger?fiscal_year={fiscal_year}");
            let answer = api::get::<LedgerView>(&path).await;
            if seen.is_disposed() {
                return;
            }
            match answer {
                Ok(view) => seen.set(Some(view)),
                Err(failed) => {
                    office.heard(&failed);
                    problem.set(Some(failed.problem().message.clone()));
                }
            }
        });
    });
    view! {
        <div data-testid="ledger">
            <h3>"収納台帳"</h3>
            {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
            {move || seen.get().map(shown)}
        </div>
    }
}

fn shown(ledger: LedgerView) -> AnyView {
    if ledger.journals.is_empty() {
        let text = "この年度の調定はまだありません。決定すると、納期ごとの額がここに残ります。";
        return view! { <p class="empty">{text}</p> }.into_any();
    }
    let total = format!(
        "調定額 {}　収入未済 {}",
        format::yen(ledger.levied, Lang::Ja),
        format::yen(ledger.open, Lang::Ja)
    );
    view! {
        <p class="strong" data-testid="ledger-total">{total}</p>
        <Listing label="納期ごとの収納">
            <table class="grid-table">
                <thead><tr>
                    <th scope="col">"期"</th><th scope="col">"納期限"</th>
                    <th scope="col" class="num">"調定額"</th><th scope="col" class="num">"収入未済"</th>
                </tr></thead>
                <tbody>{ledger.instalments.into_iter().map(instalment).collect_view()}</tbody>
            </table>
        </Listing>
        <h3>"記帳の経過"</h3>
        <ol class="story">{ledger.journals.into_iter().map(journal).collect_view()}</ol>
    }
    .into_any()
}

fn instalment(each: InstalmentBalance) -> impl IntoView {
    let due = each
        .due_on
        .map_or_else(String::new, |day| format::date(day, Lang::Ja));
    view! {
        <tr>
            <th scope="row">{instalments::name(each.number)}</th>
            <td>{due}</td>
            <td class="num">{format::yen(each.levied, Lang::Ja)}</td>
            <td class="num">{format::yen(each.open, Lang::Ja)}</td>
        </tr>
    }
}

/// One booking in a sentence.
fn journal(each: JournalView) -> impl IntoView {
    let source = each.source.replace("decision ", "決定 ");
    let text = format!(
        "{}　{}　{}（{}、{}）",
        moment(&each.posted_at),
        each.kind.name(),
        format::yen(each.amount, Lang::Ja),
        source,
        each.posted_by
    );
    view! { <li data-testid="journal">{text}</li> }
}
