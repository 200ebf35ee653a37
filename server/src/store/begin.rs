//! How a transaction begins: what it waits for, how long, and the moment at which it writes.

use super::looks::looking;
use super::{Db, Lock, LockWait, Tx, once};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// PostgreSQL advisory lock classes: imports hold the first alone, edits share it.
const LOCK_FACTS: i64 = 1;
/// The sealer of the audit chain; ids begin above the classes.
const LOCK_AUDIT: i64 = 2;
/// So often work in the background asks again for what it waited for in vain: with the waits between about
/// as long as the longest import.
const TRIES: u32 = 240;

/// The next moment: now, or later than the newest where a clock runs behind.
const MOMENT: &str = "INSERT INTO counter (name, next) VALUES ('moment', $1) ON CONFLICT (name) DO UPDATE \
    SET next = CASE WHEN counter.next >= $1 THEN counter.next + 1 ELSE $1 END RETURNING next";

/// Everything that is read is of one moment.
macro_rules! begin_read {
    () => {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    };
}

/// A look is about one household, by its key: one plan serves all, in the order in which the tables stand, which
/// begins with the key. Making a plan takes longer than the look, and every connection makes it anew when a table's
/// statistics are.
const BEGIN_LOOK: &str = concat!(
    begin_read!(),
    "; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL join_collapse_limit = 1; \
     SET LOCAL from_collapse_limit = 1; SET LOCAL application_name = '",
    looking!(),
    "'"
);

/// A whole file is compared and written under this lock; between its statements the program calculates.
const BEGIN_LONG: &str = "BEGIN; SET LOCAL statement_timeout = '20min'; \
    SET LOCAL idle_in_transaction_session_timeout = '10min'";

/// What a writer waits for. The lock is taken inside the transaction, so that a timeout rolls it back.
fn locking(lock: Lock) -> Option<String> {
    match lock {
        Lock::Nothing => None,
        Lock::Audit => Some(format!("SELECT pg_advisory_xact_lock({LOCK_AUDIT})")),
        Lock::Household(id) => Some(format!(
            "SELECT pg_advisory_xact_lock_shared({LOCK_FACTS}), pg_advisory_xact_lock({id})"
        )),
        Lock::Everything => Some(format!("SELECT pg_advisory_xact_lock({LOCK_FACTS})")),
    }
}

impl Db {
    /// Begins to read: everything that is read in it is of one moment. It waits for no writer and
    /// keeps none waiting.
    pub async fn read(&self) -> Result<Tx, ServiceError> {
        match self {
            Db::Sqlite(files) => Ok(Tx::Sqlite(
                files.readers.begin_with("BEGIN DEFERRED").await?,
                files.attached,
                Instant::LATEST,
            )),
            Db::Postgres(pool, beside) => {
                let begin = match beside.patience {
                    LockWait::Screen => BEGIN_LOOK,
                    LockWait::Work => begin_read!(),
                };
                Ok(Tx::Postgres(
                    pool.begin_with(begin).await?,
                    beside.clone(),
                    Instant::LATEST,
                ))
            }
        }
    }

    /// Begins to write after waiting for the lock; too long a wait is an error.
    pub async fn write(&self, lock: Lock) -> Result<Tx, ServiceError> {
        let patience = match self {
            Db::Sqlite(files) => files.patience,
            Db::Postgres(_, beside) => beside.patience,
        };
        let mut tries = match patience {
            LockWait::Screen => 1,
            LockWait::Work => TRIES,
        };
        loop {
            match self.begin_once(lock).await {
                Err(ServiceError::Busy) if tries > 1 => tries -= 1,
                begun => return begun,
            }
            // A pause, so that immediate refusals make no busy loop.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The key of an act is claimed here: nothing is written twice.
    async fn begin_once(&self, lock: Lock) -> Result<Tx, ServiceError> {
        let mut tx = self.begin(lock).await?;
        once::claim(&mut tx).await?;
        Ok(tx)
    }

    async fn begin(&self, lock: Lock) -> Result<Tx, ServiceError> {
        let now = Clock::default().now();
        match self {
            Db::Sqlite(files) => {
                let mut transaction = files.writer.begin_with("BEGIN IMMEDIATE").await?;
                let at = match lock {
                    Lock::Nothing | Lock::Audit => now,
                    Lock::Everything | Lock::Household(_) => Instant(
                        sqlx::query_scalar(MOMENT)
                            .bind(now.0)
                            .fetch_one(&mut *transaction)
                            .await?,
                    ),
                };
                Ok(Tx::Sqlite(transaction, files.attached, at))
            }
            Db::Postgres(pool, beside) => {
                let begin = match lock {
                    Lock::Everything => BEGIN_LONG,
                    _ => "BEGIN",
                };
                let pool = match lock {
                    Lock::Nothing => pool,
                    Lock::Audit | Lock::Everything | Lock::Household(_) => &beside.writers,
                };
                let mut transaction = pool.begin_with(begin).await?;
                if let Some(locking) = locking(lock) {
                    let locked = sqlx::raw_sql(AssertSqlSafe(locking));
                    locked.execute(&mut *transaction).await?;
                }
                // Only the holder of the lock takes the next moment.
                let at = match lock {
                    Lock::Nothing | Lock::Audit => now,
                    Lock::Everything | Lock::Household(_) => Instant(
                        sqlx::query_scalar(MOMENT)
                            .bind(now.0)
                            .fetch_one(&beside.counters)
                            .await?,
                    ),
                };
                Ok(Tx::Postgres(transaction, beside.clone(), at))
            }
        }
    }

    /// The newest moment at which anything became known.
    pub async fn newest_moment(&self) -> Result<Instant, ServiceError> {
        const SQL: &str = "SELECT COALESCE(MAX(next), 0) FROM counter WHERE name = 'moment'";
        let newest: i64 =
            crate::on_db!(self, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?);
        Ok(Instant(newest))
    }
}
