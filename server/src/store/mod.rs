//! The store: SQLite or PostgreSQL behind one type, with one SQL text for both.
//!
//! Differences live here and in `bulk`: how a connection is opened, how a writer waits for
//! another one. Everything else is the same statement on both.
//!
//! Whoever holds a transaction asks for no second connection: with a pool of one it would wait for
//! itself. `xtask/tests/architecture` looks for it, and the tests run with pools of one.

mod among;
pub mod assembled;
mod attached;
mod begin;
mod bulk;
mod copy;
mod each;
mod looks;
pub mod once;
mod open;
mod row;
mod span;
pub mod together;

use crate::clock::Instant;
use crate::error::ServiceError;
use kokuho_shared::ids::HouseholdId;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite, Transaction};

pub use attached::Attached;
pub use each::Given;
pub use open::Connections;
pub use row::{Row, Value};
pub use span::Span;

#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqlitePools),
    Postgres(PgPool, PostgresPools),
}

/// The connections to a SQLite file: its one writer, and readers that no writer keeps waiting.
#[derive(Clone, Debug)]
pub struct SqlitePools {
    pub writer: SqlitePool,
    pub readers: SqlitePool,
    /// Readers of the background: each SQLite connection has a thread with the priority of the thread that opened it.
    quiet: SqlitePool,
    patience: LockWait,
    attached: Attached,
}

/// Connections of their own beside those for looks.
#[derive(Clone, Debug)]
pub struct PostgresPools {
    /// For writers that wait for a lock: however many of them wait, a look has its connection.
    writers: PgPool,
    /// For counters: a writer that held the counter until its commit would let all others wait. Each is
    /// asked for one statement that waits for nobody.
    counters: PgPool,
    looks: looks::Looks,
    patience: LockWait,
    attached: Attached,
}

/// How long a writer waits for others.
#[derive(Clone, Copy, Debug)]
enum LockWait {
    /// For screens: that the database is busy is said soon.
    Screen,
    /// A worker, an import: it waits for those before it, but not for ever.
    Work,
}

/// A transaction. Dropped without `commit`, it leaves nothing behind but a gap in the ids.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Attached, Instant),
    Postgres(Transaction<'static, Postgres>, PostgresPools, Instant),
}

/// Runs the same expression, one statement that reads, on the pool of either database.
#[macro_export]
macro_rules! on_db {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite(files) => {
                let $pool = &files.readers;
                $body
            }
            $crate::store::Db::Postgres($pool, _) => $body,
        }
    };
}

/// The same for one statement that writes; several belong into a transaction.
#[macro_export]
macro_rules! on_writer {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite(files) => {
                let $pool = &files.writer;
                $body
            }
            $crate::store::Db::Postgres($pool, _) => $body,
        }
    };
}

/// Runs the same expression on the connection of either transaction.
#[macro_export]
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(transaction, ..) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::store::Tx::Postgres(transaction, ..) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

/// Through what one statement goes: a transaction where one is held, otherwise any connection.
pub enum Reach<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Db> for Reach<'a> {
    fn from(db: &'a Db) -> Reach<'a> {
        Reach::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for Reach<'a> {
    fn from(tx: &'a mut Tx) -> Reach<'a> {
        Reach::Tx(tx)
    }
}

impl Reach<'_> {
    /// The same for the next statement.
    pub fn again(&mut self) -> Reach<'_> {
        match self {
            Reach::Db(db) => Reach::Db(db),
            Reach::Tx(tx) => Reach::Tx(tx),
        }
    }
}

/// Runs the same expression, one statement that reads, wherever it is asked for.
#[macro_export]
macro_rules! on_any {
    ($reach:expr, $connection:ident => $body:expr) => {
        match $reach {
            $crate::store::Reach::Db(db) => $crate::on_db!(db, $connection => $body),
            $crate::store::Reach::Tx(tx) => $crate::on_tx!(tx, $connection => $body),
        }
    };
}

/// What a writer keeps others from writing meanwhile.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// All facts: an import.
    Everything,
    /// The facts of one household: an edit or a decision.
    Household(HouseholdId),
    /// The end of the audit chain: its sealer.
    Audit,
    /// Nothing: rows that only this writer adds.
    Nothing,
}

impl Db {
    /// The statement for this database, where one text does not serve both.
    pub fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Db::Sqlite(_) => sqlite,
            Db::Postgres(..) => postgres,
        }
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), ServiceError> {
        let writes = self.at() != Instant::LATEST;
        match self {
            Tx::Sqlite(transaction, ..) => transaction.commit().await?,
            Tx::Postgres(transaction, ..) => transaction.commit().await?,
        }
        if writes {
            once::committed();
        }
        Ok(())
    }

    /// The moment at which what is written here becomes known: later than everything that was written
    /// before under the same lock, whatever a machine's clock says.
    pub fn at(&self) -> Instant {
        match self {
            Tx::Sqlite(.., at) | Tx::Postgres(.., at) => *at,
        }
    }

    /// Takes `count` ids of a kind; the first of them is returned. On PostgreSQL they are taken
    /// at once and for good: ids may have gaps.
    pub async fn take_ids(&mut self, name: &str, count: usize) -> Result<i64, ServiceError> {
        if let Tx::Postgres(_, beside, _) = self {
            let count = rows(count)?;
            let next: i64 = sqlx::query_scalar(TAKE)
                .bind(name)
                .bind(FIRST_ID + count)
                .bind(count)
                .fetch_one(&beside.counters)
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
