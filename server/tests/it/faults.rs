//! A database that goes away or is full: a clear error, nothing half-written, and all goes on
//! once it is back.

use crate::office::{Kind, Office};
use kokuho_server::store::Db;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const CITY: &str = "27100";

async fn start(office: &Office) -> Value {
    let (status, job) = office
        .send(Method::POST, "/api/runs", json!({"fiscal_year": 2026}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    job
}

/// Sets how many pages the writer may fill.
async fn most_pages(db: &Db, pages: i64) {
    let Db::Sqlite(files) = db else {
        unreachable!("only SQLite counts pages")
    };
    let sql = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&files.writer)
        .await
        .unwrap();
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_half_written_and_the_run_goes_on_when_there_is_room() {
    let office = Office::open(Kind::Sqlite, CITY).await;
    office.with_demo(CITY, 60).await;
    let job = start(&office).await;
    let before = (
        office.rows().await,
        kokuho_server::rooms::state(&office.db).await.unwrap(),
    );
    most_pages(&office.db, 1).await;
    // Whether the queue itself can still be written to depends on what is left on its pages.
    let ended = office.worker(CITY, "full").run_until_idle().await;
    let path = format!("/api/runs/{}", job["id"]);
    let (_, view) = office.get(&path).await;
    assert!(ended.is_err() || view["job"]["state"] == "failed", "{view}");
    let after = (
        office.rows().await,
        kokuho_server::rooms::state(&office.db).await.unwrap(),
    );
    assert_eq!(before, after);
    most_pages(&office.db, 1_000_000).await;
    let resume = format!("/api/jobs/{}/resume", job["id"]);
    office.send(Method::POST, &resume, json!(null)).await;
    let mut worker = office.worker(CITY, "room");
    worker.lease = Duration::ZERO;
    worker.run_until_idle().await.unwrap();
    let (_, view) = office.get(&path).await;
    assert_eq!(view["job"]["state"], "done", "{view}");
    assert_eq!(
        view["outcome"]["decided_total"],
        view["outcome"]["booked_total"]
    );
}

/// Lets nobody into the database and sends everybody out, or opens it again.
async fn open(admin: &sqlx::PgPool, name: &str, open: bool) {
    let sql = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {open}");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(admin)
        .await
        .unwrap();
    if !open {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        sqlx::query(sql).bind(name).execute(admin).await.unwrap();
    }
}

#[tokio::test]
async fn while_the_database_is_away_requests_say_so_and_afterwards_the_run_goes_on() {
    let office = Office::open(Kind::Postgres, CITY).await;
    office.with_demo(CITY, 60).await;
    let Db::Postgres(pool, _) = &office.db else {
        unreachable!("PostgreSQL was asked for")
    };
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(pool)
        .await
        .unwrap();
    let options = pool.connect_options().as_ref().clone().database("postgres");
    let admin = sqlx::PgPool::connect_with(options).await.unwrap();
    let job = start(&office).await;
    let mut worker = office.worker(CITY, "patient");
    worker.lease = Duration::from_secs(1);
    open(&admin, &name, false).await;
    let working = tokio::spawn(worker.run());
    let (status, problem) = office.get("/api/jobs").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(
        problem["message"]
            .as_str()
            .unwrap()
            .contains("データベース")
    );
    open(&admin, &name, true).await;
    let done = async {
        loop {
            let (_, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
            if view["job"]["state"] == "done" {
                return view;
            }
            tokio::task::yield_now().await;
        }
    };
    let view = tokio::time::timeout(Duration::from_secs(60), done).await;
    let view = view.expect("the run goes on");
    working.abort();
    assert_eq!(
        view["outcome"]["decided_total"],
        view["outcome"]["booked_total"]
    );
    assert_eq!(
        kokuho_server::rooms::verify(&office.db)
            .await
            .unwrap()
            .broken,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn who_decides_at_the_same_moment_as_the_run_is_asked_to_look_again() {
    let office = Office::open(Kind::Postgres, "27213").await;
    office.with_city().await;
    let view = office.household().await;
    // The run works through connections of its own.
    let other = Db::open(&office.database).await.unwrap();
    let Db::Postgres(pool, _) = &other else {
        unreachable!("PostgreSQL was asked for")
    };
    // The run has written its decision of this household and has not committed yet.
    let mut run = pool.begin().await.unwrap();
    let sql = "INSERT INTO decision (id, household_id, fiscal_year, decided_at, decided_by, revision, parameters, \
        parameters_sha256, rule_version, total, inputs, result, sequence, run_id) \
        VALUES (1, $1, 2026, 0, 'run', 0, '', '', 0, 0, '', '', 1, 7)";
    sqlx::query(sql)
        .bind(view["id"].as_i64())
        .execute(&mut *run)
        .await
        .unwrap();
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let request = office
        .request(&office.client, Method::POST, &path)
        .json(&wish);
    let deciding = tokio::spawn(request.send());
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(pool)
        .await
        .unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    run.commit().await.unwrap();
    let answer = deciding.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let problem: Value = answer.json().await.unwrap();
    assert!(problem["message"].as_str().unwrap().contains("同時に"));
}
