//! 利用者の管理: accounts as an administrator sees them, and the second factor.

use crate::access::Role;
use serde::{Deserialize, Serialize};

/// One account of `GET /api/accounts`.
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
    /// Whether the second factor is set up.
    #[serde(default)]
    pub has_factor: bool,
    #[serde(default)]
    pub disabled: bool,
}

/// What an administrator may ask for; a second one approves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RequestKind {
    #[strum(message = "利用者の追加")]
    Create,
    /// Name, role or ward.
    #[strum(message = "氏名・職務・行政区の変更")]
    Change,
    #[strum(message = "停止の解除")]
    Enable,
    /// A new password; the second factor stays.
    #[strum(message = "パスワードの再登録")]
    Password,
    /// A new second factor and a new password.
    #[strum(message = "二要素認証の再登録")]
    Factor,
}

coded!(RequestKind, named);

impl RequestKind {
    /// Whether its person registers anew with a link and a code.
    pub fn enrols(self) -> bool {
        matches!(
            self,
            RequestKind::Create | RequestKind::Password | RequestKind::Factor
        )
    }
}

/// `POST /api/account-requests`. Name, role and ward count for `create` and `change` only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountWish {
    pub kind: RequestKind,
    pub login: String,
    #[serde(default)]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(default)]
    pub ward: String,
}

/// 利用者の申請: one of `GET /api/account-requests`, which waits for its approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountRequest {
    pub id: i64,
    pub kind: RequestKind,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub ward: String,
    /// Login of who asked; `machine:NAME` from the command line.
    pub requested_by: String,
    /// RFC 3339.
    pub requested_at: String,
    /// Whether who looks may approve it.
    pub may_approve: bool,
}

/// The answer to a request, for who asked only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Requested {
    pub id: i64,
    /// Of the link `/enrol#TOKEN`, where somebody registers anew; never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// `POST /api/account-requests/{id}/approval`: the answer, for who approved only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approved {
    pub login: String,
    /// Eight digits that belong to the link; never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `POST /api/enrolment`: the link's token, the code, and the password that its person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    pub token: String,
    pub code: String,
    pub password: String,
}

/// What follows an enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    pub login: String,
    /// The session has begun, to set the second factor up; otherwise one signs in as before.
    pub enrolling: bool,
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
