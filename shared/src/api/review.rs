//! 発送前の点検と承認: what is looked at before letters of a yearly run are made.

use crate::assessment::trial::change::Cause;
use crate::ids::HouseholdId;
use serde::{Deserialize, Serialize};

/// Why a household stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FindingKind {
    /// 検算と違う: the second calculation says another amount.
    #[strum(message = "検算と違う")]
    Second,
    #[strum(message = "前年度から大きく変わる")]
    Anomaly,
    #[strum(message = "未申告・所得不明")]
    UnknownIncome,
    #[strum(message = "照会の回答待ち")]
    OpenInquiry,
}

coded!(FindingKind, named);

/// What came out of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckOutcome {
    /// Decisions that were calculated a second time.
    pub decisions: i64,
    /// Where the second calculation says another amount.
    pub second: i64,
    pub anomalies: i64,
    pub unknown_incomes: i64,
    pub open_inquiries: i64,
    /// Households with a decision of the year before, and Σ of both years, in yen.
    pub compared: i64,
    pub last_year_total: i64,
    pub this_year_total: i64,
    /// Why the sums differ: they add up to the difference.
    pub causes: Vec<CauseTotal>,
}

impl CheckOutcome {
    /// Whether a release is possible at all.
    pub fn agrees(&self) -> bool {
        self.second == 0
    }

    /// Households that somebody has to have looked at.
    pub fn to_look_at(&self) -> i64 {
        self.anomalies + self.unknown_incomes + self.open_inquiries
    }
}

/// Σ of a cause over all compared households, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CauseTotal {
    pub cause: Cause,
    pub yen: i64,
}

/// A household in the list, the largest amount first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckFinding {
    pub sort: FindingKind,
    pub household_id: HouseholdId,
    pub household_number: String,
    /// More (or less) than last year, or than the second calculation; 0 where no amount is meant.
    pub amount: i64,
    pub reason: String,
}

/// 発送の承認.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Release {
    pub released_by: String,
    pub released_at: String,
    pub note: String,
}

/// `POST /api/runs/{id}/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseRun {
    /// What was looked at; required where the check lists households.
    pub note: String,
}
