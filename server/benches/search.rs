//! Searching a person by name and date of birth among three million, on both databases, over
//! HTTP. Prints one JSON line.

mod common;

use common::{at, cluster, demo, serve, session, token};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use sqlx::{PgPool, SqlitePool};
use std::time::Instant;

const PERSONS: i64 = 3_000_000;
const HOUSEHOLDS: u32 = 20_000;
const SEARCHES: i64 = 2_000;

fn main() {
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let postgres = runtime.block_on(measure(&cluster::new_database("search")));
    let folder = std::env::temp_dir().join(format!("kokuho-bench-search-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = format!("sqlite:{}/city.db", folder.display());
    let sqlite = runtime.block_on(measure(&file));
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
    println!(
        "{}",
        serde_json::json!({"postgres": postgres, "sqlite": sqlite})
    );
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    async fn open(database: &str) -> Pool {
        if database.starts_with("sqlite") {
            Pool::Sqlite(SqlitePool::connect(database).await.expect("the database"))
        } else {
            Pool::Postgres(PgPool::connect(database).await.expect("the database"))
        }
    }

    async fn execute(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql);
        let done = match self {
            Pool::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
            Pool::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
        };
        done.expect("the statement succeeds");
    }

    async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql);
        let found = match self {
            Pool::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
            Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
        };
        found.expect("a number")
    }

    async fn keys(&self, persons: i64) -> Vec<(String, String)> {
        let sql = "SELECT kana, CAST(birth_date AS TEXT) FROM person_fact WHERE person_id % $1 = 0 LIMIT $2";
        let step = (persons / SEARCHES).max(1);
        let found = match self {
            Pool::Sqlite(pool) => {
                let query = sqlx::query_as(sql).bind(step).bind(SEARCHES);
                query.fetch_all(pool).await
            }
            Pool::Postgres(pool) => {
                let query = sqlx::query_as(sql).bind(step).bind(SEARCHES);
                query.fetch_all(pool).await
            }
        };
        found.expect("persons")
    }
}

/// The city again and again under other ids: as many people of one name and day as in a
/// prefecture's towns together.
async fn grow(pool: &Pool) -> i64 {
    let mut step = 1 + pool.number("SELECT MAX(person_id) FROM person_fact").await;
    let mut persons = pool.number("SELECT COUNT(*) FROM person_fact").await;
    while persons < PERSONS {
        let most = PERSONS - persons;
        pool.execute(&format!(
            "INSERT INTO person_fact SELECT id + {step}, person_id + {step}, change_id, valid_from, valid_until, \
             recorded_at, superseded_at, resident_number, name, kana, name_folded, kana_folded, birth_date, sex, \
             postcode, address, ward FROM person_fact ORDER BY id LIMIT {most}"
        )).await;
        pool.execute(&format!(
            "INSERT INTO membership_fact SELECT id + {step}, household_id + {step}, person_id + {step}, change_id, \
             valid_from, valid_until, recorded_at, superseded_at, household_number, relation, head, moved_in \
             FROM membership_fact WHERE person_id + {step} IN (SELECT person_id FROM person_fact)"
        )).await;
        step *= 2;
        persons = pool.number("SELECT COUNT(*) FROM person_fact").await;
    }
    pool.execute("ANALYZE").await;
    persons
}

async fn measure(database: &str) -> Value {
    demo(database, HOUSEHOLDS);
    let pool = Pool::open(database).await;
    let persons = grow(&pool).await;
    pool.execute(&session(0)).await;
    let keys = pool.keys(persons).await;
    let (mut child, url) = serve(database);
    let client = Client::new();
    let (mut whole, mut prefix, mut found) = (Vec::new(), Vec::new(), 0);
    for (kana, birth) in keys {
        let first: String = kana.chars().take(2).collect();
        for (name, times) in [(&kana, &mut whole), (&first, &mut prefix)] {
            let started = Instant::now();
            let request = client
                .post(format!("{url}/api/persons/search"))
                .json(&serde_json::json!({"name": name, "birth_date": birth}))
                .header("x-kokuho", "1")
                .header("origin", &url)
                .header("cookie", format!("__Host-kokuho={}", token(0)));
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            let list: Vec<Value> = answer.json().await.expect("people");
            times.push(started.elapsed().as_micros());
            found += list.len();
        }
    }
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
    serde_json::json!({"persons": persons, "found": found, "whole_p50_us": at(&whole, 50), "whole_p99_us": at(&whole, 99),
        "prefix_p50_us": at(&prefix, 50), "prefix_p99_us": at(&prefix, 99)})
}
