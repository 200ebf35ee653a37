//! 処理の種類 (work): what a room does over the whole city, in pieces. How a piece is taken, tried again, recorded and
//! marked as done is the same for all of them and stands here once.

use super::{Finding, Job, Piece, progress, queue};
use crate::audit::{AuditAction, Entry};
use crate::city::City;
use crate::error::ServiceError;
use crate::store::{Lock, Tx};
use chrono::NaiveDate;
use std::pin::Pin;

/// One work of a room. A piece is read, made and written: `read` waits for the database, `make` uses the processor,
/// and `write` is in the transaction in which the piece is marked as done.
pub trait Work: Clone + Send + Sync + 'static {
    /// What a piece is made from.
    type Facts: Send + 'static;
    /// What it will write.
    type Output: Send + 'static;
    /// What closing the job writes beside its outcome.
    type Rest: Send + 'static;

    /// What the row of a job calls it. It is stored: never renamed.
    fn key(&self) -> &'static str;
    /// 処理の名称, as clerks read it.
    fn name(&self) -> &'static str;
    /// Keys of works that must not run at the same time for a year, itself included. With `in_order`, once a newer one
    /// of them has started, an older stopped one cannot resume.
    fn conflicting_works(&self) -> &'static [&'static str];
    /// A job that was stopped does not go on once a newer rival was begun: it would decide on older facts.
    fn in_order(&self) -> bool {
        false
    }
    /// Under which heading it is on record.
    fn audit_action(&self) -> AuditAction;
    /// Tables that it fills: their statistics are taken when it ends.
    fn written_tables(&self) -> &'static [&'static str] {
        &[]
    }
    /// What a piece keeps others from writing while it is written.
    fn lock(&self) -> Lock {
        Lock::Nothing
    }
    /// Refuses to go on with a job that was stopped.
    fn refuse_resuming(&self, _job: &Job, _today: NaiveDate) -> Result<(), ServiceError> {
        Ok(())
    }

    fn read(
        &self,
        city: &City,
        job: &Job,
        piece: &Piece,
    ) -> impl Future<Output = Result<Self::Facts, ServiceError>> + Send;

    fn make(
        &self,
        city: &City,
        job: &Job,
        piece: &Piece,
        facts: Self::Facts,
    ) -> Result<Self::Output, ServiceError>;

    /// Looks again, under the lock, at what may have changed since it was read.
    fn look_again(
        &self,
        _tx: &mut Tx,
        _job: &Job,
        _piece: &Piece,
        _made: &mut Self::Output,
    ) -> impl Future<Output = Result<(), ServiceError>> + Send {
        async { Ok(()) }
    }

    /// What a piece reports before it is written: findings and outcome.
    fn report(&self, made: &Self::Output) -> Result<Report, ServiceError>;

    fn write(
        &self,
        tx: &mut Tx,
        job: &Job,
        piece: &Piece,
        made: Self::Output,
    ) -> impl Future<Output = Result<(), ServiceError>> + Send;

    /// Adds up what the pieces reported, and looks at what came out of all of them.
    fn finish(
        &self,
        city: &City,
        job: &Job,
        outcomes: Vec<String>,
    ) -> impl Future<Output = Result<JobOutcome<Self::Rest>, ServiceError>> + Send;

    /// Writes the rest; only one worker closes a job.
    fn close(
        &self,
        _tx: &mut Tx,
        _job: &Job,
        _rest: Self::Rest,
    ) -> impl Future<Output = Result<(), ServiceError>> + Send {
        async { Ok(()) }
    }
}

/// What is told of a piece.
pub struct Report {
    pub findings: Vec<Finding>,
    /// For [`Work::finish`].
    pub outcome: String,
    /// For the record; a piece that changes nothing leaves none.
    pub detail: String,
}

/// A job's outcome as JSON, and what closing it writes beside.
pub struct JobOutcome<Rest> {
    pub outcome: String,
    pub rest: Rest,
}

