//! 年次賦課 of a whole city, with everything it writes, beside raw loads of the same rows into
//! the same tables. Prints one JSON line.

#[allow(dead_code, reason = "not everything that is shared is used here")]
mod common;

use common::{cluster, kokuho, run as printed, serve, session, token};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{PgPool, Row, SqlitePool};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const CITY: u32 = 340_000;
/// SQLite is for a town.
const TOWN: u32 = 34_000;
/// What the run writes.
const TABLES: [&str; 3] = ["decision", "ledger_entry", "journal"];

fn main() {
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    let number = |name: &str, usual: u32| {
        let asked = std::env::var(name).ok();
        asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (city, town) = (number("KOKUHO_CITY", CITY), number("KOKUHO_TOWN", TOWN));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tenth = runtime.block_on(measure(&cluster::new_database("tenth"), city / 10));
    let postgres = runtime.block_on(measure(&cluster::new_database("city"), city));
    let folder = std::env::temp_dir().join(format!("kokuho-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let sqlite = format!("sqlite:{}/town.db", folder.display());
    let sqlite = runtime.block_on(measure(&sqlite, town));
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
    println!(
        "{}",
        serde_json::json!({"tenth": tenth, "postgres": postgres, "sqlite": sqlite})
    );
}

fn done(mut command: Command) -> Duration {
    let started = Instant::now();
    assert!(command.status().expect("kokuho starts").success());
    started.elapsed()
}

/// Runs the workers and returns how long they took and their highest memory in megabytes.
fn worked(mut command: Command) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = command.spawn().expect("kokuho starts");
    let mut most = 0;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(peak.unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("the child is known") {
            assert!(ended.success());
            return (started.elapsed(), most / 1024);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn measure(database: &str, households: u32) -> serde_json::Value {
    let folder = std::env::temp_dir().join(format!("kokuho-bench-demo-{}", std::process::id()));
    let (count, out) = (
        households.to_string(),
        folder.to_string_lossy().into_owned(),
    );
    let words = ["demo", "--import", "--households", &count, "--out", &out];
    let import = done(kokuho(database, &words));
    let worker = ["worker", "--until-idle", "--workers", "2"];
    done(kokuho(database, &["yearly", "--fiscal-year", "2026"]));
    let (run, megabytes) = worked(kokuho(database, &worker));
    let verify = done(kokuho(database, &["verify"]));
    let sql = "SELECT COUNT(*) FROM ledger_entry";
    // The bench itself knows only the databases: linking the whole server takes minutes.
    let (entries, floor): (i64, Duration) = if database.starts_with("sqlite") {
        let pool = SqlitePool::connect(database).await.expect("the database");
        let entries = sqlx::query_scalar(sql).fetch_one(&pool).await;
        (entries.expect("a count"), inserted(&pool, &folder).await)
    } else {
        let pool = PgPool::connect(database).await.expect("the database");
        let entries = sqlx::query_scalar(sql).fetch_one(&pool).await;
        (entries.expect("a count"), copied(&pool, &folder).await)
    };
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
    // After the raw load, which has the tables as the run left them.
    let number = outcome(database, "yearly").await.0.to_string();
    let started = Instant::now();
    printed(database, &["check", &number]);
    done(kokuho(database, &worker));
    let check = started.elapsed();
    common::release(database, &number);
    let trial = if database.starts_with("sqlite") {
        Value::Null
    } else {
        tried(database).await
    };
    printed(database, &["letters", &number]);
    let (letters, most) = worked(kokuho(database, &worker));
    let told = outcome(database, "letters").await.1;
    assert_eq!(
        told["slips_total"], told["decided_total"],
        "decided and asked for"
    );
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    serde_json::json!({"households": households, "run_ms": ms(run), "floor_ms": ms(floor), "megabytes": megabytes,
        "entries": entries, "import_ms": ms(import), "verify_ms": ms(verify), "check_ms": ms(check), "trial": trial,
        "letters_ms": ms(letters), "letters_megabytes": most, "letters": told})
}

/// 料率の試算 over the stored city, as a clerk asks for it: milliseconds until the first figures and
/// until all, and the memory of the server.
async fn tried(database: &str) -> Value {
    let pool = PgPool::connect(database).await.expect("the database");
    execute(&pool, session(0)).await;
    let (mut child, url) = serve(database);
    let client = reqwest::Client::new();
    let call = async |request: reqwest::RequestBuilder| -> Value {
        let request = request
            .header("cookie", format!("__Host-kokuho={}", token(0)))
            .header("x-kokuho", "1")
            .header("origin", &url);
        let answer = request.send().await.expect("an answer");
        let answer = answer.error_for_status().expect("a good answer");
        answer.json().await.expect("JSON")
    };
    let assessor = figures::assessor("27100", FiscalYear(2026)).expect("rates");
    let mut rates = serde_json::to_value(assessor.rules.rates).expect("JSON");
    rates["medical"]["per_capita"] = json!(36_000);
    let wish = json!({"fiscal_year": 2026, "rates": rates});
    let started = Instant::now();
    let mut view = call(client.post(format!("{url}/api/whatifs")).json(&wish)).await;
    let mut first = None;
    while view["finished"] != true {
        let path = format!("{url}/api/whatifs/{}", view["id"]);
        view = call(client.get(path)).await;
        if view["done"].as_i64() > Some(0) {
            first.get_or_insert(started.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let all = started.elapsed();
    assert_eq!(view["problem"], Value::Null);
    assert_eq!(view["done"], view["decisions"]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    json!({"first_ms": first.unwrap_or(all).as_millis(), "all_ms": all.as_millis(),
        "megabytes": peak.unwrap_or(0) / 1024, "decisions": view["decisions"]})
}

/// The number of the job of a kind, and what came out.
async fn outcome(database: &str, kind: &str) -> (i64, serde_json::Value) {
    let sql = "SELECT id, outcome FROM job WHERE kind = $1 AND state = 'done'";
    let found: Result<(i64, String), _> = if database.starts_with("sqlite") {
        let pool = SqlitePool::connect(database).await.expect("the database");
        sqlx::query_as(sql).bind(kind).fetch_one(&pool).await
    } else {
        let pool = PgPool::connect(database).await.expect("the database");
        sqlx::query_as(sql).bind(kind).fetch_one(&pool).await
    };
    let (id, text) = found.expect("a finished job");
    (id, serde_json::from_str(&text).expect("its outcome"))
}

async fn execute(pool: &PgPool, sql: String) {
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await;
    done.expect("the statement succeeds");
}

/// COPY of the same rows into tables with the same columns, checks and indexes.
async fn copied(pool: &PgPool, folder: &Path) -> Duration {
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder, open).expect("PostgreSQL may write here");
    let file = |table: &str| format!("{}/{table}.copy", folder.display());
    for table in TABLES {
        execute(pool, format!("COPY {table} TO '{}'", file(table))).await;
        execute(
            pool,
            format!("CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)"),
        )
        .await;
    }
    execute(pool, "CHECKPOINT".to_owned()).await;
    let started = Instant::now();
    for table in TABLES {
        execute(pool, format!("COPY raw_{table} FROM '{}'", file(table))).await;
    }
    started.elapsed()
}

/// A table of SQLite: how it is made, and its rows as text.
struct Table {
    schema: Vec<String>,
    insert: String,
    rows: Vec<Vec<Option<String>>>,
}

async fn read(pool: &SqlitePool, name: &str) -> Table {
    let schema = format!(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND tbl_name = '{name}' \
         AND sql IS NOT NULL ORDER BY type DESC"
    );
    let columns = format!("SELECT name FROM pragma_table_info('{name}')");
    let texts = async |sql: String| -> Vec<String> {
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(pool)
            .await;
        found.expect("the schema")
    };
    let (schema, columns) = (texts(schema).await, texts(columns).await);
    let cast: Vec<String> = columns
        .iter()
        .map(|column| format!("CAST({column} AS TEXT)"))
        .collect();
    let select = format!("SELECT {} FROM {name}", cast.join(", "));
    let found = sqlx::query(sqlx::AssertSqlSafe(select))
        .fetch_all(pool)
        .await;
    let found = found.expect("rows");
    let rows = found
        .iter()
        .map(|row: &SqliteRow| (0..columns.len()).map(|place| row.get(place)).collect());
    let rows = rows.collect();
    let places = vec!["?"; columns.len()].join(", ");
    Table {
        schema,
        insert: format!(
            "INSERT INTO {name} ({}) VALUES ({places})",
            columns.join(", ")
        ),
        rows,
    }
}

/// One prepared INSERT a row, in one transaction, into tables with the same columns and indexes.
async fn inserted(pool: &SqlitePool, folder: &Path) -> Duration {
    // As the server opens it.
    let options = SqliteConnectOptions::new()
        .filename(folder.join("raw.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let raw = SqlitePool::connect_with(options).await.expect("a database");
    let mut tables = Vec::new();
    for name in TABLES {
        let table = read(pool, name).await;
        for sql in &table.schema {
            let made = sqlx::query(sqlx::AssertSqlSafe(sql.as_str()))
                .execute(&raw)
                .await;
            made.expect("the table");
        }
        tables.push(table);
    }
    let started = Instant::now();
    let mut tx = raw.begin().await.expect("a transaction");
    for table in &tables {
        for row in &table.rows {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(table.insert.as_str()));
            for value in row {
                query = query.bind(value.as_deref());
            }
            query.execute(&mut *tx).await.expect("a row");
        }
    }
    tx.commit().await.expect("the rows");
    started.elapsed()
}
