//! 提供の求め: `GET /api/provision/requests`, and the decision whether one is answered.

use crate::ids::{HouseholdId, PersonId};
use crate::provision::request::{ProvisionDecision, ProvisionKind, ProvisionState};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How many requests of a kind are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvisionCount {
    pub kind: ProvisionKind,
    pub state: ProvisionState,
    pub count: i64,
}

/// A request that waits for somebody, or has waited too long to leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvisionItem {
    pub id: i64,
    pub kind: ProvisionKind,
    pub state: ProvisionState,
    /// `None`: nobody has decided, or there is nothing to decide.
    pub decision: Option<ProvisionDecision>,
    pub reason: String,
    /// `None`: somebody whom this office does not know.
    pub person_id: Option<PersonId>,
    pub household_id: Option<HouseholdId>,
    pub name: String,
    /// 宛名番号 as the other office wrote it.
    pub resident_number: String,
    pub income_year: i64,
    pub received_on: NaiveDate,
    /// It has waited for more than five days.
    pub late: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvisionRequests {
    pub counts: Vec<ProvisionCount>,
    /// At most two hundred, the oldest first.
    pub items: Vec<ProvisionItem>,
}

/// `POST /api/provision/requests/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideProvision {
    pub decision: ProvisionDecision,
    /// Why, where it is refused; at most 200 characters.
    #[serde(default)]
    pub reason: String,
}
