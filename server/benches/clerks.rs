//! 200 clerks at work on one machine: reading households, saving changes, and both as fast as it
//! goes, beside what pgbench does on the same PostgreSQL. Prints one JSON line.

mod common;

use common::statements::{self, Scripts, Whose};
use common::{at, cluster, demo, kokuho, run, serve, session, token};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const HOUSEHOLDS: u32 = 20_000;
const CLERKS: usize = 200;
/// Each clerk does something about once a second.
const PACE: Duration = Duration::from_secs(1);
const PACED: Duration = Duration::from_secs(12);
const SATURATED: Duration = Duration::from_secs(6);
/// Every n-th thing a clerk does is a change.
const CHANGE: usize = 5;
const AT_ONCE: usize = 16;
/// Turns before anything is measured: their households come again much later.
const WARM: std::ops::Range<usize> = 80..90;

fn main() {
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    cluster::DURABLE.store(true, Ordering::Relaxed);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("{}", runtime.block_on(measure()));
}

/// The office that clerks call.
struct Office {
    url: String,
    client: Client,
    households: Vec<i64>,
}

async fn measure() -> Value {
    let database = cluster::new_database("office");
    demo(&database, HOUSEHOLDS);
    let pool = PgPool::connect(&database).await.expect("the database");
    sessions(&pool).await;
    let sql = "SELECT DISTINCT m.household_id FROM membership_fact m JOIN eligibility_fact e ON e.person_id = m.person_id AND e.valid_until IS NULL AND m.valid_until IS NULL \
               ORDER BY m.household_id";
    let households = sqlx::query_scalar(sql).fetch_all(&pool).await;
    let (mut child, url) = serve(&database);
    let office = Arc::new(Office {
        url,
        client: Client::new(),
        households: households.expect("households"),
    });
    // A server that has just begun plans every statement anew on each connection.
    warm(&office).await;
    let calm = paced(&office, 0).await;
    let reads = saturated(&office, false).await;
    let writes = saturated(&office, true).await;
    run(&database, &["yearly", "--fiscal-year", "2026"]);
    let mut worker = kokuho(&database, &["worker", "--workers", "1"])
        .spawn()
        .expect("a worker");
    let beside = paced(&office, 1).await;
    worker.kill().expect("the worker ends");
    worker.wait().expect("the worker has ended");
    let (imported, saves) = beside_import(&database, &office).await;
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    let scripts = own_statements(&database, &pool, &office.households).await;
    pool.close().await;
    let connections = u32::try_from(AT_ONCE).expect("a number");
    let select = cluster::pgbench("office", &scripts.look, connections);
    let update = cluster::pgbench("office", &scripts.change, connections);
    json!({"read_p50_us": at(&calm.reads, 50), "read_p99_us": at(&calm.reads, 99), "write_p50_us": at(&calm.writes, 50),
        "write_p99_us": at(&calm.writes, 99), "errors": calm.errors + calm.refused + beside.errors + beside.refused + imported.errors,
        "import_read_p99_us": at(&imported.reads, 99), "import_saves_refused": saves,
        "beside_read_p99_us": at(&beside.reads, 99), "beside_write_p99_us": at(&beside.writes, 99),
        "reads_per_second": reads, "writes_per_second": writes, "select_per_second": select, "update_per_second": update})
}

