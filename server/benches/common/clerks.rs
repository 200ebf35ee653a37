//! 200 clerks who look and save through a server, and somebody who takes a file in.

use super::{at, session, token};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{PgPool, SqlitePool};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub const CLERKS: usize = 200;
/// Each clerk does something about once a second.
const PACE: Duration = Duration::from_secs(1);
const PACED: Duration = Duration::from_secs(12);
const SATURATED: Duration = Duration::from_secs(6);
/// Every n-th thing a clerk does is a change.
const CHANGE: usize = 5;
const AT_ONCE: usize = 16;
/// Turns before anything is measured: their households come again much later.
const WARM: std::ops::Range<usize> = 80..90;

/// The office that clerks call.
pub struct Office {
    pub url: String,
    pub client: Client,
    pub households: Vec<i64>,
}

/// What clerks saw: times in microseconds.
#[derive(Default)]
pub struct Seen {
    pub reads: Vec<u128>,
    pub writes: Vec<u128>,
    /// Looks without an answer.
    pub errors: usize,
    /// Saves that were told to wait, and when to ask again.
    pub told_to_wait: usize,
    /// Saves of what somebody else, here the file, had changed since the look.
    pub overtaken: usize,
    /// Saves that failed in any other way.
    pub failed: usize,
}

impl Seen {
    fn add(&mut self, seen: Seen) {
        self.reads.extend(seen.reads);
        self.writes.extend(seen.writes);
        self.errors += seen.errors;
        self.told_to_wait += seen.told_to_wait;
        self.overtaken += seen.overtaken;
        self.failed += seen.failed;
    }

    pub fn told(&self) -> Value {
        json!({"read_p50_us": at(&self.reads, 50), "read_p99_us": at(&self.reads, 99), "write_p50_us": at(&self.writes, 50),
            "write_p99_us": at(&self.writes, 99), "reads": self.reads.len(), "errors": self.errors,
            "told_to_wait": self.told_to_wait, "overtaken": self.overtaken, "failed": self.failed})
    }
}

/// Sessions of all clerks, and the households that anybody insured belongs to now.
pub async fn prepared(database: &str) -> Vec<i64> {
    const HOUSEHOLDS: &str = "SELECT DISTINCT m.household_id FROM membership_fact m JOIN eligibility_fact e \
        ON e.person_id = m.person_id AND e.valid_until IS NULL AND m.valid_until IS NULL ORDER BY m.household_id";
    let sessions: Vec<String> = (0..CLERKS).map(session).collect();
    let sessions = sqlx::AssertSqlSafe(sessions.join(";\n"));
    if database.starts_with("sqlite") {
        let pool = SqlitePool::connect(database).await.expect("the database");
        let done = sqlx::raw_sql(sessions).execute(&pool).await;
        done.expect("sessions");
        let all = sqlx::query_scalar(HOUSEHOLDS).fetch_all(&pool).await;
        pool.close().await;
        return all.expect("households");
    }
    let pool = PgPool::connect(database).await.expect("the database");
    let done = sqlx::raw_sql(sessions).execute(&pool).await;
    done.expect("sessions");
    let all = sqlx::query_scalar(HOUSEHOLDS).fetch_all(&pool).await;
    all.expect("households")
}

impl Office {
    pub async fn call(
        &self,
        clerk: usize,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Option<StatusCode>> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("cookie", format!("__Host-kokuho={}", token(clerk)))
            .header("x-kokuho", "1")
            .header("origin", &self.url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|_| None)?;
        match answer.status() {
            StatusCode::OK => answer.json().await.map_err(|_| None),
            // Who is told to wait is told for how long.
            StatusCode::SERVICE_UNAVAILABLE if !answer.headers().contains_key("retry-after") => {
                Err(None)
            }
            status => Err(Some(status)),
        }
    }

    /// Every clerk has households that nobody else changes.
    fn household(&self, clerk: usize, turn: usize) -> i64 {
        self.households[(clerk + turn * CLERKS) % self.households.len()]
    }

