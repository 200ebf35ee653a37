//! Sign-in and what the screen needs to know at its start.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `POST /api/session`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    pub login: String,
    pub password: String,
}

/// `GET /api/session`: who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub login: String,
    pub name: String,
    /// 業務日: the day the office lives on (JST, or the day given at the start).
    pub today: NaiveDate,
    pub municipality: String,
    pub municipality_name: String,
    /// The years for which this installation has parameters.
    pub fiscal_years: Vec<i32>,
}
