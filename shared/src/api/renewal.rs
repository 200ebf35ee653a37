//! 証の一斉更新 and 所得申告書の一括発行: papers for everybody who needs one.

use super::job::{FindingView, JobView};
use crate::calendar::FiscalYear;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 証の一斉更新: the key of the work.
pub const RENEWAL: &str = "renewal";
/// 所得申告書の一括発行, which asks everybody whose income is not known: the key of the work.
pub const INCOME_REPORTS: &str = "income_reports";

/// `POST /api/renewals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartRenewal {
    /// The day from which the new papers hold: whoever has none that holds on it gets one.
    pub from: NaiveDate,
}

/// `POST /api/income-reports`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartReports {
    /// The year whose premium needs the incomes of the calendar year before.
    pub fiscal_year: FiscalYear,
}

/// What came out of a renewal of papers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalOutcome {
    pub households: i64,
    /// 資格確認書, by registered mail.
    pub certificates: i64,
    /// 資格情報のお知らせ, by ordinary mail.
    pub notices: i64,
    /// People whose paper still holds, or who were asked already.
    pub kept: i64,
    pub left_out: i64,
    pub batches: i64,
    /// 所得申告書, and how many of them are 再度のお願い.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub reports: i64,
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub reminded: i64,
}

/// `GET /api/renewals/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalView {
    pub job: JobView,
    pub outcome: Option<RenewalOutcome>,
    pub findings: Vec<FindingView>,
}
