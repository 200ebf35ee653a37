//! 特別徴収: `GET /api/pensions`, what is asked of the pension body, and its end.

use crate::calendar::FiscalYear;
use crate::ids::HouseholdId;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// How the deduction of a household's year stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PensionState {
    /// 依頼前: planned with the decision.
    #[strum(message = "依頼前")]
    Planned,
    #[strum(message = "対象外")]
    Excluded,
    #[strum(message = "送付待ち")]
    Queued,
    #[strum(message = "依頼中")]
    Sent,
    #[strum(message = "特別徴収中")]
    Accepted,
    /// 不能: the pension body refused.
    #[strum(message = "年金保険者が不能と回答")]
    Refused,
    #[strum(message = "中止の送付待ち")]
    StopQueued,
    #[strum(message = "中止依頼中")]
    Stopping,
    #[strum(message = "中止")]
    Stopped,
}

coded!(PensionState, named);

impl PensionState {
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
    pub household_id: HouseholdId,
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
    pub fiscal_year: FiscalYear,
    pub counts: Vec<PensionCount>,
    /// Those first that somebody must act on; at most 500.
    pub rows: Vec<PensionRow>,
}

/// `POST /api/pensions`: everything planned of a year is asked of the pension body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionSend {
    pub fiscal_year: FiscalYear,
}

/// `POST /api/households/{id}/pension`: the deduction ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PensionStop {
    pub fiscal_year: FiscalYear,
    /// 口座振替 is chosen and accepted: no deduction is planned any more.
    #[serde(default)]
    pub account_transfer: bool,
    pub reason: String,
}
