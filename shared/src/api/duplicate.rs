//! 資格重複: `GET /api/duplicates`, and the steps of a case.

use crate::eligibility::duplicate::DuplicateState;
use crate::ids::{HouseholdId, PersonId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A case of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DuplicateView {
    pub id: i64,
    pub household_id: HouseholdId,
    pub household_number: String,
    pub person_id: PersonId,
    pub name: String,
    pub birth_date: NaiveDate,
    pub ward: String,
    /// The first day of the 資格 that goes on; none once it has ended.
    pub acquired_on: Option<NaiveDate>,
    pub other_insurer: String,
    pub other_acquired_on: NaiveDate,
    pub state: DuplicateState,
    /// Lists in a row, and the days of the first and the last.
    pub seen: i64,
    pub first_list_on: NaiveDate,
    pub last_list_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DuplicateAction {
    /// 勧奨: a letter asks for the report.
    Urge,
    /// 職権喪失.
    Lose,
    /// 対象外.
    Dismiss,
}

/// `POST /api/duplicates/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DuplicateStep {
    pub action: DuplicateAction,
    /// The state in which the clerk saw the case: of two, only the first acts.
    pub seen_state: DuplicateState,
    /// Why it is dismissed, or why a letter that tells a guarded place leaves.
    #[serde(default)]
    pub reason: String,
}
