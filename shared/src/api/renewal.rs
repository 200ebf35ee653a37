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
    /// How many letters the preview counted.
    pub letters: i64,
}

/// `POST /api/income-reports`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartReports {
    /// The year whose premium needs the incomes of the calendar year before.
    pub fiscal_year: FiscalYear,
    /// How many letters the preview counted.
    pub letters: i64,
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

/// Letters of a kind that a run would issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostCount {
    /// The key of the kind, and what it is called.
    pub kind: String,
    pub name: String,
    /// 郵送の別: `registered` or `ordinary`.
    pub mailing: String,
    pub letters: i64,
}

/// Something that should be looked at before letters leave; nobody is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostFinding {
    /// `card_unknown`, `unknown_income`, `open_inquiry`, `left_out` or `decided`.
    pub key: String,
    pub text: String,
    pub count: i64,
}

/// `GET /api/renewals/preview` and `GET /api/income-reports/preview`: what a run would issue now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostPreview {
    pub households: i64,
    pub kinds: Vec<PostCount>,
    /// Σ of the kinds: what a start has to confirm.
    pub letters: i64,
    /// People whose paper still holds, or who were asked already.
    pub kept: i64,
    pub left_out: i64,
    pub findings: Vec<PostFinding>,
    /// The newest run of the same kind.
    pub last: Option<JobView>,
}

/// 処理の申請: a run that ends in post, asked for by one person and released by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunRequest {
    pub id: i64,
    /// The key of its work, and what it is called.
    pub kind: String,
    pub name: String,
    pub fiscal_year: FiscalYear,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_day: Option<NaiveDate>,
    pub letters: i64,
    pub asked_by: String,
    pub asked_by_name: String,
    /// RFC 3339.
    pub asked_at: String,
}

/// `GET /api/runs/preview`: what is known before a year is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunPreview {
    pub households: i64,
    /// Households of the year that are decided already.
    pub decided: i64,
    pub findings: Vec<PostFinding>,
    /// The newest run of the same kind.
    pub last: Option<JobView>,
}
