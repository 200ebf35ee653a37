//! 賦課の処理: a run that decides the city, its check, its release and its letters.

use super::job::{FindingView, JobState, JobView};
use super::review::{CheckOutcome, Release};
pub use crate::assessment::trial::whatif::Bar;
use crate::calendar::FiscalYear;
use crate::ids::RunId;
use serde::{Deserialize, Serialize};

/// 賦課の処理: what decides and books households, and what letters follow. None runs beside another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum RunKind {
    /// 年次賦課 (本算定): every household.
    #[strum(message = "年次賦課")]
    Yearly,
    /// 仮算定 (暫定賦課): every household, for a share of last year's premium.
    #[strum(message = "仮算定")]
    Provisional,
    /// 月次賦課: the households of a decided year that changed or are new.
    #[strum(message = "月次賦課")]
    Monthly,
}

coded!(RunKind, named);

/// 発送前の点検 of a run: the key of the work.
pub const CHECK: &str = "check";
/// 通知書・納付書の作成 for a run: the key of the work.
pub const LETTERS: &str = "letters";

/// `POST /api/runs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartRun {
    pub fiscal_year: FiscalYear,
    /// 仮算定 instead of 本算定.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// 月次賦課 instead: only the households that changed since they were decided, or are new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub monthly: bool,
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

/// One of `GET /api/runs`: how far a run is. No household is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunProgress {
    pub run_id: RunId,
    pub name: String,
    pub fiscal_year: FiscalYear,
    pub created_by: String,
    pub state: JobState,
    /// 発送前の点検, and whether it found every decision to be right.
    pub check: Option<JobState>,
    pub agrees: bool,
    pub released: bool,
    pub letters: Option<JobState>,
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
