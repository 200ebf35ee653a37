//! 保険料: one place for the amount, whether previewed or decided, and everything behind it.

use super::amount::Amount;
use super::decide::Decide;
use super::decisions::Decisions;
use super::difference::Difference;
use super::preview;
use super::reliefs::Reliefs;
use super::tier::TierFacts;
use crate::case::Case;
use crate::state;
use kokuho_shared::access::Action;
use kokuho_ui::chart::{InstalmentBars, Waterfall};
use kokuho_ui::explanation::{Explained, ExplanationTree};
use kokuho_ui::premium::PartTable;
use leptos::prelude::*;

pub use super::amounts::Amounts;
pub use super::card_of_household::PremiumCard;
pub use super::standing::{Live, Standing, StateTags};

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    view! { <PremiumSection case=case /> }.into_any()
}

#[component]
fn PremiumSection(case: Case) -> impl IntoView {
    let amounts = expect_context::<Amounts>();
    let municipality = state::office()
        .session()
        .map(|session| session.municipality);
    let municipality = municipality.unwrap_or_default();
    let Case {
        shown, open, said, ..
    } = case;
    let year = shown.view.fiscal_year;
    let members = shown.view.members.clone();
    let explained = Signal::derive(move || {
        let Some((household, assessment)) = amounts.shown() else {
            return Explained::default();
        };
        let decided = amounts.standing.get().map(|decision| decision.parameters);
        Explained {
            explanation: assessment.explanation,
            names: preview::names(&household, &members),
            fiscal_year: year,
            parameters: decided.unwrap_or_else(|| format!("{municipality}/{year}")),
        }
    });
    view! {
        <Amount amounts=amounts said=said />
        {state::office().may(Action::Decide).then(|| view! {
            <Decide shown=shown.clone() open=open amounts=amounts said=said />
        })}
        <Why amounts=amounts explained=explained />
        <Difference amounts=amounts members=shown.view.members.clone() year=year said=said />
        <Reliefs shown=shown.clone() open=open amounts=amounts said=said />
        <Decisions amounts=amounts said=said />
    }
}

/// The parts, the reduction, the picture, the instalments and every step.
#[component]
fn Why(amounts: Amounts, explained: Signal<Explained>) -> impl IntoView {
    let assessment = Memo::new(move |_| amounts.shown().map(|(_, assessment)| assessment));
    let premium = Signal::derive(move || assessment.get().map(|assessment| assessment.premium));
    let instalments = Signal::derive(move || {
        assessment
            .get()
            .map(|all| all.instalments)
            .unwrap_or_default()
    });
    let explanation = Signal::derive(move || explained.get().explanation);
    view! {
        <Show when=move || assessment.get().is_some()>
            <TierFacts premium=premium />
            <PartTable explanation=explanation />
            <Waterfall explanation=explanation />
            <InstalmentBars instalments=instalments />
            <h3>"なぜこの金額か"</h3>
            <ExplanationTree of=explained />
        </Show>
    }
}
