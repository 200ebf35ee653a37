//! 200 clerks at work on one machine: reading households and saving changes, beside the yearly run and
//! beside a file of the whole city, and both as fast as it goes, beside what pgbench does of the same statements
//! on the same PostgreSQL. Prints one JSON line.

mod common;

use common::clerks::{Office, Seen, paced, prepared, saturated, warm};
use common::statements::{self, Scripts, Whose};
use common::{cluster, demo, kokuho, residents, run, serve};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const CITY: u32 = 340_000;
/// SQLite is for a town.
const TOWN: u32 = 34_000;

fn main() {
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    cluster::DURABLE.store(true, Ordering::Relaxed);
    let number = |name: &str, usual: u32| {
        let asked = std::env::var(name).ok();
        asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (city, town) = (number("KOKUHO_CITY", CITY), number("KOKUHO_TOWN", TOWN));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = std::env::temp_dir().join(format!("kokuho-bench-clerks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let sqlite = format!("sqlite:{}/town.db", folder.display());
    // None of one of them measures the other alone.
    let sqlite = (town > 0).then(|| runtime.block_on(measure(&sqlite, town)));
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
    let postgres = (city > 0).then(|| {
        let database = cluster::new_database("office");
        runtime.block_on(measure(&database, city))
    });
    println!("{}", json!({"sqlite": sqlite, "postgres": postgres}));
}

/// Calm, as fast as it goes, beside the yearly run, and beside the residents' file of the whole city.
async fn measure(database: &str, households: u32) -> Value {
    demo(database, households);
    let all = prepared(database).await;
    rested(database).await;
    let (mut child, url) = serve(database);
    let office = Arc::new(Office {
        url,
        client: Client::new(),
        households: all,
    });
    // A server that has just begun plans every statement anew on each connection.
    warm(&office).await;
    let ended = Arc::new(AtomicBool::new(true));
    let calm = paced(&office, 0, &ended).await;
    let reads = saturated(&office, false).await;
    let writes = saturated(&office, true).await;
    run(database, &["yearly", "--fiscal-year", "2026"]);
    let mut worker = kokuho(database, &["worker", "--workers", "1"])
        .spawn()
        .expect("a worker");
    let beside = paced(&office, 1, &ended).await;
    worker.kill().expect("the worker ends");
    worker.wait().expect("the worker has ended");
    // As many change as in a city's year, and everybody.
    let (changed, changed_ms) = beside_file(database, &office, (households, 10, 2)).await;
    let (imported, import) = beside_file(database, &office, (households, 1, 3)).await;
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    let [select, update] = match database.starts_with("sqlite") {
        true => [None, None],
        false => floors(database, &office.households).await.map(Some),
    };
    json!({"calm": calm.told(), "yearly": beside.told(), "changed": changed.told(), "changed_ms": changed_ms,
        "import": imported.told(), "import_ms": import,
        "reads_per_second": reads, "writes_per_second": writes, "select_per_second": select, "update_per_second": update})
}

/// A night after the city was filled: PostgreSQL has looked through the tables that were filled, as it does by
/// itself within minutes of a load, and what it does then is not measured as if clerks did it.
async fn rested(database: &str) {
    if database.starts_with("sqlite") {
        return;
    }
    let pool = PgPool::connect(database).await.expect("the database");
    let filled =
        "SELECT format('VACUUM ANALYZE %I', relname) FROM pg_stat_user_tables WHERE n_live_tup > 0";
    let filled: Vec<String> = sqlx::query_scalar(filled)
        .fetch_all(&pool)
        .await
        .expect("tables");
    assert!(filled.len() > 5, "{filled:?}");
    for one in filled {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(one)).execute(&pool).await;
        done.expect("vacuum");
    }
    // What that wrote reaches the disk before anybody saves.
    let done = sqlx::raw_sql("CHECKPOINT").execute(&pool).await;
    done.expect("checkpoint");
    pool.close().await;
}

/// Beside the residents' file of the whole city with one in so many changed: what clerks saw, and how long
/// the file took.
async fn beside_file(
    database: &str,
    office: &Arc<Office>,
    (households, one_in, round): (u32, usize, usize),
) -> (Seen, u64) {
    let (importing, residents) = (office.clone(), residents(database, households, one_in));
    let done = Arc::new(AtomicBool::new(false));
    let finished = done.clone();
    let import = tokio::spawn(async move {
        let begun = std::time::Instant::now();
        importing.take_in(residents).await;
        finished.store(true, Ordering::Relaxed);
        u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    });
    let seen = paced(office, round, &done).await;
    (seen, import.await.expect("the import"))
}

/// How often a second the database itself does the statements of a look, and of a change.
async fn floors(database: &str, households: &[i64]) -> [u64; 2] {
    let pool = PgPool::connect(database).await.expect("the database");
    let scripts = own_statements(database, &pool, households).await;
    pool.close().await;
    // As many connections as the server's pool has.
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let connections = u32::try_from(processors * 2 + 2).expect("a number");
    [&scripts.look, &scripts.change].map(|script| cluster::pgbench("office", script, connections))
}

/// What one look and one change ask the database, as scripts for pgbench.
async fn own_statements(database: &str, pool: &PgPool, households: &[i64]) -> Scripts {
    let run = async |sql: &str| {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await;
        done.expect("a statement");
    };
    run("CREATE TABLE bench_pick AS SELECT row_number() OVER () AS n, m.household_id, m.person_id FROM membership_fact m \
         JOIN income_fact i ON i.person_id = m.person_id AND i.income_year = 2025 AND i.superseded_at IS NULL \
         WHERE m.head AND m.superseded_at IS NULL; CREATE UNIQUE INDEX ON bench_pick (n); ANALYZE bench_pick; \
         ALTER DATABASE office SET log_statement = 'all'").await;
    // Connections from now on are heard.
    let heard = PgPool::connect(database).await.expect("the database");
    let mark = async |text: &str| {
        let sql = format!("SELECT {text}");
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&heard)
            .await;
        done.expect("a mark");
    };
    // Through one connection, so that the statements stand in the order in which they are asked.
    let (mut child, url) = common::serve_with(database, Some(1));
    let office = Office {
        url,
        client: Client::new(),
        households: households.to_vec(),
    };
    let mut view = Value::Null;
    for turn in 70..75 {
        view = office.read(0, turn).await.expect("a household");
        view = office.write(0, turn, &view).await.expect("a change");
    }
    let marks = ["'mark one'", "'mark two'", "'mark three'"];
    let id = view["id"].as_i64().expect("an id");
    let path = format!("/api/households/{id}?fiscal_year=2026");
    mark("'mark one'").await;
    let view = office
        .call(0, Method::GET, &path, None)
        .await
        .expect("a look");
    mark("'mark two'").await;
    office.write(0, 99, &view).await.expect("a change");
    mark("'mark three'").await;
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    heard.close().await;
    run("ALTER DATABASE office RESET log_statement").await;
    let picked = sqlx::query_scalar("SELECT COUNT(*) FROM bench_pick");
    let count: i64 = picked.fetch_one(pool).await.expect("a count");
    let first = households.first().copied().expect("a household");
    let whose = Whose {
        household: id,
        person: view["members"][0]["person_id"].as_i64().expect("a person"),
        households: (first, first + count - 1),
    };
    statements::scripts(marks, &whose)
}
