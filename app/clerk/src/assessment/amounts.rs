//! 画面の金額: the preview, the decision that stands in its place, and what decisions have asked for.

use super::preview::Preview;
use crate::case::{Open, draft};
use crate::figures;
use kokuho_shared::api::assessment::{Decision, DecisionSummary};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// The amounts of the screen, shared by its parts.
#[derive(Clone, Copy)]
pub struct Amounts {
    pub preview: Memo<Preview>,
    /// What the facts come to that are stored, in yen; nothing where they cannot be calculated.
    pub stored: StoredValue<Option<Yen>>,
    /// What decisions have asked for until now.
    pub schedule: RwSignal<Option<Schedule>>,
    /// A decision stands in the preview's place until something is typed.
    pub standing: RwSignal<Option<Decision>>,
    /// The newest first.
    pub decisions: RwSignal<Vec<DecisionSummary>>,
    pub changed: Memo<bool>,
}

impl Amounts {
    pub fn of(shown: &Open, municipality: &str, changed: Memo<bool>) -> Amounts {
        let year = shown.view.fiscal_year;
        let assessor = figures::assessor(municipality, year).map_err(|why| why.to_string());
        let drafts = shown.drafts.clone();
        let obstacle = shown.view.obstacles.first().cloned();
        let reliefs = shown.view.reliefs.clone();
        let schedule = RwSignal::new(shown.view.schedule.clone());
        let preview = Memo::new(move |_| {
            let views = draft::views(&drafts);
            let schedule = schedule.get();
            Preview::of(
                &assessor,
                &views,
                &reliefs,
                year,
                schedule.as_ref(),
                obstacle.as_ref(),
            )
        });
        let stored =
            preview.with_untracked(|now| now.result.as_ref().ok().map(|now| now.premium.total));
        let standing = RwSignal::new(None::<Decision>);
        Effect::new(move |before: Option<()>| {
            preview.track();
            changed.track();
            if before.is_some() && standing.with_untracked(Option::is_some) {
                standing.set(None);
            }
        });
        Amounts {
            preview,
            stored: StoredValue::new(stored),
            schedule,
            standing,
            decisions: RwSignal::new(shown.view.decisions.clone()),
            changed,
        }
    }

    /// Whether the year has somebody to be charged for.
    pub fn has_insured(&self) -> bool {
        let household = self.preview.get().household;
        household.members.iter().any(|member| member.insured)
    }

    /// Whether what is shown is what was decided last.
    pub fn is_decided(&self) -> bool {
        let last = self.decisions.get().into_iter().next();
        let same = |last: DecisionSummary| {
            let now = self.preview.get().result;
            !last.provisional && now.is_ok_and(|now| now.premium.total.0 == last.total)
        };
        self.standing.get().is_some() || last.is_some_and(same)
    }

    /// What the tables and pictures show, and the household it was calculated from.
    pub fn shown(&self) -> Option<(Household, Assessment)> {
        match self.standing.get() {
            Some(decision) => Some((decision.inputs, decision.assessment)),
            None => {
                let Preview { household, result } = self.preview.get();
                Some((household, result.ok()?))
            }
        }
    }
}
