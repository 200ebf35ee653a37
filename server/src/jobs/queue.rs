//! The queue in the database: workers of any number of servers take pieces from it.

use super::{Finding, Job, Piece};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Reach, Row, Tx};
use crate::{on_any, on_db, on_tx, on_writer, row};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::JobState;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{JobId, RunId};
use sqlx::FromRow;

/// A piece that failed so often stops its job.
pub const MOST_ATTEMPTS: i64 = 5;
/// A piece whose worker was never heard of again so often stops its job, too: machines are switched
/// off now and then, but not always at the same piece.
pub const MOST_LOST: i64 = 20;

#[derive(FromRow)]
struct JobRow {
    id: JobId,
    kind: String,
    name: String,
    fiscal_year: FiscalYear,
    run_id: RunId,
    state: String,
    created_at: i64,
    created_by: String,
    created_role: String,
    business_date: NaiveDate,
    known_at: i64,
    message: String,
    outcome: String,
    for_day: Option<NaiveDate>,
}

impl JobRow {
    fn job(self) -> Result<Job, ServiceError> {
        let unknown = |what: &str| ServiceError::Internal(format!("job {}: {what}", self.id));
        Ok(Job {
            state: JobState::of_key(&self.state).ok_or_else(|| unknown(&self.state))?,
            fiscal_year: self.fiscal_year,
            id: self.id,
            kind: self.kind,
            name: self.name,
            run_id: self.run_id,
            created_at: Instant(self.created_at),
            created_by: self.created_by,
            created_role: self.created_role,
            business_date: self.business_date,
            known_at: Instant(self.known_at),
            message: self.message,
            outcome: self.outcome,
            for_day: self.for_day,
        })
    }
}

/// SELECT of what [`JobRow`] reads, and the rest of the statement.
macro_rules! job {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, name, fiscal_year, run_id, state, created_at, created_by, created_role, business_date, \
             known_at, message, outcome, for_day FROM job ",
            $rest
        )
    };
}

#[derive(FromRow)]
struct PieceRow {
    job_id: JobId,
    number: i64,
    first_key: i64,
    last_key: i64,
    items: i64,
    reserved: String,
    attempts: i64,
}

impl PieceRow {
    fn piece(self) -> Result<Piece, ServiceError> {
        Ok(Piece {
            job_id: self.job_id,
            number: self.number,
            first: self.first_key,
            last: self.last_key,
            items: self.items,
            reserved: serde_json::from_str(&self.reserved)?,
            attempts: self.attempts,
        })
    }
}

/// Whether a kind of job is one of some, in the one spelling that both databases read.
fn among(kinds: &[&str]) -> String {
    format!(",{},", kinds.join(","))
}

/// Refuses a job while a rival of its year is running.
pub async fn refuse_second(
    tx: &mut Tx,
    job: &Job,
    conflicting_works: &[&str],
) -> Result<(), ServiceError> {
    const RUNNING: &str = "SELECT id, name FROM job WHERE $1 LIKE '%,' || kind || ',%' \
        AND fiscal_year = $2 AND state = 'running' AND id <> $3";
    let running: Option<(i64, String)> = on_tx!(tx, connection => sqlx::query_as(RUNNING).bind(among(conflicting_works))
        .bind(job.fiscal_year).bind(job.id).fetch_optional(connection).await?);
    let Some((running, name)) = running else {
        return Ok(());
    };
    let text = format!(
        "{}年度の{name}は実行中です（処理番号 {running}）",
        job.fiscal_year
    );
    Err(ServiceError::Conflict(Problem::new(text).at("fiscal_year")))
}

/// Refuses to go on with a job after a newer rival of its year: it would decide on older facts.
pub async fn refuse_older(
    tx: &mut Tx,
    job: &Job,
    conflicting_works: &[&str],
) -> Result<(), ServiceError> {
    const NEWER: &str = "SELECT id FROM job WHERE $1 LIKE '%,' || kind || ',%' \
        AND fiscal_year = $2 AND id > $3 LIMIT 1";
    let newer: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(NEWER).bind(among(conflicting_works))
        .bind(job.fiscal_year).bind(job.id).fetch_optional(connection).await?);
    let Some(newer) = newer else {
        return Ok(());
    };
    let text = format!(
        "後から始めた処理 {newer} があるため、この処理は再開できません（古い時点の資格・所得で決定してしまうため）"
    );
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// Writes a new job with its pieces; refused while a rival of its year is running.
pub async fn add(
    tx: &mut Tx,
    job: &Job,
    conflicting_works: &[&str],
    pieces: &[Piece],
) -> Result<(), ServiceError> {
    refuse_second(tx, job, conflicting_works).await?;
    let row = row! {
        id: job.id,
        kind: job.kind.clone(),
        name: job.name.clone(),
        fiscal_year: job.fiscal_year,
        run_id: job.run_id,
        state: job.state.key(),
        created_at: job.created_at,
        created_by: job.created_by.clone(),
        created_role: job.created_role.clone(),
        business_date: job.business_date,
        known_at: job.known_at,
        message: "",
        outcome: "",
        for_day: job.for_day,
    };
    tx.insert("job", &[row]).await?;
    let rows: Vec<Row> = pieces.iter().map(piece_row).collect::<Result<_, _>>()?;
    tx.insert("job_piece", &rows).await
}

