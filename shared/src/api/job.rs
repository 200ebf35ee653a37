//! 処理: work over the whole city, and how far it is.

use crate::calendar::FiscalYear;
use crate::ids::{HouseholdId, JobId, RunId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobState {
    #[strum(message = "実行中")]
    Running,
    #[strum(message = "中止")]
    Cancelled,
    #[strum(message = "失敗")]
    Failed,
    #[strum(message = "完了")]
    Done,
}

coded!(JobState, named);

/// A job and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobView {
    pub id: JobId,
    /// The key of its work, and what it is called.
    pub kind: String,
    pub name: String,
    pub fiscal_year: FiscalYear,
    /// The run that it belongs to; itself where it is one.
    pub run_id: RunId,
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

/// A household that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingView {
    pub household_id: HouseholdId,
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
