//! 減免の窓口: what the page knows of a household's applications, and how it is read again.

use crate::case::{Messages, Open, reopen};
use crate::{api, state};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::relief::ReliefCase;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::relief::rules::ReliefRule;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What this part of the page knows.
#[derive(Clone, Copy)]
pub struct Desk {
    pub household: HouseholdId,
    pub year: FiscalYear,
    pub members: StoredValue<Vec<MemberFacts>>,
    pub rules: RwSignal<Option<Vec<ReliefRule>>>,
    pub cases: RwSignal<Option<Vec<ReliefCase>>>,
    pub open: RwSignal<Option<Open>>,
    pub said: Messages,
    pub office: state::Office,
}

impl Desk {
    pub fn load(self) {
        spawn_local(async move {
            let path = format!(
                "/api/households/{}/reliefs?fiscal_year={}",
                self.household, self.year
            );
            let rules = api::get::<Vec<ReliefRule>>("/api/reliefs/rules").await;
            let cases = api::get::<Vec<ReliefCase>>(&path).await;
            match (rules, cases) {
                (Ok(rules), Ok(cases)) => {
                    self.rules.try_set(Some(rules));
                    self.cases.try_set(Some(cases));
                }
                (Err(failed), _) | (_, Err(failed)) => self.said.failed(self.office, failed),
            }
        });
    }

    /// What was decided changes the facts of the page.
    pub fn decided(self, cases: Vec<ReliefCase>, text: String) {
        self.cases.try_set(Some(cases));
        spawn_local(async move {
            let path = format!(
                "/api/households/{}?fiscal_year={}",
                self.household, self.year
            );
            match api::get::<HouseholdView>(&path).await {
                Ok(view) => {
                    reopen(self.open, view);
                    self.said.done.set(Some(text));
                }
                Err(failed) => self.said.failed(self.office, failed),
            }
        });
    }

    pub fn name(self, id: &str) -> String {
        self.members.with_value(|members| {
            let found = members
                .iter()
                .find(|member| member.person_id.to_string() == id);
            found.map_or_else(String::new, |member| format!("{}さん", member.name))
        })
    }
}
