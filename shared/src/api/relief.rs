//! 減免: applications and what became of them.

use crate::assessment::household::ReliefKind;
use crate::calendar::FiscalYear;
use crate::calendar::Month;
use crate::ids::PersonId;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How far an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReliefState {
    /// 申請受付: waits for somebody else's decision.
    #[strum(message = "決定待ち")]
    Applied,
    #[strum(message = "承認")]
    Granted,
    #[strum(message = "不承認")]
    Refused,
    #[strum(message = "取下げ")]
    Withdrawn,
    #[strum(message = "取消し")]
    Ended,
}

coded!(ReliefState, named);

/// `POST /api/households/{id}/reliefs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliefApplication {
    pub fiscal_year: FiscalYear,
    /// The `id` of the city's rule.
    pub rule: String,
    /// Whose lines, where the rule is of one person.
    #[serde(default)]
    pub person_id: Option<PersonId>,
    /// 申請日.
    pub applied_on: NaiveDate,
    /// First and last month.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-09"))]
    pub from: Month,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2027-03"))]
    pub until: Month,
    /// Per cent, where the rule measures something.
    #[serde(default)]
    pub measured: Option<i64>,
    /// 事情.
    pub grounds: String,
    /// What was shown, of the rule's list.
    pub evidence: Vec<String>,
}

/// `POST /api/reliefs/{case}/decision`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliefDecision {
    /// `granted`, `refused`, `withdrawn`, or `ended` of what was granted.
    pub state: ReliefState,
    /// The reason that the household is told; needed but for a grant.
    #[serde(default)]
    pub reason: String,
}

/// An application with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliefCase {
    pub id: i64,
    pub rule: String,
    pub name: String,
    pub kind: ReliefKind,
    pub person_id: Option<PersonId>,
    pub applied_on: NaiveDate,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub from: Month,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub until: Month,
    pub measured: Option<i64>,
    /// The rate that the city's table gives; none = it gives none, or there is no table.
    pub percent: Option<u8>,
    pub grounds: String,
    pub evidence: Vec<String>,
    /// Of the rule's list, what was not shown yet.
    pub missing: Vec<String>,
    pub state: ReliefState,
    pub created_by: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<String>,
    pub reason: String,
    /// Less premium in the year through it, as things are now; none where it cannot be told.
    pub saves: Option<Yen>,
}
