//! How a database is made, opened, brought to this version, copied and closed.

use super::looks::Looks;
use super::{Attached, Db, LockWait, PostgresPools, SqlitePools};
use crate::error::ServiceError;
use crate::on_db;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor};
use std::num::NonZero;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// How many connections are held at once.
#[derive(Clone, Copy, Debug)]
pub struct Connections(pub u32);

impl Default for Connections {
    /// Two for each processor, and two more: where more statements run at once than there are processors, all
    /// of them take longer.
    fn default() -> Connections {
        let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
        let wanted = u32::try_from(processors).unwrap_or(64).min(64) * 2 + 2;
        Connections(wanted)
    }
}

/// Settings of a connection. They are made after connecting: a pooler between us and the database
/// passes no settings of the start on. Memory holds the indexes, so a look by key beats a scan, and compiling
/// a statement that is done in a millisecond takes a second; whoever holds a lock and is not heard of any more
/// gives it back.
const SETTINGS: &str = "SET random_page_cost = 1.1; SET jit = off; SET lock_timeout = '5s'; SET statement_timeout = '60s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET client_connection_check_interval = '5s'; \
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";
/// The commit of the writer who uses an id also makes the counter's step durable: the log is written
/// in its order.
const COUNTING: &str =
    "SET synchronous_commit = off; SET lock_timeout = '5s'; SET statement_timeout = '10s'";
/// So long after its last use a connection is taken for good.
const FRESH: Duration = Duration::from_secs(5);
/// For requests of a screen.
const WAIT: Duration = Duration::from_secs(5);

/// Readers of a SQLite file for work in the background.
const QUIET: u32 = 4;

impl Db {
    /// Opens a `sqlite:FILE` that is there, or a PostgreSQL URL.
    pub async fn open(url: &str) -> Result<Db, ServiceError> {
        Db::open_with(url, Connections::default()).await
    }

    pub async fn open_with(url: &str, connections: Connections) -> Result<Db, ServiceError> {
        if url.starts_with("postgres") {
            return postgres(url, connections).await;
        }
        let options = SqliteConnectOptions::from_str(url)?;
        if !options.get_filename().exists() {
            let file = options.get_filename().display();
            let text = format!(
                "データベース {file} がありません。場所を確かめるか、kokuho migrate で作成してください"
            );
            return Err(ServiceError::invalid_at("database", text));
        }
        sqlite(options, connections).await
    }

    /// The same; a SQLite file that is not there is made, readable for its owner only.
    pub async fn create(url: &str) -> Result<Db, ServiceError> {
        Db::create_with(url, Connections::default()).await
    }

    pub async fn create_with(url: &str, connections: Connections) -> Result<Db, ServiceError> {
        if !url.starts_with("postgres") {
            let options = SqliteConnectOptions::from_str(url)?;
            make(options.get_filename())?;
        }
        Db::open_with(url, connections).await
    }

    /// The same connections for work in the background, which waits longer for others.
    pub fn patient(&self) -> Db {
        match self.clone() {
            Db::Sqlite(files) => Db::Sqlite(SqlitePools {
                readers: files.quiet.clone(),
                patience: LockWait::Work,
                ..files
            }),
            Db::Postgres(pool, beside) => Db::Postgres(
                pool,
                PostgresPools {
                    patience: LockWait::Work,
                    ..beside
                },
            ),
        }
    }

