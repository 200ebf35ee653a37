//! 特別徴収: `GET /api/pensions`, what is asked of the pension body, and its end.

use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// How the deduction of a household's year stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PensionState {
    /// 依頼前: planned with the decision.
    Planned,
    /// 対象外.
    Excluded,
    /// 送付待ち.
    Queued,
    /// 依頼中.
    Sent,
    /// 特別徴収中.
    Accepted,
    /// 不能: the pension body refused.
    Refused,
    StopQueued,
    /// 中止依頼中.
    Stopping,
    /// 中止.
    Stopped,
}

impl PensionState {
    pub const ALL: [PensionState; 9] = [
        PensionState::Planned,
        PensionState::Queued,
        PensionState::Sent,
        PensionState::Accepted,
        PensionState::StopQueued,
        PensionState::Stopping,
        PensionState::Stopped,
        PensionState::Refused,
        PensionState::Excluded,
    ];

    pub fn key(self) -> &'static str {
        match self {
            PensionState::Planned => "planned",
            PensionState::Excluded => "excluded",
            PensionState::Queued => "queued",
            PensionState::Sent => "sent",
            PensionState::Accepted => "accepted",
            PensionState::Refused => "refused",
            PensionState::StopQueued => "stop_queued",
            PensionState::Stopping => "stopping",
            PensionState::Stopped => "stopped",
        }
    }

    pub fn of_key(key: &str) -> Option<PensionState> {
        PensionState::ALL
            .into_iter()
            .find(|state| state.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            PensionState::Planned => "依頼前",
            PensionState::Excluded => "対象外",
            PensionState::Queued => "送付待ち",
            PensionState::Sent => "依頼中",
            PensionState::Accepted => "特別徴収中",
            PensionState::Refused => "年金保険者が不能と回答",
            PensionState::StopQueued => "中止の送付待ち",
            PensionState::Stopping => "中止依頼中",
            PensionState::Stopped => "中止",
        }
    }

    /// Whether the payments were asked for and are not changed by a decision any more.
    pub fn is_fixed(self) -> bool {
        matches!(
            self,
            PensionState::Queued
                | PensionState::Sent
                | PensionState::Accepted
                | PensionState::StopQueued
                | PensionState::Stopping
        )
    }
}

/// Cases of one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionCount {
    pub state: PensionState,
    pub households: i64,
}

/// A case of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionRow {
    pub household_id: i64,
    pub household_number: String,
    pub name: String,
    pub state: PensionState,
    /// April first.
    pub payments: [Yen; 6],
    /// The first payment that is no longer taken, 0 = April.
    pub stopped_place: Option<i64>,
    pub obstacles: String,
    pub reason: String,
    pub code: String,
}

/// The cases of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionList {
    pub fiscal_year: i32,
    pub counts: Vec<PensionCount>,
    /// Those first that somebody must act on; at most 500.
    pub rows: Vec<PensionRow>,
}

/// `POST /api/pensions`: everything planned of a year is asked of the pension body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionSend {
    pub fiscal_year: i32,
}

/// `POST /api/households/{id}/pension`: the deduction ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionStop {
    pub fiscal_year: i32,
    /// 口座振替 is chosen and accepted: no deduction is planned any more.
    #[serde(default)]
    pub account_transfer: bool,
    pub reason: String,
}
