//! 監査記録 as the auditor sees it.

use crate::ids::{HouseholdId, PersonId};
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AuditAction {
    #[strum(message = "サインイン")]
    SignIn,
    #[strum(message = "サインインの失敗")]
    SignInFailed,
    #[strum(message = "サインアウト")]
    SignOut,
    #[strum(message = "二要素認証の設定")]
    FactorSet,
    #[strum(message = "利用者の変更")]
    AccountSet,
    /// 利用者の申請: filed, or refused.
    #[strum(message = "利用者の申請・取下げ")]
    AccountRequested,
    #[strum(message = "パスワードの変更")]
    PasswordSet,
    /// Sessions were ended by somebody, not by time.
    #[strum(message = "サインインの終了")]
    SessionEnded,
    /// After failures an account or an address has to wait.
    #[strum(message = "サインインの一時停止")]
    SignInThrottled,
    /// A command of the machine.
    #[strum(message = "コマンド")]
    Command,
    #[strum(message = "検索")]
    Search,
    #[strum(message = "表示")]
    View,
    #[strum(message = "異動")]
    Update,
    #[strum(message = "賦課決定")]
    Decide,
    #[strum(message = "取込")]
    Import,
    #[strum(message = "印刷")]
    Print,
    /// 支援措置 registered, extended or ended.
    #[strum(message = "支援措置の登録・終了")]
    Protect,
    /// Where a protected household lives was shown; the reason is the detail.
    #[strum(message = "住所の表示（支援措置）")]
    Reveal,
    #[strum(message = "監査記録の表示")]
    ReadAudit,
    /// 情報照会: asked, sent, answered, adopted or not.
    #[strum(message = "情報照会")]
    Inquire,
    /// A list was saved as a file.
    #[strum(message = "一覧の保存")]
    Save,
    /// Somebody signed in asked for what they may not see or do, or what is not there.
    #[strum(message = "見られない・行えない操作")]
    Refused,
}

coded!(AuditAction, named);

/// One record of `GET /api/audit?login=…&household=…&before=…`, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    pub seq: i64,
    /// RFC 3339.
    pub at: String,
    pub login: String,
    pub role: String,
    /// `view`, `search`, `update`, `decide` …
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    #[serde(default)]
    pub persons: Vec<PersonId>,
    #[serde(default)]
    pub detail: String,
    /// `cli`, where a command acted and not a screen.
    #[serde(default)]
    pub channel: String,
    /// The machine's user behind a command.
    #[serde(default)]
    pub machine_user: String,
}

/// `POST /api/audit/verification`: the whole chain, followed from its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditChain {
    pub batches: i64,
    pub entries: i64,
    /// SHA-256 of the last batch.
    pub head: String,
    /// What is not as it was written, where something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// `POST /api/audit/saved`: a list was saved as a file by whoever saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Saved {
    /// The list's title, at most 60 characters.
    pub list: String,
    /// Rows without the heading.
    pub rows: u32,
    /// The household on whose page it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
}