    /// Brings the schema to this version.
    pub async fn migrate(&self) -> Result<(), ServiceError> {
        match self {
            Db::Sqlite(files) => {
                sqlx::migrate!("migrations/sqlite")
                    .run(&files.writer)
                    .await?;
            }
            Db::Postgres(pool, _) => {
                let mut connection = pool.acquire().await?;
                // A large table may be written anew.
                connection
                    .execute("SET statement_timeout = 0; SET lock_timeout = 0")
                    .await?;
                let done = sqlx::migrate!("migrations/postgres")
                    .run(&mut *connection)
                    .await;
                connection.execute(SETTINGS).await?;
                done?;
            }
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

    /// Tells PostgreSQL how large these tables have become; it finds out by itself late, or never. Never of one
    /// that may be empty: it would be taken for empty by every statement planned before it is filled.
    /// What was written before stands whether this succeeds or not.
    pub async fn analyze(&self, tables: &[&str]) {
        if let Db::Postgres(pool, _) = self
            && let Err(error) = analyzed(pool, tables).await
        {
            let kind = crate::error::database_kind(&error);
            tracing::warn!(kind, "statistics");
        }
    }

    /// The same, of those tables only of which a tenth or more is new: after a file that changes some rows the
    /// statistics are as good as before, and every connection would plan each of its statements anew.
    pub async fn analyze_grown(&self, tables: &[&str], added: i64) {
        const GROWN: &str = "SELECT relname::text FROM pg_class WHERE oid = ANY($1::regclass[]) AND reltuples < $2 * 10.0";
        let Db::Postgres(pool, _) = self else { return };
        let names: Vec<String> = tables.iter().map(|&name| name.into()).collect();
        let query = sqlx::query_scalar(GROWN).bind(names).bind(added);
        // Where it is not known, the next file says it.
        let grown: Vec<String> = query.fetch_all(pool).await.unwrap_or_default();
        let grown: Vec<&str> = grown.iter().map(String::as_str).collect();
        if added > 0 && !grown.is_empty() {
            self.analyze(&grown).await;
        }
    }

    /// Writes a consistent copy of a SQLite database beside what is going on. A file that is
    /// there already is not overwritten.
    pub async fn copy_to(&self, file: &str) -> Result<(), ServiceError> {
        let Db::Sqlite(files) = self else {
            let text = "PostgreSQL は pg_dump で保存してください（docs/OPERATIONS.md）";
            return Err(ServiceError::invalid_at("database", text));
        };
        if Path::new(file).exists() {
            let text = format!("{file} は既にあります。上書きしません");
            return Err(ServiceError::invalid_at("out", text));
        }
        // An empty file is taken by VACUUM as it is, with who may read it.
        make(Path::new(file))?;
        sqlx::query("VACUUM INTO $1")
            .bind(file)
            .execute(&files.writer)
            .await?;
        Ok(())
    }

    pub async fn close(&self) {
        match self {
            Db::Sqlite(files) => {
                files.readers.close().await;
                files.quiet.close().await;
                files.writer.close().await;
            }
            Db::Postgres(pool, beside) => {
                beside.writers.close().await;
                beside.counters.close().await;
                pool.close().await;
            }
        }
    }
}

/// In one transaction: each commit makes every connection plan anew.
async fn analyzed(pool: &PgPool, tables: &[&str]) -> Result<(), sqlx::Error> {
    let names: Vec<String> = tables.iter().map(|&name| name.into()).collect();
    let done = sqlx::query("SELECT take_statistics($1)").bind(names);
    done.execute(pool).await.map(|_| ())
}

async fn postgres(url: &str, connections: Connections) -> Result<Db, ServiceError> {
    // A pooler refuses what it does not know among the settings of the start.
    let connect = PgConnectOptions::from_str(url)?.extra_float_digits(None);
    let pool = |count| {
        PgPoolOptions::new()
            .max_connections(count)
            .acquire_timeout(WAIT)
            // Only one that lay idle may have been cut off; asking each time costs a round trip.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(
                    async move { Ok(meta.idle_for < FRESH || connection.ping().await.is_ok()) },
                )
            })
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SETTINGS).await.map(|_| ()) })
            })
    };
    let writers = pool(connections.0.div_ceil(2)).connect_lazy_with(connect.clone());
    let counters = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(WAIT)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(COUNTING).await.map(|_| ()) })
        })
        .connect_lazy_with(connect.clone());
    let beside = PostgresPools {
        writers,
        counters,
        looks: Looks::default(),
        patience: LockWait::Screen,
        attached: Attached::default(),
    };
    let looks = pool(connections.0).connect_with(connect).await?;
    Ok(Db::Postgres(looks, beside))
}

async fn sqlite(
    options: SqliteConnectOptions,
    connections: Connections,
) -> Result<Db, ServiceError> {
    let options = options
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT);
    let pool = |count| {
        SqlitePoolOptions::new()
            .max_connections(count)
            .acquire_timeout(WAIT)
    };
    let writer = pool(1).connect_with(options.clone()).await?;
    let options = options.pragma("query_only", "1");
    let quiet = pool(connections.0.min(QUIET)).connect_lazy_with(options.clone());
    let readers = pool(connections.0).connect_lazy_with(options);
    Ok(Db::Sqlite(SqlitePools {
        writer,
        readers,
        quiet,
        patience: LockWait::Screen,
        attached: Attached::default(),
    }))
}

/// An empty file that only its owner reads, unless there is one.
fn make(file: &Path) -> Result<(), ServiceError> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file);
    made.map(|_| ()).map_err(|why| {
        ServiceError::invalid_at(
            "database",
            format!("{} を作れません: {why}", file.display()),
        )
    })
}