    pub async fn read(&self, clerk: usize, turn: usize) -> Result<Value, Option<StatusCode>> {
        let path = format!(
            "/api/households/{}?fiscal_year=2026",
            self.household(clerk, turn)
        );
        self.call(clerk, Method::GET, &path, None).await
    }

    pub async fn write(
        &self,
        clerk: usize,
        turn: usize,
        view: &Value,
    ) -> Result<Value, Option<StatusCode>> {
        let mut member = json!({"person_id": view["members"][0]["person_id"], "eligibility": view["members"][0]["eligibility"],
            "income": view["members"][0]["income"], "income_status": "known"});
        member["income"]["other_income"] = (turn * 1_000 + 1_000).into();
        let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "測定", "members": [member]});
        let path = format!("/api/households/{}/facts", view["id"]);
        self.call(clerk, Method::PUT, &path, Some(&edit)).await
    }

    /// Takes the residents' file in through the screen's route, and returns when it is done.
    pub async fn take_in(&self, residents: Vec<u8>) {
        let path = "/api/imports?kind=residents&file_name=residents.csv";
        let own = |request: reqwest::RequestBuilder| {
            request
                .header("cookie", format!("__Host-kokuho={}", token(0)))
                .header("x-kokuho", "1")
                .header("origin", &self.url)
        };
        let sent = own(self.client.post(format!("{}{path}", self.url))).body(residents);
        let sent = sent.send().await.expect("an answer");
        let started: Value = sent.json().await.expect("the number of the import");
        let events = format!("{}/api/imports/{}/events", self.url, started["job"]);
        let told = own(self.client.get(events)).send().await.expect("events");
        let told = told.text().await.expect("events until the end");
        let last = told.lines().rfind(|line| line.starts_with("data: "));
        let last = last.expect("an event");
        assert!(last.contains("\"done\""), "{last}");
    }
}

/// All clerks at their pace, twelve seconds or until `done`; `round` gives them other households than
/// before.
pub async fn paced(office: &Arc<Office>, round: usize, done: &Arc<AtomicBool>) -> Seen {
    let mut all = tokio::task::JoinSet::new();
    for clerk in 0..CLERKS {
        let (office, done) = (office.clone(), done.clone());
        all.spawn(async move {
            let mut seen = Seen::default();
            tokio::time::sleep(PACE * u32::try_from(clerk).unwrap_or(0) / 200).await;
            let (begin, mut turn) = (Instant::now(), round * 40);
            while begin.elapsed() < PACED || !done.load(Ordering::Relaxed) {
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
        sum.add(seen.expect("a clerk"));
    }
    sum
}

/// The first morning's look and change of some clerks, on all connections.
pub async fn warm(office: &Arc<Office>) {
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
    let Ok(view) = view else {
        seen.errors += 1;
        return;
    };
    if turn.is_multiple_of(CHANGE) {
        let started = Instant::now();
        let done = office.write(clerk, turn, &view).await;
        seen.writes.push(started.elapsed().as_micros());
        match done {
            Ok(_) => {}
            Err(Some(StatusCode::SERVICE_UNAVAILABLE)) => seen.told_to_wait += 1,
            Err(Some(StatusCode::CONFLICT)) => seen.overtaken += 1,
            Err(_) => seen.failed += 1,
        }
    }
}

/// As many a second as go.
pub async fn saturated(office: &Arc<Office>, writes: bool) -> u64 {
    let mut all = tokio::task::JoinSet::new();
    for clerk in 0..AT_ONCE {
        let office = office.clone();
        all.spawn(async move {
            let (begin, mut done) = (Instant::now(), 0u64);
            // A change needs the revision that the one before left.
            let mut view = office.read(clerk, 0).await.expect("a household");
            while begin.elapsed() < SATURATED {
                let turn = usize::try_from(done).unwrap_or(0);
                if writes {
                    view = office.write(clerk, turn, &view).await.expect("a change");
                } else {
                    office.read(clerk, turn % 50).await.expect("a household");
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
