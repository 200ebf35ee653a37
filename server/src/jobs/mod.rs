//! 処理 (jobs): work over the whole city in pieces that any worker takes up.

pub mod batches;
pub mod progress;
pub mod queue;
pub mod routes;

use crate::access::user::User;
use crate::clock::Instant;
use crate::error::ServiceError;
use chrono::NaiveDate;
use kokuho_shared::api::job::{JobKind, JobState};
use serde::de::DeserializeOwned;

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

impl Job {
    /// A job that somebody plans now, with the facts as they are known now; `run` is the run that it
    /// belongs to, itself where it is one.
    pub fn new(
        kind: JobKind,
        fiscal_year: i32,
        (id, run): (i64, i64),
        user: &User,
        (now, today): (Instant, NaiveDate),
    ) -> Job {
        Job {
            id,
            kind,
            fiscal_year,
            run_id: run,
            state: JobState::Running,
            created_at: now,
            created_by: user.login.clone(),
            created_role: user.role.key().to_owned(),
            business_date: today,
            known_at: now,
            message: String::new(),
            outcome: String::new(),
            for_day: None,
        }
    }

    /// What came out of it; none until it is done.
    pub fn told<T: DeserializeOwned>(&self) -> Result<Option<T>, ServiceError> {
        match self.outcome.as_str() {
            "" => Ok(None),
            text => Ok(Some(serde_json::from_str(text)?)),
        }
    }
}

/// Households of a piece: enough to write many rows at once, few enough to lose little.
const PIECE: std::ops::RangeInclusive<usize> = 10..=500;
const PIECES: usize = 100;

/// Cuts households, which come in order, into the pieces of a job; `keep` adds the ids that are kept
/// for each.
pub fn cut(job: i64, households: &[i64], mut keep: impl FnMut(&mut Piece, &[i64])) -> Vec<Piece> {
    let size = (households.len() / PIECES).clamp(*PIECE.start(), *PIECE.end());
    let piece = |(number, ids): (i64, &[i64])| {
        let mut piece = Piece {
            job_id: job,
            number,
            first_household: *ids.first()?,
            last_household: *ids.last()?,
            households: i64::try_from(ids.len()).unwrap_or(0),
            ..Piece::default()
        };
        keep(&mut piece, ids);
        Some(piece)
    };
    (1..)
        .zip(households.chunks(size))
        .filter_map(piece)
        .collect()
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
