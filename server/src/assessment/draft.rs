//! 決定案 (draft): an assessment that may become a decision, and the decision that stands before it.

use super::basis::Basis;
use super::encoding;
use super::pension;
use crate::error::ServiceError;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::assessment::schedule::instalments::{DEDUCTED_FROM, Instalment};
use kokuho_shared::ids::{DecisionId, HouseholdId, RunId};
use std::sync::Arc;

impl Basis {
    /// Assesses a household as it is known; refused where the law gives no single answer yet.
    pub fn draft(
        &self,
        view: &HouseholdView,
        schedule: Schedule,
        pension: Option<&pension::PensionStatus>,
    ) -> Result<Draft, ServiceError> {
        let on = schedule.notice_on;
        let draft = self.draft_of_any_year(view, schedule, pension)?;
        self.refuse_closed(&draft, on)?;
        Ok(draft)
    }

    /// 仮算定 of a household: its notice does not depend on the facts, which are stored with it.
    pub fn provisional(
        &self,
        view: &HouseholdView,
        schedule: Schedule,
    ) -> Result<Draft, ServiceError> {
        let inputs = self.inputs(view);
        let assessment = self.assessor.assess_on(&inputs, Some(&schedule))?;
        Draft::of(inputs, &schedule, assessment, None)
    }

    /// Like `draft`, but the caller checks the time limit.
    pub(in crate::assessment) fn draft_of_any_year(
        &self,
        view: &HouseholdView,
        mut schedule: Schedule,
        pension: Option<&pension::PensionStatus>,
    ) -> Result<Draft, ServiceError> {
        if let Some(obstacle) = view.obstacles.first() {
            return Err(ServiceError::invalid_at("members", obstacle.clone()));
        }
        let inputs = self.inputs(view);
        let mut assessment = self.assessor.assess_on(&inputs, Some(&schedule))?;
        let mut case = None;
        if let Some(known) = pension {
            let (total, on) = (assessment.premium.total, schedule.notice_on);
            (case, schedule.deducted) = pension::plan(known, self, view.id, &inputs, total, on)?;
            if !schedule.deducted.is_empty() {
                assessment = self.assessor.assess_on(&inputs, Some(&schedule))?;
            }
            if let Some(case) = &mut case {
                pension::settle(case, &schedule.deducted, &assessment.instalments);
            }
        }
        Draft::of(inputs, &schedule, assessment, case)
    }
}

/// An assessment that may become a decision.
pub struct Draft {
    pub inputs: Household,
    pub assessment: Assessment,
    /// How the deduction from a pension stands with it.
    pub case: Option<pension::Case>,
    /// What pensions have paid of the year or will.
    pub deducted: Vec<Instalment>,
    pub inputs_text: String,
    pub schedule_text: String,
    pub result_text: String,
}

impl Draft {
    fn of(
        inputs: Household,
        schedule: &Schedule,
        assessment: Assessment,
        case: Option<pension::Case>,
    ) -> Result<Draft, ServiceError> {
        let booked = schedule.booked.iter();
        let deducted = booked.filter(|each| each.number >= DEDUCTED_FROM);
        Ok(Draft {
            case,
            deducted: deducted.chain(&schedule.deducted).cloned().collect(),
            inputs_text: serde_json::to_string(&inputs)?,
            schedule_text: serde_json::to_string(schedule)?,
            result_text: encoding::write(&assessment)?,
            inputs,
            assessment,
        })
    }

    pub fn total(&self) -> i64 {
        self.assessment.premium.total.0
    }

    /// Whether the decision before stands on the same and says the same.
    pub fn repeats(&self, before: &Previous, basis: &Basis) -> bool {
        before.inputs == self.inputs_text
            && beyond(&before.schedule) == beyond(&self.schedule_text)
            && before.parameters_sha256 == basis.parameters_sha256
            && before.rule_version == i64::from(basis.rule_version)
    }
}

/// What a schedule takes from a pension and of last year's premium, as text; nearly every schedule has
/// neither.
fn beyond(schedule: &str) -> &str {
    let begin = ["\"deducted\"", PROVISIONAL];
    let begin = begin.iter().filter_map(|word| schedule.find(word)).min();
    schedule
        .get(begin.unwrap_or(schedule.len())..)
        .unwrap_or_default()
}

/// Marks a 仮算定 in a stored schedule, so that it is recognised without parsing.
const PROVISIONAL: &str = "\"provisional\"";

/// Whether a decision with this schedule is 仮算定.
pub fn is_provisional(schedule: &str) -> bool {
    schedule.contains(PROVISIONAL)
}

/// A decision with its place, ready to be written.
pub struct PreparedDecision {
    pub id: DecisionId,
    pub household_id: HouseholdId,
    pub sequence: i64,
    pub run_id: RunId,
    pub revision: i64,
    pub basis: Arc<Basis>,
    pub draft: Draft,
}

/// The newest decision of a household's year.
#[derive(Clone, sqlx::FromRow)]
pub struct Previous {
    pub id: DecisionId,
    pub household_id: HouseholdId,
    pub sequence: i64,
    pub decided_at: i64,
    pub parameters_sha256: String,
    pub rule_version: i64,
    pub total: i64,
    pub inputs: String,
    pub schedule: String,
}
