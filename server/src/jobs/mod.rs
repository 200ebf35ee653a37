//! 処理 (jobs): work over the whole city in pieces that any worker takes up.

pub mod batches;
pub mod progress;
pub mod queue;
pub mod routes;

use crate::clock::Instant;
use chrono::NaiveDate;
use kokuho_shared::api::job::{JobKind, JobState};

/// A job as its workers see it.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: i64,
    pub kind: JobKind,
    pub fiscal_year: i32,
    /// The yearly run that it belongs to.
    pub run_id: i64,
    pub state: JobState,
    pub created_at: Instant,
    pub created_by: String,
    pub created_role: String,
    pub business_date: NaiveDate,
    /// Facts are looked at as they were known then.
    pub known_at: Instant,
    pub message: String,
    pub outcome: String,
    /// The day from which renewed papers hold.
    pub for_day: Option<NaiveDate>,
}

/// A range of households, and the ids kept for it: the same whoever works on it and when.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub job_id: i64,
    pub number: i64,
    pub first_household: i64,
    pub last_household: i64,
    pub households: i64,
    pub first_decision: i64,
    pub first_journal: i64,
    pub first_letter: i64,
    pub first_slip: i64,
    pub attempts: i64,
}

/// A household that a job left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub household_id: i64,
    pub household_number: String,
    pub reason: String,
}
