//! The store: SQLite or PostgreSQL behind one type, with one SQL text for both.
//!
//! Differences live here and in `bulk`: how a connection is opened, how a writer waits for
//! another one. Everything else is the same statement on both.

pub mod arrivals;
pub mod bulk;
mod copy;
pub mod due;
pub mod facts;
pub mod outbox;

use crate::error::ServiceError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite, Transaction};
use std::str::FromStr;
use std::time::Duration;

#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool, Ids),
}

/// Connections of their own for taking ids: a writer that held the counter until its commit
/// would let all others wait.
#[derive(Clone, Debug)]
pub struct Ids(PgPool);

/// A transaction that writes. Dropped without `commit`, it leaves nothing behind but a gap in
/// the ids.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>, Ids),
}

/// Runs the same expression on the pool of either database.
#[macro_export]
macro_rules! on_db {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($pool) => $body,
            $crate::store::Db::Postgres($pool, _) => $body,
        }
    };
}

/// Runs the same expression on the connection of either transaction.
#[macro_export]
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::store::Tx::Postgres(transaction, _) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

/// What a writer keeps others from writing meanwhile.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// All facts: an import.
    Everything,
    /// The facts of one household: an edit or a decision.
    Household(i64),
    /// The end of the audit chain: its sealer.
    Audit,
    /// Nothing: rows that only this writer adds.
    Nothing,
}

/// PostgreSQL advisory lock classes: imports hold the first alone, edits share it.
const LOCK_FACTS: i64 = 1;
/// The sealer of the audit chain; ids begin above the classes.
const LOCK_AUDIT: i64 = 2;