type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// A work as the worker sees it, whatever it is.
pub trait AnyWork: Send + Sync {
    fn key(&self) -> &'static str;
    fn name(&self) -> &'static str;
    fn conflicting_works(&self) -> &'static [&'static str];
    fn in_order(&self) -> bool;
    fn refuse_resuming(&self, job: &Job, today: NaiveDate) -> Result<(), ServiceError>;
    /// Does one piece; `false` where another worker has taken it meanwhile: then nothing of it is written.
    fn piece<'a>(
        &'a self,
        city: &'a City,
        job: &'a Job,
        piece: &'a Piece,
        worker: &'a str,
    ) -> Doing<'a, bool>;
    /// Closes a job whose pieces are all done.
    fn finish<'a>(&'a self, city: &'a City, job: &'a Job) -> Doing<'a, ()>;
}

/// The work of a job; a newer version of the program may have planned one that this one does not know.
pub fn find(
    works: &[&'static dyn AnyWork],
    key: &str,
) -> Result<&'static dyn AnyWork, ServiceError> {
    let found = works.iter().find(|work| work.key() == key).copied();
    found.ok_or_else(|| ServiceError::Internal(format!("no room has the work {key}")))
}

impl<W: Work> AnyWork for W {
    fn key(&self) -> &'static str {
        Work::key(self)
    }

    fn name(&self) -> &'static str {
        Work::name(self)
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        Work::conflicting_works(self)
    }

    fn in_order(&self) -> bool {
        Work::in_order(self)
    }

    fn refuse_resuming(&self, job: &Job, today: NaiveDate) -> Result<(), ServiceError> {
        Work::refuse_resuming(self, job, today)
    }

    fn piece<'a>(
        &'a self,
        city: &'a City,
        job: &'a Job,
        piece: &'a Piece,
        worker: &'a str,
    ) -> Doing<'a, bool> {
        Box::pin(piece_of(self, city, job, piece, worker))
    }

    fn finish<'a>(&'a self, city: &'a City, job: &'a Job) -> Doing<'a, ()> {
        Box::pin(finish(self, city, job))
    }
}

async fn piece_of<W: Work>(
    work: &W,
    city: &City,
    job: &Job,
    piece: &Piece,
    worker: &str,
) -> Result<bool, ServiceError> {
    let facts = work.read(city, job, piece).await?;
    let (own, of, which, at) = (work.clone(), job.clone(), piece.clone(), city.clone());
    // Calculating and hashing takes the processor for a while.
    let made = tokio::task::spawn_blocking(move || own.make(&at, &of, &which, facts)).await;
    let mut made = match made {
        Ok(made) => made?,
        // What a panic says may carry a value of a row: the worker tells it in words of its own.
        Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
        Err(ended) => return Err(ServiceError::Internal(ended.to_string())),
    };
    let mut tx = city.db.write(work.lock()).await?;
    work.look_again(&mut tx, job, piece, &mut made).await?;
    let report = work.report(&made)?;
    if !queue::done(&mut tx, piece, worker, &report.findings, report.outcome).await? {
        return Ok(false);
    }
    work.write(&mut tx, job, piece, made).await?;
    if !report.detail.is_empty() {
        let now = city.clock.now();
        let entry = Entry::by(&job.created_by, &job.created_role, work.audit_action(), now);
        let detail = format!(
            "{} {} piece {}: {} to {}, {}",
            job.kind, job.id, piece.number, piece.first, piece.last, report.detail
        );
        entry.detail(detail).write(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn finish<W: Work>(work: &W, city: &City, job: &Job) -> Result<(), ServiceError> {
    let db = &city.db;
    if !work.written_tables().is_empty() {
        db.analyze(work.written_tables()).await;
    }
    let outcomes = progress::outcomes(db, job.id).await?;
    let ended = work.finish(city, job, outcomes).await?;
    let mut tx = db.write(Lock::Nothing).await?;
    if queue::close(&mut tx, job.id, &ended.outcome).await? {
        work.close(&mut tx, job, ended.rest).await?;
    }
    tx.commit().await
}