fn piece_row(piece: &Piece) -> Result<Row, ServiceError> {
    Ok(row! {
        job_id: piece.job_id,
        number: piece.number,
        first_key: piece.first,
        last_key: piece.last,
        items: piece.items,
        reserved: serde_json::to_string(&piece.reserved)?,
        state: "open",
        worker: "",
        seen_at: 0,
        attempts: 0,
        outcome: "",
    })
}

pub async fn find(reach: impl Into<Reach<'_>>, id: JobId) -> Result<Job, ServiceError> {
    const SQL: &str = job!("WHERE id = $1");
    let row: Option<JobRow> = on_any!(reach.into(), c => sqlx::query_as(SQL)
        .bind(id).fetch_optional(c).await?);
    row.ok_or(ServiceError::NotFound("処理"))?.job()
}

/// Jobs, the newest first.
pub async fn newest(db: &Db) -> Result<Vec<Job>, ServiceError> {
    const SQL: &str = job!("ORDER BY id DESC LIMIT 50");
    let rows: Vec<JobRow> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    rows.into_iter().map(JobRow::job).collect()
}

/// UPDATE of the next piece, with the end of the query that finds it.
macro_rules! take {
    ($end:literal) => {
        concat!(
            "UPDATE job_piece SET state = 'taken', worker = $1, seen_at = $2, attempts = attempts + 1 \
             WHERE (job_id, number) = (SELECT p.job_id, p.number FROM job_piece p JOIN job j ON j.id = p.job_id \
             WHERE j.state = 'running' AND (p.state = 'open' OR (p.state = 'taken' AND p.seen_at < $3)) \
             ORDER BY p.job_id, p.number LIMIT 1",
            $end,
            ") RETURNING job_id, number, first_key, last_key, items, reserved, attempts"
        )
    };
}

/// Takes the next piece, also one whose worker was not seen since `lost`.
pub async fn take(
    db: &Db,
    worker: &str,
    now: Instant,
    lost: Instant,
) -> Result<Option<(Job, Piece)>, ServiceError> {
    const WAITING: &str = "SELECT 1 FROM job_piece p JOIN job j ON j.id = p.job_id WHERE j.state = 'running' \
        AND (p.state = 'open' OR (p.state = 'taken' AND p.seen_at < $1)) LIMIT 1";
    // Looking first keeps an idle worker from writing.
    let waiting: Option<i32> = on_db!(db, pool => sqlx::query_scalar(WAITING)
        .bind(lost.0).fetch_optional(pool).await?);
    if waiting.is_none() {
        return Ok(None);
    }
    // Two workers never wait for the same piece; SQLite has one writer at a time anyway.
    let sql = db.either(take!(""), take!(" FOR UPDATE OF p SKIP LOCKED"));
    let mut tx = db.write(Lock::Nothing).await?;
    let row: Option<PieceRow> = on_tx!(&mut tx, connection => sqlx::query_as(sql)
        .bind(worker).bind(now.0).bind(lost.0).fetch_optional(connection).await?);
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let piece = row.piece()?;
    Ok(Some((find(db, piece.job_id).await?, piece)))
}

/// Marks a piece as done, in the transaction of what it wrote. `false` where another worker has
/// taken it meanwhile; then nothing of it may be committed.
pub async fn done(
    tx: &mut Tx,
    piece: &Piece,
    worker: &str,
    findings: &[Finding],
    outcome: String,
) -> Result<bool, ServiceError> {
    const SQL: &str = "UPDATE job_piece SET state = 'done', outcome = $1 \
        WHERE job_id = $2 AND number = $3 AND state = 'taken' AND worker = $4";
    let changed = on_tx!(tx, connection => sqlx::query(SQL).bind(outcome).bind(piece.job_id)
        .bind(piece.number).bind(worker).execute(connection).await?.rows_affected());
    if changed != 1 {
        return Ok(false);
    }
    let rows: Vec<Row> = findings
        .iter()
        .map(|finding| {
            row! {
                job_id: piece.job_id,
                household_id: finding.household_id,
                household_number: finding.household_number.clone(),
                reason: finding.reason.clone(),
            }
        })
        .collect();
    tx.insert("job_finding", &rows).await?;
    Ok(true)
}

