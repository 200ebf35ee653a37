//! 施設と住所地特例: `/api/facilities`, `/api/households/{id}/stays`.

use crate::calendar::FiscalYear;
use crate::eligibility::facility::{FacilityKind, InsuringCity};
use crate::ids::PersonId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `GET` and `PUT /api/facilities`: one facility; id 0 adds one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facility {
    #[serde(default)]
    pub id: i64,
    pub name: String,
    pub kind: FacilityKind,
    /// 全国地方公共団体コード, five digits.
    pub municipality: String,
    pub postcode: String,
    pub address: String,
}

/// `POST /api/households/{id}/stays`: an admission, or the day on which one ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StayEdit {
    pub fiscal_year: FiscalYear,
    pub person_id: PersonId,
    pub facility_id: i64,
    pub admitted_on: NaiveDate,
    #[serde(default)]
    pub left_on: Option<NaiveDate>,
    /// Municipality of the address just before, five digits.
    pub from: String,
    #[serde(default)]
    pub from_facility: bool,
    #[serde(default)]
    pub by_measure: bool,
}

/// One stay as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StayView {
    pub facility: Facility,
    pub admitted_on: NaiveDate,
    pub left_on: Option<NaiveDate>,
    pub from: String,
    pub from_facility: bool,
    pub by_measure: bool,
}

/// `GET /api/households/{id}/stays`: each person who was in a facility, and what follows today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonStays {
    pub person_id: PersonId,
    pub place: InsuringCity,
    pub stays: Vec<StayView>,
}