impl Db {
    /// Opens `sqlite:FILE` (created if missing) or a PostgreSQL URL.
    pub async fn open(url: &str) -> Result<Db, ServiceError> {
        if url.starts_with("postgres") {
            // Rows are looked up by their index, as on any disk without a moving head: a city's
            // run must not read whole tables for each of its pieces.
            let connect = PgConnectOptions::from_str(url)?.options([("random_page_cost", "1.1")]);
            let options = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10));
            // The commit of the writer who uses an id also makes the counter's step durable:
            // the log is written in its order.
            let counting = connect.clone().options([("synchronous_commit", "off")]);
            let ids = PgPoolOptions::new()
                .max_connections(2)
                .acquire_timeout(Duration::from_secs(10))
                .connect_lazy_with(counting);
            return Ok(Db::Postgres(options.connect_with(connect).await?, Ids(ids)));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30));
        Ok(Db::Sqlite(
            SqlitePoolOptions::new()
                .max_connections(8)
                .connect_with(options)
                .await?,
        ))
    }

    /// Brings the schema to this version.
    pub async fn migrate(&self) -> Result<(), ServiceError> {
        match self {
            Db::Sqlite(pool) => sqlx::migrate!("migrations/sqlite").run(pool).await?,
            Db::Postgres(pool, _) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Whether the schema is that of this version already: then whoever may not change it may
    /// still work with it.
    pub async fn is_current(&self) -> bool {
        const SQL: &str = "SELECT MAX(version) FROM _sqlx_migrations";
        let newest = sqlx::migrate!("migrations/postgres")
            .iter()
            .map(|each| each.version)
            .max();
        let applied: Result<Option<i64>, _> =
            on_db!(self, pool => sqlx::query_scalar(SQL).fetch_one(pool).await);
        applied.is_ok_and(|applied| applied.is_some() && applied == newest)
    }

    /// Whether the database answers and has the schema.
    pub async fn is_usable(&self) -> bool {
        on_db!(self, pool => sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM counter").fetch_one(pool).await.is_ok())
    }

    /// Begins to write, waiting for whoever holds the lock.
    pub async fn write(&self, lock: Lock) -> Result<Tx, ServiceError> {
        match self {
            Db::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)),
            Db::Postgres(pool, ids) => {
                let mut transaction = pool.begin().await?;
                match lock {
                    Lock::Everything => {
                        sqlx::query("SELECT pg_advisory_xact_lock($1)")
                            .bind(LOCK_FACTS)
                            .execute(&mut *transaction)
                            .await?;
                    }
                    Lock::Nothing => {}
                    Lock::Audit => {
                        sqlx::query("SELECT pg_advisory_xact_lock($1)")
                            .bind(LOCK_AUDIT)
                            .execute(&mut *transaction)
                            .await?;
                    }
                    Lock::Household(id) => {
                        // Ids begin far above the classes.
                        sqlx::query(
                            "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)",
                        )
                        .bind(LOCK_FACTS)
                        .bind(id)
                        .execute(&mut *transaction)
                        .await?;
                    }
                }
                Ok(Tx::Postgres(transaction, ids.clone()))
            }
        }
    }

    /// The statement for this database, where one text does not serve both.
    pub fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Db::Sqlite(_) => sqlite,
            Db::Postgres(..) => postgres,
        }
    }

    /// Tells PostgreSQL how large its tables have become; it finds out by itself only minutes later.
    /// What was written before stands whether this succeeds or not.
    pub async fn analyze(&self) {
        // Our tables only: the catalogue is shared with other databases, which may be at it, too.
        const SQL: &str = "ANALYZE person_fact, membership_fact, income_fact, eligibility_fact, decision, journal, \
            ledger_entry, letter, payment_slip";
        if let Db::Postgres(pool, _) = self
            && let Err(error) = sqlx::query(SQL).execute(pool).await
        {
            let kind = crate::error::database_kind(&error);
            tracing::warn!(kind, "statistics");
        }
    }

    /// Writes a consistent copy of a SQLite database beside what is going on. A file that is
    /// there already is not overwritten.
    pub async fn copy_to(&self, file: &str) -> Result<(), ServiceError> {
        let Db::Sqlite(pool) = self else {
            let text = "PostgreSQL は pg_dump で保存してください（docs/OPERATIONS.md）";
            return Err(ServiceError::invalid_at("database", text));
        };
        if std::path::Path::new(file).exists() {
            let text = format!("{file} は既にあります。上書きしません");
            return Err(ServiceError::invalid_at("out", text));
        }
        sqlx::query("VACUUM INTO $1")
            .bind(file)
            .execute(pool)
            .await?;
        Ok(())
    }

    pub async fn close(&self) {
        if let Db::Postgres(_, Ids(ids)) = self {
            ids.close().await;
        }
        on_db!(self, pool => pool.close().await)
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), ServiceError> {
        match self {
            Tx::Sqlite(transaction) => transaction.commit().await?,
            Tx::Postgres(transaction, _) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Takes `count` ids of a kind; the first of them is returned. On PostgreSQL they are taken
    /// at once and for good: ids may have gaps.
    pub async fn take_ids(&mut self, name: &str, count: usize) -> Result<i64, ServiceError> {
        if let Tx::Postgres(_, Ids(ids)) = self {
            let count = rows(count)?;
            let next: i64 = sqlx::query_scalar(TAKE)
                .bind(name)
                .bind(FIRST_ID + count)
                .bind(count)
                .fetch_one(&*ids)
                .await?;
            return Ok(next - count);
        }
        self.take_numbers(name, count).await
    }

    /// Takes `count` numbers that stand on paper; the first of them is returned. They have no
    /// gaps: whoever takes them holds the counter until the commit.
    pub async fn take_numbers(&mut self, name: &str, count: usize) -> Result<i64, ServiceError> {
        let count = rows(count)?;
        let next: i64 = on_tx!(self, connection => sqlx::query_scalar(TAKE)
            .bind(name).bind(FIRST_ID + count).bind(count).fetch_one(connection).await?);
        Ok(next - count)
    }
}

const TAKE: &str = "INSERT INTO counter (name, next) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET next = counter.next + $3 RETURNING next";

fn rows(count: usize) -> Result<i64, ServiceError> {
    i64::try_from(count).map_err(|_| ServiceError::Internal("too many rows".into()))
}

/// Ids begin here, so that they are never mistaken for row counts or lock classes.
const FIRST_ID: i64 = 1000;