/// Clerks beside imports of the whole city's incomes, each time other ones; how many saves were told to
/// wait.
async fn beside_import(database: &str, office: &Arc<Office>) -> (Seen, usize) {
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (url, stopped) = (database.to_owned(), stop.clone());
    let incomes = common::incomes(database, HOUSEHOLDS);
    let importing = std::thread::spawn(move || {
        let mut imports = 0;
        while !stopped.load(Ordering::Relaxed) {
            imports += 1;
            common::import_changed(&url, &incomes, imports);
        }
        imports
    });
    let mut seen = paced(office, 2).await;
    stop.store(true, Ordering::Relaxed);
    let imports: usize = importing.join().expect("imports");
    assert!(imports > 0);
    // A save may be told to wait; a look may not.
    let refused = std::mem::take(&mut seen.refused);
    (seen, refused)
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
    // Through one connection, so that the statements stand in the order in which they are asked.
    let (mut child, url) = common::serve_with(database, 1);
    let office = Office {
        url,
        client: Client::new(),
        households: households.to_vec(),
    };
    let mut view = Value::Null;
    for turn in 70..75 {
        view = office.read(0, turn).await.expect("a household");
        view = office.write(0, turn, &view).await.unwrap_or(view);
    }
    let marks = ["'mark one'", "'mark two'", "'mark three'"];
    let id = view["id"].as_i64().expect("an id");
    let path = format!("/api/households/{id}?fiscal_year=2026");
    run("SELECT 'mark one'").await;
    let view = office
        .call(0, Method::GET, &path, None)
        .await
        .expect("a look");
    run("SELECT 'mark two'").await;
    office.write(0, 99, &view).await.expect("a change");
    run("SELECT 'mark three'").await;
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
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

async fn sessions(pool: &PgPool) {
    for clerk in 0..CLERKS {
        let done = sqlx::query(sqlx::AssertSqlSafe(session(clerk)))
            .execute(pool)
            .await;
        done.expect("a session");
    }
}

#[derive(Default)]
struct Seen {
    reads: Vec<u128>,
    writes: Vec<u128>,
    errors: usize,
    /// Saves that were told to wait.
    refused: usize,
}

impl Office {
    async fn call(
        &self,
        clerk: usize,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<Value> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("cookie", format!("__Host-kokuho={}", token(clerk)))
            .header("x-kokuho", "1")
            .header("origin", &self.url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        (answer.status() == StatusCode::OK).then_some(())?;
        answer.json().await.ok()
    }

    /// Every clerk has households that nobody else changes.
    fn household(&self, clerk: usize, turn: usize) -> i64 {
        self.households[(clerk + turn * CLERKS) % self.households.len()]
    }

    async fn read(&self, clerk: usize, turn: usize) -> Option<Value> {
        let path = format!(
            "/api/households/{}?fiscal_year=2026",
            self.household(clerk, turn)
        );
        self.call(clerk, Method::GET, &path, None).await
    }

    async fn write(&self, clerk: usize, turn: usize, view: &Value) -> Option<Value> {
        let mut member = json!({"person_id": view["members"][0]["person_id"], "eligibility": view["members"][0]["eligibility"],
            "income": view["members"][0]["income"], "income_status": "known"});
        member["income"]["other_income"] = (turn * 1_000 + 1_000).into();
        let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "測定", "members": [member]});
        let path = format!("/api/households/{}/facts", view["id"]);
        self.call(clerk, Method::PUT, &path, Some(&edit)).await
    }
}

/// All clerks at their pace; `round` gives them other households than before.
async fn paced(office: &Arc<Office>, round: usize) -> Seen {
    let mut all = tokio::task::JoinSet::new();
    for clerk in 0..CLERKS {
        let office = office.clone();
        all.spawn(async move {
            let mut seen = Seen::default();
            tokio::time::sleep(PACE * u32::try_from(clerk).unwrap_or(0) / 200).await;
            let (begin, mut turn) = (Instant::now(), round * 40);
            while begin.elapsed() < PACED {
                let next = Instant::now() + PACE;
                work(&office, clerk, turn, &mut seen).await;
                turn += 1;
                tokio::time::sleep_until(next.into()).await;
            }
            seen
        });
    }
    let mut sum = Seen::default();
    while let Some(seen) = all.join_next().await {
        let seen = seen.expect("a clerk");
        sum.reads.extend(seen.reads);
        sum.writes.extend(seen.writes);
        sum.errors += seen.errors;
        sum.refused += seen.refused;
    }
    sum
}

/// The first morning's look and change of some clerks, on all connections.
async fn warm(office: &Arc<Office>) {
    let mut all = tokio::task::JoinSet::new();
    for clerk in 0..AT_ONCE * 2 {
        let office = office.clone();
        all.spawn(async move {
            for turn in WARM {
                work(&office, clerk, turn, &mut Seen::default()).await;
            }
        });
    }
    while let Some(done) = all.join_next().await {
        done.expect("a clerk");
    }
}

async fn work(office: &Office, clerk: usize, turn: usize, seen: &mut Seen) {
    let started = Instant::now();
    let view = office.read(clerk, turn).await;
    seen.reads.push(started.elapsed().as_micros());
    let Some(view) = view else {
        seen.errors += 1;
        return;
    };
    if turn.is_multiple_of(CHANGE) {
        let started = Instant::now();
        let done = office.write(clerk, turn, &view).await;
        seen.writes.push(started.elapsed().as_micros());
        seen.refused += usize::from(done.is_none());
    }
}

/// As many a second as go.
async fn saturated(office: &Arc<Office>, writes: bool) -> u64 {
    let mut all = tokio::task::JoinSet::new();
    for clerk in 0..AT_ONCE {
        let office = office.clone();
        all.spawn(async move {
            let (begin, mut done) = (Instant::now(), 0u64);
            // A change needs the revision that the one before left.
            let mut view = office.read(clerk, 0).await.expect("a household");
            while begin.elapsed() < SATURATED {
                if writes {
                    let turn = usize::try_from(done).unwrap_or(0);
                    view = office.write(clerk, turn, &view).await.expect("a change");
                } else {
                    office
                        .read(clerk, usize::try_from(done % 50).unwrap_or(0))
                        .await
                        .expect("a household");
                }
                done += 1;
            }
            done
        });
    }
    let mut sum = 0;
    while let Some(done) = all.join_next().await {
        sum += done.expect("a clerk");
    }
    sum / SATURATED.as_secs()
}
