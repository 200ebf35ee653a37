//! 監査記録 as the auditor sees it.

use serde::{Deserialize, Serialize};

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
    pub household: Option<i64>,
    #[serde(default)]
    pub persons: Vec<i64>,
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
    pub household: Option<i64>,
}
