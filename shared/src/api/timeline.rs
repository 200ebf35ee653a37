//! 資格の理由と履歴: `GET /api/households/{id}/timeline`.

use crate::ids::PersonId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why a person is insured on a day or not, as it was known on a day, and everything that was
/// recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeline {
    pub person_id: PersonId,
    pub on: NaiveDate,
    pub insured: bool,
    pub answer: String,
    /// Every version of every period, the newest record first.
    pub versions: Vec<Version>,
}

/// One version of a 資格期間.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    pub acquired_on: NaiveDate,
    pub acquired: String,
    pub lost_on: Option<NaiveDate>,
    pub lost: String,
    pub number: String,
    pub recorded_at: String,
    pub recorded_by: String,
    /// What it was recorded from: a notice's memo, a reason, or the register's file.
    pub source: String,
    /// Since when another version is known; none where this one is.
    pub superseded_at: Option<String>,
    /// Whether it was the one known at the moment asked about.
    pub known: bool,
}
