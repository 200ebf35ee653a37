//! 学生特例 and 国保上の世帯主 of a household.

use crate::eligibility::student::StudentEnd;
use crate::ids::PersonId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A study elsewhere: `GET` and `POST /api/households/{id}/students`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Student {
    pub person_id: PersonId,
    pub starts_on: NaiveDate,
    pub school: String,
    /// Where the student lives, as the notice says.
    pub place: String,
    pub expected_end: NaiveDate,
    #[serde(default)]
    pub ended_on: Option<NaiveDate>,
    #[serde(default)]
    pub end_reason: Option<StudentEnd>,
}

/// `PUT /api/households/{id}/payer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PayerEdit {
    /// The insured member who becomes 国保上の世帯主; none goes back to the head of the register.
    #[serde(default)]
    pub person_id: Option<PersonId>,
    /// The head of the register agrees.
    #[serde(default)]
    pub consent: bool,
    /// The premium is paid.
    #[serde(default)]
    pub no_arrears: bool,
    /// Why it goes back.
    #[serde(default)]
    pub reason: String,
}
