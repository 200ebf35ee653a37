//! 処理: work over the whole city, its progress and what came out.

use super::review::{CheckOutcome, Release};
pub use crate::assessment::trial::whatif::Bar;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Which work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobKind {
    /// 年次賦課 (本算定): decide and book every household.
    Yearly,
    /// 仮算定 (暫定賦課): ask every household for a share of last year's premium.
    Provisional,
    /// 月次賦課: decide and book the households of a decided year that changed or are new.
    Monthly,
    /// 通知書・納付書の作成 for a yearly run.
    Letters,
    /// 発送前の点検 of a yearly run.
    Check,
    /// 証の一斉更新.
    Renewal,
    /// 所得申告書の一括発行: ask everybody whose income is not known.
    IncomeReports,
}

impl JobKind {
    pub const ALL: [JobKind; 7] = [
        JobKind::Yearly,
        JobKind::Provisional,
        JobKind::Monthly,
        JobKind::Letters,
        JobKind::Check,
        JobKind::Renewal,
        JobKind::IncomeReports,
    ];

    pub fn key(self) -> &'static str {
        match self {
            JobKind::Yearly => "yearly",
            JobKind::Provisional => "provisional",
            JobKind::Monthly => "monthly",
            JobKind::Letters => "letters",
            JobKind::Check => "check",
            JobKind::Renewal => "renewal",
            JobKind::IncomeReports => "income_reports",
        }
    }

    /// Those that decide and book households, and that letters follow: none runs beside another.
    pub const DECIDING: [JobKind; 3] = [JobKind::Yearly, JobKind::Provisional, JobKind::Monthly];

    pub fn decides(self) -> bool {
        JobKind::DECIDING.contains(&self)
    }

    /// Whether it issues documents, which are printed in batches of their own.
    pub fn issues_documents(self) -> bool {
        matches!(self, JobKind::Renewal | JobKind::IncomeReports)
    }

    pub fn of_key(key: &str) -> Option<JobKind> {
        JobKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            JobKind::Yearly => "年次賦課",
            JobKind::Provisional => "仮算定",
            JobKind::Monthly => "月次賦課",
            JobKind::Letters => "通知書・納付書の作成",
            JobKind::Check => "発送前の点検",
            JobKind::Renewal => "証の一斉更新",
            JobKind::IncomeReports => "所得申告書の一括発行",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobState {
    Running,
    Cancelled,
    Failed,
    Done,
}

impl JobState {
    pub const ALL: [JobState; 4] = [
        JobState::Running,
        JobState::Cancelled,
        JobState::Failed,
        JobState::Done,
    ];

    pub fn key(self) -> &'static str {
        match self {
            JobState::Running => "running",
            JobState::Cancelled => "cancelled",
            JobState::Failed => "failed",
            JobState::Done => "done",
        }
    }

    pub fn of_key(key: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            JobState::Running => "実行中",
            JobState::Cancelled => "中止",
            JobState::Failed => "失敗",
            JobState::Done => "完了",
        }
    }
}

/// `POST /api/runs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartRun {
    pub fiscal_year: i32,
    /// 仮算定 instead of 本算定.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// 月次賦課 instead: only the households that changed since they were decided, or are new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub monthly: bool,
}

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
    pub fiscal_year: i32,
}

/// A job and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobView {
    pub id: i64,
    pub kind: JobKind,
    pub fiscal_year: i32,
    /// The yearly run that it belongs to; itself where it is one.
    pub run_id: i64,
    pub state: JobState,
    pub created_at: String,
    pub created_by: String,
    /// Why it failed.
    pub message: String,
    pub households: i64,
    pub households_done: i64,
    pub pieces: i64,
    pub pieces_done: i64,
    /// Households that were left out, so far.
    pub findings: i64,
    /// The day from which renewed papers hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_day: Option<NaiveDate>,
}

/// What came out of a yearly run; amounts in yen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunOutcome {
    pub households: i64,
    pub decided: i64,
    /// The same as what was decided before.
    pub unchanged: i64,
    /// Nobody is insured in the year.
    pub not_insured: i64,
    /// 仮算定: without a premium last year, not insured in April, or paid from a pension.
    #[serde(default)]
    pub not_asked: i64,
    pub left_out: i64,
    /// Σ of the decisions of the run.
    pub decided_total: i64,
    /// Σ of the decisions that they replace.
    pub replaced_total: i64,
    /// Σ that the run booked: decided less replaced, or something is wrong.
    pub booked_total: i64,
    /// 年間保険料の分布.
    pub premiums: Vec<Bar>,
    /// 前年度との差の分布, of households with a decision of the year before.
    pub changes: Vec<Bar>,
}

impl RunOutcome {
    /// 決定 − 置換 = 調定.
    pub fn balances(&self) -> bool {
        self.decided_total - self.replaced_total == self.booked_total
    }
}

/// What came out of the letters of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LettersOutcome {
    pub letters: i64,
    pub slips: i64,
    /// Σ of the slips in yen.
    pub slips_total: i64,
    /// Σ of what is taken from pensions instead, in yen.
    #[serde(default)]
    pub deducted_total: i64,
    /// Σ of the decisions whose letters were made.
    pub decided_total: i64,
    pub pages: i64,
    pub batches: i64,
    pub left_out: i64,
}

impl LettersOutcome {
    /// 決定 = 納付書 + 特別徴収.
    pub fn balances(&self) -> bool {
        self.slips_total + self.deducted_total == self.decided_total
    }
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

/// `GET /api/runs/{id}`: everything about a yearly run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunView {
    pub job: JobView,
    pub outcome: Option<RunOutcome>,
    /// 発送前の点検, and who released the run.
    pub check: Option<JobView>,
    pub check_outcome: Option<CheckOutcome>,
    pub release: Option<Release>,
    pub letters: Option<JobView>,
    pub letters_outcome: Option<LettersOutcome>,
    pub findings: Vec<FindingView>,
}

/// A household that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingView {
    pub household_id: i64,
    pub household_number: String,
    pub reason: String,
}

/// 印刷単位: letters of one 区 in the order of postal codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchView {
    pub number: i64,
    /// How it is mailed: `registered` or `ordinary`; empty for letters of a yearly run.
    #[serde(default)]
    pub sort: String,
    pub ward: String,
    pub first_postcode: String,
    pub last_postcode: String,
    pub first_letter: String,
    pub last_letter: String,
    pub letters: i64,
    pub slips: i64,
    pub pages: i64,
    /// Numbers of letters that are no longer printed with it: the household came under a measure
    /// (支援措置) or was decided anew.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// How often it was printed, and when for the last time.
    pub printed: i64,
    pub printed_at: Option<String>,
}
