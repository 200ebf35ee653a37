//! Sign-in and what the screen needs to know at its start.

use crate::access::Role;
use crate::calendar::FiscalYear;
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

/// 環境: what this installation is for. Anything but the city's own work is marked on every screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Environment {
    #[default]
    #[strum(message = "本番")]
    Production,
    #[strum(message = "検証")]
    Verification,
    /// Nothing of it is a real person's.
    #[strum(message = "デモ")]
    Demonstration,
}

coded!(Environment, named);

impl Environment {
    /// How it is marked; 本番 is not.
    pub fn tag(self) -> Option<&'static str> {
        (self != Environment::Production).then(|| self.name())
    }
}

/// `GET /api/door`: which ways in there are, and to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Door {
    /// 庁内の認証基盤: at `/api/oidc`.
    pub provider: bool,
    #[serde(default)]
    pub environment: Environment,
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
    pub fiscal_years: Vec<FiscalYear>,
    /// Seconds after which a session that was left alone ends; the screen is locked then.
    pub idle_seconds: u32,
    #[serde(default)]
    pub environment: Environment,
}

/// `PUT /api/session/password`: one's own new password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    pub current: String,
    /// 確認コード of the second factor.
    pub code: String,
    pub password: String,
}

/// One of `GET /api/sessions`: where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    pub id: i64,
    /// RFC 3339.
    pub begun_at: String,
    /// RFC 3339, to half a minute.
    pub seen_at: String,
    pub address: String,
    /// The browser's family, never its version.
    pub browser: String,
    /// The session that asks.
    pub here: bool,
}

/// 変更のお知らせ: one of `GET /api/session/notices`, until its owner has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountNotice {
    /// RFC 3339.
    pub at: String,
    pub what: AccountChange,
    /// Logins of who changed it.
    pub by: String,
}

/// What was changed of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AccountChange {
    #[strum(message = "パスワードが変わりました")]
    Password,
    #[strum(message = "二要素認証が変わりました")]
    Factor,
    /// Name, role or ward.
    #[strum(message = "氏名・職務・行政区のどれかが変わりました")]
    Role,
    #[strum(message = "利用が停止されました")]
    Disabled,
    #[strum(message = "停止が解除されました")]
    Enabled,
}

coded!(AccountChange, named);
