//! 処理の計画: a job with its pieces, and the ids that are kept for each of them: the same whoever works on it and when.

use super::work::Work;
use super::{Job, Piece, queue};
use crate::access::user::User;
use crate::audit::Entry;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::api::job::JobState;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{JobId, RunId};
use std::collections::BTreeMap;

/// Keys of a piece: enough to write many rows at once, few enough to lose little.
const PIECE: std::ops::RangeInclusive<usize> = 10..=500;
const PIECES: usize = 100;

/// A range of keys (households, receipts, persons), which come in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    pub first: i64,
    pub last: i64,
    /// How many there are, for the progress.
    pub items: i64,
    /// How many ids of each counter it needs at most.
    pub numbers: i64,
}

/// Ids to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserve {
    pub counter: String,
    /// So many for each that a slice needs.
    pub each: i64,
    /// They stand on paper and have no gaps.
    pub on_paper: bool,
}

impl Reserve {
    pub fn ids(counter: &str) -> Reserve {
        Reserve {
            counter: counter.to_owned(),
            each: 1,
            on_paper: false,
        }
    }

    pub fn on_paper(counter: String, each: i64) -> Reserve {
        Reserve {
            counter,
            each,
            on_paper: true,
        }
    }
}

/// What somebody wants to have done.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub fiscal_year: FiscalYear,
    /// The run that it belongs to; itself where none is given.
    pub run: Option<RunId>,
    /// Facts are looked at as they were known then; now where none is given.
    pub known_at: Option<Instant>,
    pub for_day: Option<NaiveDate>,
    pub slices: Vec<Slice>,
    pub reserve: Vec<Reserve>,
}

/// Cuts keys, which come in order, into the slices of a job; `numbers` says how many ids one needs.
pub fn cut<K: Copy + Into<i64>>(keys: &[K], numbers: impl Fn(K) -> i64) -> Vec<Slice> {
    let size = (keys.len() / PIECES).clamp(*PIECE.start(), *PIECE.end());
    let slice = |keys: &[K]| {
        Some(Slice {
            first: (*keys.first()?).into(),
            last: (*keys.last()?).into(),
            items: i64::try_from(keys.len()).unwrap_or(i64::MAX),
            numbers: keys.iter().map(|key| numbers(*key)).sum(),
        })
    };
    keys.chunks(size).filter_map(slice).collect()
}

/// The slices of a job, for another one that works on what came out of it.
pub async fn again(tx: &mut Tx, job: JobId) -> Result<Vec<Slice>, ServiceError> {
    let pieces = queue::pieces(tx, job).await?;
    let slice = |piece: Piece| Slice {
        first: piece.first,
        last: piece.last,
        items: piece.items,
        numbers: piece.items,
    };
    Ok(pieces.into_iter().map(slice).collect())
}

/// Writes a new job with its pieces and its record; refused while a rival of the year is running.
pub async fn begin<W: Work>(
    tx: &mut Tx,
    work: &W,
    plan: Plan,
    user: &User,
    today: NaiveDate,
) -> Result<Job, ServiceError> {
    let (id, now) = (JobId(tx.take_ids("job", 1).await?), tx.at());
    let job = Job {
        id,
        kind: work.key().to_owned(),
        name: work.name().to_owned(),
        fiscal_year: plan.fiscal_year,
        run_id: plan.run.unwrap_or(RunId::of(id)),
        state: JobState::Running,
        created_at: now,
        created_by: user.login.clone(),
        created_role: user.role.key().to_owned(),
        business_date: today,
        known_at: plan.known_at.unwrap_or(now),
        message: String::new(),
        outcome: String::new(),
        for_day: plan.for_day,
    };
    let mut pieces: Vec<Piece> = (1..)
        .zip(&plan.slices)
        .map(|(number, slice)| piece(id, number, slice))
        .collect();
    for reserve in &plan.reserve {
        keep(tx, &mut pieces, &plan.slices, reserve).await?;
    }
    queue::add(tx, &job, work.conflicting_works(), &pieces).await?;
    let entry = Entry::new(user, work.audit_action(), now);
    entry.detail(detail(&job, &plan)).write(tx).await?;
    Ok(job)
}

/// What was planned, for the record.
fn detail(job: &Job, plan: &Plan) -> String {
    let items: i64 = plan.slices.iter().map(|slice| slice.items).sum();
    let numbers: i64 = plan.slices.iter().map(|slice| slice.numbers).sum();
    let mut text = format!(
        "{} {} of run {} and year {}",
        job.kind, job.id, job.run_id, job.fiscal_year
    );
    if let Some(day) = job.for_day {
        text.push_str(&format!(" from {day}"));
    }
    text.push_str(&format!(": {items} in {} pieces", plan.slices.len()));
    for reserve in plan.reserve.iter().filter(|reserve| reserve.on_paper) {
        let most = numbers * reserve.each;
        text.push_str(&format!(", at most {most} of {}", reserve.counter));
    }
    text
}

fn piece(job: JobId, number: i64, slice: &Slice) -> Piece {
    Piece {
        job_id: job,
        number,
        first: slice.first,
        last: slice.last,
        items: slice.items,
        reserved: BTreeMap::new(),
        attempts: 0,
    }
}

async fn keep(
    tx: &mut Tx,
    pieces: &mut [Piece],
    slices: &[Slice],
    reserve: &Reserve,
) -> Result<(), ServiceError> {
    let wanted = slices.iter().map(|slice| slice.numbers * reserve.each);
    let all = usize::try_from(wanted.clone().sum::<i64>())
        .map_err(|_| ServiceError::Internal("numbers below zero".into()))?;
    let mut next = match reserve.on_paper {
        true => tx.take_numbers(&reserve.counter, all).await?,
        false => tx.take_ids(&reserve.counter, all).await?,
    };
    for (piece, wanted) in pieces.iter_mut().zip(wanted) {
        piece.reserved.insert(reserve.counter.clone(), next);
        next += wanted;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_cut_into_slices_that_hold_each_of_them_once() {
        let keys: Vec<i64> = (0..1_234).map(|key| key * 3).collect();
        let slices = cut(&keys, |key| key % 2);
        assert!(slices.windows(2).all(|two| two[0].last < two[1].first));
        assert_eq!(slices.iter().map(|slice| slice.items).sum::<i64>(), 1_234);
        assert_eq!(slices.iter().map(|slice| slice.numbers).sum::<i64>(), 617);
        assert_eq!((slices[0].first, slices.last().unwrap().last), (0, 3_699));
        assert_eq!(cut(&[], |_: i64| 1), Vec::new());
    }
}
