//! 利用者の管理: accounts as an administrator sees them, and the second factor.

use crate::access::Role;
use serde::{Deserialize, Serialize};

/// `GET /api/accounts`, and with [`AccountEdit`] `PUT /api/accounts/{login}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub login: String,
    pub name: String,
    pub role: Role,
    /// 行政区 to which the account is limited; empty = the whole city.
    #[serde(default)]
    pub ward: String,
    /// Whether the second factor is set up; not changed by an edit.
    #[serde(default)]
    pub has_factor: bool,
    #[serde(default)]
    pub disabled: bool,
}

/// A new or changed account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountEdit {
    pub account: Account,
    /// Needed for a new account; absent = stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// `GET /api/session/factor`: a new secret to be read by an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewFactor {
    /// Base 32, for typing in.
    pub secret: String,
    /// `otpauth://…`.
    pub address: String,
    /// The address as a picture (SVG).
    pub picture: String,
}

/// `POST /api/session/factor`: the secret and a code that proves it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProveFactor {
    pub secret: String,
    pub code: String,
}
