//! 処理 (jobs): work over the whole city in pieces that any worker takes up.

pub mod plan;
pub mod progress;
pub mod queue;
pub mod requests;
pub mod routes;
pub mod trial;
pub mod work;
pub mod worker;

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Span;
use chrono::NaiveDate;
use kokuho_shared::api::job::JobState;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, JobId, RunId};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// A job as its workers see it.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    /// The key of its work, and what clerks call it.
    pub kind: String,
    pub name: String,
    pub fiscal_year: FiscalYear,
    /// The run that it belongs to; itself where it is one.
    pub run_id: RunId,
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

impl Job {
    /// What came out of it; none until it is done.
    pub fn read_outcome<T: DeserializeOwned>(&self) -> Result<Option<T>, ServiceError> {
        match self.outcome.as_str() {
            "" => Ok(None),
            text => Ok(Some(serde_json::from_str(text)?)),
        }
    }
}

/// A range of keys, and the first of the ids of each counter that are kept for it: the same whoever works on it and
/// when.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub job_id: JobId,
    pub number: i64,
    pub first: i64,
    pub last: i64,
    pub items: i64,
    pub reserved: BTreeMap<String, i64>,
    pub attempts: i64,
}

impl Piece {
    pub fn span(&self) -> Span {
        Span {
            first: self.first,
            last: self.last,
        }
    }

    /// The first id that is kept of a counter.
    pub fn first_of(&self, counter: &str) -> Result<i64, ServiceError> {
        let lacking = || ServiceError::Internal(format!("no ids of {counter} are kept"));
        self.reserved.get(counter).copied().ok_or_else(lacking)
    }
}

/// A household that a job left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub household_id: HouseholdId,
    pub household_number: String,
    pub reason: String,
}
