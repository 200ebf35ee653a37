//! Sign-in and what the screen needs to know at its start.

use crate::access::Role;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `POST /api/session`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    pub login: String,
    pub password: String,
    /// 確認コード of the second factor, once one is set up.
    #[serde(default)]
    pub code: String,
}

/// `GET /api/door`: which ways in there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Door {
    /// 庁内の認証基盤: at `/api/oidc`.
    pub provider: bool,
}

/// `GET /api/session`: who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub login: String,
    pub name: String,
    pub role: Role,
    /// 行政区 to which the account is limited; empty = the whole city.
    pub ward: String,
    /// The second factor must be set up before anything else.
    pub enrolling: bool,
    /// 業務日: the day the office lives on (JST, or the day given at the start).
    pub today: NaiveDate,
    pub municipality: String,
    pub municipality_name: String,
    /// The years for which this installation has parameters.
    pub fiscal_years: Vec<i32>,
    /// Seconds after which a session that was left alone ends; the screen is locked then.
    pub idle_seconds: u32,
}
