//! 賦課決定: a household's premium as it was decided.

use crate::assessment::household::Household;
use crate::assessment::result::Assessment;
use crate::assessment::schedule::last_year::LastYear;
use crate::calendar::FiscalYear;
use crate::ids::{DecisionId, HouseholdId};
use serde::{Deserialize, Serialize};

/// `POST /api/households/{id}/decisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decide {
    pub fiscal_year: FiscalYear,
    /// The household's revision on which the clerk saw the preview.
    pub revision: i64,
    /// The total of the preview in yen; a difference is refused and shown.
    pub preview_total: i64,
    /// 法110条の2第2項: why a decrease is decided after the two years, to adjust with an employees' scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionSummary {
    pub id: DecisionId,
    pub fiscal_year: FiscalYear,
    pub decided_at: String,
    pub decided_by: String,
    pub total: i64,
    /// 仮算定: the total is no premium of the year.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// 照会 of the household that were not answered when it was decided: their answers may change it.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub open_inquiries: u32,
}

/// `GET /api/decisions/{id}`: with the inputs and parameters that reproduce it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub summary: DecisionSummary,
    pub household_id: HouseholdId,
    pub inputs: Household,
    /// `<municipality>/<year>` and the SHA-256 of the parameters' bytes.
    pub parameters: String,
    pub parameters_sha256: String,
    pub rule_version: u32,
    /// 仮算定: last year's premium, of which it is a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_year: Option<LastYear>,
    pub assessment: Assessment,
}

/// `POST /api/decisions/{id}/notice`: the letter of a decision; its PDF is at `/api/letters/{number}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedLetter {
    /// 文書番号.
    pub number: String,
    pub issued_at: String,
    pub issued_by: String,
    /// Binds what it says, to whom, and the templates and fonts it is set with.
    pub content_sha256: String,
}
