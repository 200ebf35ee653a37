//! 取り込めないファイル: how often each was tried, what is wrong with it, and what was read although it is not
//! as it should be.

use crate::clock::{Clock, Instant};
use crate::error::{ServiceError, is_away};
use crate::exchange::table::Warnings;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::api::Problem;
use kokuho_shared::api::files::{FileWarning, Troubled, TroubledState, Troubles};
use sqlx::FromRow;

/// So often a file is tried before it is put aside.
pub const TRIES: i64 = 3;
/// So many of each sort are shown, the newest first.
const SHOWN: i64 = 200;

/// What a failure says of the file.
pub enum Failure {
    /// The file is wrong: trying again changes nothing.
    File(Problem),
    /// Unknown: it is tried again, and put aside in the end.
    Unknown,
    /// The database is away, full or busy: the file is not at fault.
    Passing,
}

impl Failure {
    pub fn of(why: &ServiceError) -> Failure {
        match why {
            ServiceError::Invalid(problem) => Failure::File(problem.clone()),
            ServiceError::Busy => Failure::Passing,
            ServiceError::Database(cause) if is_away(cause) => Failure::Passing,
            _ => Failure::Unknown,
        }
    }
}

/// A file as it lies there.
pub struct Tried<'a> {
    pub name: &'a str,
    /// Empty where it cannot be read.
    pub sha256: &'a str,
}

/// What a failure means to the file.
pub struct Verdict {
    /// It is one of the tries after which the file is put aside.
    pub counts: bool,
    /// The file was put aside.
    pub rejected: bool,
}

/// Notes a failure; returns how often the file was tried now.
pub async fn note(
    db: &Db,
    file: &Tried<'_>,
    problem: &Problem,
    verdict: Verdict,
) -> Result<i64, ServiceError> {
    const FIND: &str = "SELECT id, tries FROM troubled_file WHERE name = $1 AND sha256 = $2 \
        AND state = 'waiting' ORDER BY id DESC LIMIT 1";
    const AGAIN: &str = "UPDATE troubled_file SET last_at = $1, tries = $2, state = $3, reason = $4, line = $5, \
        column_name = $6 WHERE id = $7";
    let mut tx = db.write(Lock::Nothing).await?;
    let now = tx.at().0;
    let known: Option<(i64, i64)> = on_tx!(&mut tx, c => sqlx::query_as(FIND).bind(file.name).bind(file.sha256)
        .fetch_optional(c).await?);
    let tries = known.map_or(0, |(_, tries)| tries) + i64::from(verdict.counts);
    let state = match verdict.rejected {
        true => "rejected",
        false => "waiting",
    };
    let line = problem.line.and_then(|line| i64::try_from(line).ok());
    match known {
        Some((id, _)) => {
            on_tx!(&mut tx, c => sqlx::query(AGAIN).bind(now).bind(tries).bind(state).bind(&problem.message)
                .bind(line).bind(&problem.column).bind(id).execute(c).await?.rows_affected());
        }
        None => {
            let row = row! {
                id: tx.take_ids("troubled_file", 1).await?,
                name: file.name.to_owned(),
                sha256: file.sha256.to_owned(),
                first_at: now,
                last_at: now,
                tries,
                state,
                reason: problem.message.clone(),
                line,
                column_name: problem.column.clone(),
            };
            tx.insert("troubled_file", &[row]).await?;
        }
    }
    tx.commit().await?;
    Ok(tries)
}

/// A file that waited came in after all.
pub async fn settle(db: &Db, name: &str) -> Result<(), ServiceError> {
    const ANY: &str = "SELECT COUNT(*) FROM troubled_file WHERE name = $1 AND state = 'waiting'";
    const DONE: &str =
        "UPDATE troubled_file SET state = 'done' WHERE name = $1 AND state = 'waiting'";
    let waits: i64 = on_db!(db, pool => sqlx::query_scalar(ANY).bind(name).fetch_one(pool).await?);
    if waits == 0 {
        return Ok(());
    }
    let mut tx = db.write(Lock::Nothing).await?;
    on_tx!(&mut tx, c => sqlx::query(DONE).bind(name).execute(c).await?.rows_affected());
    tx.commit().await
}

/// Keeps the warnings of a file that came in.
pub async fn warn(tx: &mut Tx, file_name: &str, warnings: &Warnings) -> Result<(), ServiceError> {
    if warnings.first.is_empty() {
        return Ok(());
    }
    let now = tx.at().0;
    let first = tx.take_ids("file_warning", warnings.first.len()).await?;
    let rows = (first..).zip(&warnings.first).map(|(id, warning)| {
        row! {
            id,
            file_name: file_name.to_owned(),
            recorded_at: now,
            line: i64::try_from(warning.line).unwrap_or(0),
            column_name: warning.column.clone(),
            message: warning.message.clone(),
        }
    });
    let rows: Vec<_> = rows.collect();
    tx.insert("file_warning", &rows).await
}

#[derive(FromRow)]
struct Row {
    name: String,
    first_at: i64,
    last_at: i64,
    tries: i64,
    state: String,
    reason: String,
    line: Option<i64>,
    column_name: Option<String>,
}

#[derive(FromRow)]
struct WarningRow {
    file_name: String,
    recorded_at: i64,
    line: i64,
    column_name: String,
    message: String,
}

/// Files that did not come in, those that still lie there first, and warnings.
pub async fn list(db: &Db, clock: Clock) -> Result<Troubles, ServiceError> {
    const FILES: &str = "SELECT name, first_at, last_at, tries, state, reason, line, column_name FROM troubled_file \
        WHERE state <> 'done' ORDER BY CASE state WHEN 'waiting' THEN 0 ELSE 1 END, last_at DESC LIMIT $1";
    const WARNINGS: &str = "SELECT file_name, recorded_at, line, column_name, message FROM file_warning \
        ORDER BY recorded_at DESC, id LIMIT $1";
    let files: Vec<Row> =
        on_db!(db, pool => sqlx::query_as(FILES).bind(SHOWN).fetch_all(pool).await?);
    let warnings: Vec<WarningRow> =
        on_db!(db, pool => sqlx::query_as(WARNINGS).bind(SHOWN).fetch_all(pool).await?);
    let now = clock.now().0;
    let file = |row: Row| Troubled {
        name: row.name,
        first_at: Instant(row.first_at).text(),
        last_at: Instant(row.last_at).text(),
        age_minutes: (now - row.first_at).max(0) / 60_000_000,
        tries: row.tries,
        state: match row.state.as_str() {
            "waiting" => TroubledState::Waiting,
            _ => TroubledState::Rejected,
        },
        reason: row.reason,
        line: row.line,
        column: row.column_name,
    };
    let warning = |row: WarningRow| FileWarning {
        file_name: row.file_name,
        recorded_at: Instant(row.recorded_at).text(),
        line: row.line,
        column: row.column_name,
        message: row.message,
    };
    Ok(Troubles {
        files: files.into_iter().map(file).collect(),
        warnings: warnings.into_iter().map(warning).collect(),
    })
}
