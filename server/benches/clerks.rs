//! 200 clerks at work on one machine: reading households, saving changes, and both as fast as it
//! goes, beside what pgbench does on the same PostgreSQL. Prints one JSON line.

mod common;

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
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    pool.close().await;
    let [select, update] = cluster::pgbench("office");
    json!({"read_p50_us": at(&calm.reads, 50), "read_p99_us": at(&calm.reads, 99), "write_p50_us": at(&calm.writes, 50),
        "write_p99_us": at(&calm.writes, 99), "errors": calm.errors + beside.errors,
        "beside_read_p99_us": at(&beside.reads, 99), "beside_write_p99_us": at(&beside.writes, 99),
        "reads_per_second": reads, "writes_per_second": writes, "select_per_second": select, "update_per_second": update})
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
        seen.errors += usize::from(done.is_none());
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