/// Gives a piece back that could not be done; the job fails when it was tried too often.
pub async fn give_back(
    db: &Db,
    piece: &Piece,
    worker: &str,
    why: &str,
) -> Result<(), ServiceError> {
    const BACK: &str = "UPDATE job_piece SET state = 'open', worker = '' \
        WHERE job_id = $1 AND number = $2 AND state = 'taken' AND worker = $3";
    let mut tx = db.write(Lock::Nothing).await?;
    let given = on_tx!(&mut tx, connection => sqlx::query(BACK).bind(piece.job_id).bind(piece.number).bind(worker)
        .execute(connection).await?.rows_affected());
    // If another worker holds the piece, the job does not fail here.
    if given == 1 && piece.attempts >= MOST_ATTEMPTS {
        fail_in(&mut tx, piece.job_id, why).await?;
    }
    tx.commit().await
}

/// Puts a piece back that could not be written because the database was busy. It does not count as a try.
pub async fn put_back(db: &Db, piece: &Piece, worker: &str) -> Result<(), ServiceError> {
    const BACK: &str = "UPDATE job_piece SET state = 'open', worker = '', attempts = attempts - 1 \
        WHERE job_id = $1 AND number = $2 AND state = 'taken' AND worker = $3";
    on_writer!(db, pool => sqlx::query(BACK).bind(piece.job_id).bind(piece.number).bind(worker)
        .execute(pool).await?.rows_affected());
    Ok(())
}

/// Stops a job for a reason that its screen shows.
pub async fn fail(db: &Db, job: JobId, why: &str) -> Result<(), ServiceError> {
    let mut tx = db.write(Lock::Nothing).await?;
    fail_in(&mut tx, job, why).await?;
    tx.commit().await
}

async fn fail_in(tx: &mut Tx, job: JobId, why: &str) -> Result<(), ServiceError> {
    const FAIL: &str =
        "UPDATE job SET state = 'failed', message = $1 WHERE id = $2 AND state = 'running'";
    on_tx!(tx, connection => sqlx::query(FAIL).bind(why).bind(job).execute(connection).await?.rows_affected());
    Ok(())
}

/// Says that the worker of a piece is alive.
pub async fn alive(db: &Db, piece: &Piece, worker: &str, now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE job_piece SET seen_at = $1 \
        WHERE job_id = $2 AND number = $3 AND state = 'taken' AND worker = $4";
    on_writer!(db, pool => sqlx::query(SQL).bind(now.0).bind(piece.job_id).bind(piece.number).bind(worker)
        .execute(pool).await?.rows_affected());
    Ok(())
}

/// A running job all of whose pieces are done and which still has to be closed.
pub async fn complete(db: &Db) -> Result<Option<Job>, ServiceError> {
    const SQL: &str = job!(
        "WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM job_piece p \
         WHERE p.job_id = job.id AND p.state <> 'done') ORDER BY id LIMIT 1"
    );
    let row: Option<JobRow> = on_db!(db, pool =>
        sqlx::query_as(SQL).fetch_optional(pool).await?);
    row.map(JobRow::job).transpose()
}

/// Closes a job with its outcome; `false` where another worker was quicker.
pub async fn close(tx: &mut Tx, id: JobId, outcome: &str) -> Result<bool, ServiceError> {
    const SQL: &str =
        "UPDATE job SET state = 'done', outcome = $1 WHERE id = $2 AND state = 'running'";
    let changed = on_tx!(tx, connection => sqlx::query(SQL).bind(outcome).bind(id)
        .execute(connection).await?.rows_affected());
    Ok(changed == 1)
}

/// Changes the state of a job by hand; `false` where it was in none of `from`.
pub async fn switch(
    tx: &mut Tx,
    id: JobId,
    from: &[JobState],
    to: JobState,
) -> Result<bool, ServiceError> {
    const SQL: &str = "UPDATE job SET state = $1, message = '' WHERE id = $2 AND state = $3";
    const AGAIN: &str = "UPDATE job_piece SET attempts = 0 WHERE job_id = $1 AND state <> 'done'";
    for state in from {
        let changed = on_tx!(tx, connection => sqlx::query(SQL).bind(to.key()).bind(id)
            .bind(state.key()).execute(connection).await?.rows_affected());
        if changed == 1 {
            on_tx!(tx, connection => sqlx::query(AGAIN).bind(id).execute(connection).await?.rows_affected());
            return Ok(true);
        }
    }
    Ok(false)
}

/// The pieces of a job, in order.
pub async fn pieces(reach: impl Into<Reach<'_>>, job: JobId) -> Result<Vec<Piece>, ServiceError> {
    const SQL: &str = "SELECT job_id, number, first_key, last_key, items, reserved, attempts FROM job_piece \
        WHERE job_id = $1 ORDER BY number";
    let rows: Vec<PieceRow> =
        on_any!(reach.into(), c => sqlx::query_as(SQL).bind(job).fetch_all(c).await?);
    rows.into_iter().map(PieceRow::piece).collect()
}

/// Whether any job is running.
pub async fn any_running(db: &Db) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM job WHERE state = 'running'";
    let count: i64 = on_db!(db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?);
    Ok(count > 0)
}
