//! Who waits for whom: nothing that looks waits for a writer, whoever waits too long is told so, and what
//! is known never goes back.

use crate::both;
use crate::cluster;
use crate::moves::decide;
use crate::office::{Kind, Office, new_database};
use crate::program::{kokuho, output};
use kokuho_server::error::ServiceError;
use kokuho_server::store::{Connections, Db, Lock, Row};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// Longer than anybody is made to wait before the screen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends until the office is not busy any more; a busy one says when to ask again.
async fn insist(office: &Office, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let begun = Instant::now();
    loop {
        let request = office
            .request(&office.client, method.clone(), path)
            .json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        if status != StatusCode::SERVICE_UNAVAILABLE {
            return (status, answer.json().await.unwrap_or(Value::Null));
        }
        assert!(answer.headers().contains_key("retry-after"), "{path}");
        assert!(begun.elapsed() < 6 * PATIENCE, "{path} is busy for ever");
    }
}

both! {
    async fn ten_notices_at_once_are_issued_through_one_connection_and_the_office_goes_on(office: Office) {
        office.with_demo("27213", 12).await;
        let mut ids: Vec<i64> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar("SELECT DISTINCT household_id FROM membership_fact WHERE superseded_at IS NULL ORDER BY household_id")
                .fetch_all(pool).await.unwrap());
        ids.truncate(10);
        let mut paths = Vec::new();
        for id in ids {
            let decision = decide(&office, id).await;
            paths.push(format!("/api/decisions/{}/notice", decision["summary"]["id"]));
        }
        let nothing = Value::Null;
        let issued = paths.iter().map(|path| insist(&office, Method::POST, path, &nothing));
        let all = futures(issued).await;
        let mut numbers: Vec<String> = Vec::new();
        for (status, letter) in all {
            assert_eq!(status, StatusCode::OK, "{letter}");
            numbers.push(letter["number"].as_str().unwrap().to_owned());
        }
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 10);
        assert_eq!(office.get("/api/session").await.0, StatusCode::OK);
    }
}

/// All of them at once, in their order.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut open = false;
        for (one, done) in &mut waiting {
            if done.is_none() {
                match one.as_mut().poll(context) {
                    std::task::Poll::Ready(told) => *done = Some(told),
                    std::task::Poll::Pending => open = true,
                }
            }
        }
        if open {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

both! {
    async fn while_somebody_writes_for_long_every_look_is_answered_and_a_change_is_told_to_wait(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let id = &view["id"];
        // Somebody else's import holds everything.
        let other = Db::open_with(&office.database, Connections(2)).await.unwrap();
        let import = other.write(Lock::Everything).await.unwrap();
        let looks = ["", "/documents", "/papers", "/stays", "/students", "/my-number", "/reliefs", "/notices", "/ledger", "/inquiries"];
        let paths = looks.iter().map(|look| format!("/api/households/{id}{look}?fiscal_year=2026"));
        let lists = ["/api/session", "/api/queue", "/api/duplicates", "/api/interchange", "/api/provision/requests", "/api/facilities", "/api/jobs", "/healthz"];
        for path in paths.chain(lists.iter().map(|path| (*path).to_owned())) {
            let begun = Instant::now();
            let (status, answer) = office.get(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}: {answer}");
            assert!(begun.elapsed() < Duration::from_secs(3), "{path} waited {:?}", begun.elapsed());
        }
        let begun = Instant::now();
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": []});
        let request = office.request(&office.client, Method::PUT, &format!("/api/households/{id}/facts"));
        let answer = request.json(&wish).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["message"].as_str().unwrap().contains("ほかの処理"), "{problem}");
        assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
        drop(import);
        let path = format!("/api/households/{id}/facts");
        let (status, answer) = insist(&office, Method::PUT, &path, &wish).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}

both! {
    async fn a_row_that_the_database_refuses_is_not_called_a_database_that_does_not_answer(office: Office) {
        let sql = "INSERT INTO protection_fact (id, person_id, valid_from, valid_until, recorded_at, recorded_by, reason) \
            VALUES (1, 1, '2026-06-10', '2026-06-01', 1, 'x', 'x')";
        let refused = kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap_err());
        let told = ServiceError::from(refused);
        assert!(matches!(told, ServiceError::Constraint(_)), "{told}");
        assert!(!told.to_string().contains("データベースを使えません"), "{told}");
    }
}

both! {
    async fn an_edit_is_seen_and_decided_on_while_the_clock_of_the_last_writer_ran_ahead(office: Office) {
        office.with_city().await;
        let ahead = kokuho_server::clock::Clock::default().now().plus_minutes(10);
        let sql = "UPDATE counter SET next = $1 WHERE name = 'moment'";
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).bind(ahead.0).execute(pool).await.map(|_| ()).unwrap());
        let behind = office.get("/healthz").await.1["clock"]["behind_ms"].as_i64().unwrap();
        assert!((500_000..=600_000).contains(&behind), "{behind}");
        let mut moments = vec![ahead.0];
        for income in [7_654_321, 1_000_000] {
            let view = office.household().await;
            let first = &view["members"][0];
            let mut member = json!({"person_id": first["person_id"], "eligibility": first["eligibility"],
                "income": first["income"], "income_status": "known"});
            member["income"]["other_income"] = income.into();
            let path = format!("/api/households/{}/facts", view["id"]);
            let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "訂正", "members": [member]});
            let (status, saved) = office.send(Method::PUT, &path, wish).await;
            assert_eq!(status, StatusCode::OK, "{saved}");
            let seen = office.household().await;
            assert_eq!(seen["members"][0]["income"]["other_income"], income);
            assert_ne!(seen["revision"], view["revision"]);
            let sql = "SELECT MAX(recorded_at) FROM income_fact";
            moments.push(kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()));
        }
        assert!(moments.is_sorted_by(|one, next| one < next), "{moments:?}");
        // The decision stands on what was entered last.
        let id = office.household().await["id"].as_i64().unwrap();
        let decision = decide(&office, id).await;
        let income = &decision["inputs"]["members"][0]["income"]["other_income"];
        assert_eq!(income, 1_000_000);
    }
}

#[tokio::test]
async fn statistics_that_cannot_be_taken_leave_a_connection_that_works_postgres() {
    let database = new_database(Kind::Postgres);
    let db = Db::create_with(&database, Connections(1)).await.unwrap();
    db.migrate().await.unwrap();
    let other = Db::open_with(&database, Connections(1)).await.unwrap();
    let mut holds = other.write(Lock::Nothing).await.unwrap();
    let sql = "LOCK TABLE decision IN SHARE UPDATE EXCLUSIVE MODE";
    kokuho_server::on_tx!(&mut holds, c => sqlx::query(sql).execute(c).await.map(|_| ()).unwrap());
    // It waits for the lock and gives up; the only connection is then anybody's again.
    db.analyze(&["decision"]).await;
    assert!(db.is_usable().await);
    drop(holds);
    db.analyze(&["decision"]).await;
    assert!(db.is_usable().await);
}

#[tokio::test]
async fn statistics_are_taken_anew_only_of_tables_of_which_a_tenth_is_new_postgres() {
    let db = Db::create(&new_database(Kind::Postgres)).await.unwrap();
    db.migrate().await.unwrap();
    let run = async |sql: &'static str| {
        let mut tx = db.write(Lock::Nothing).await.unwrap();
        kokuho_server::on_tx!(&mut tx, c => sqlx::query(sql).execute(c).await.map(|_| ()).unwrap());
        tx.commit().await.unwrap();
    };
    let known = async || -> f32 {
        let sql = "SELECT reltuples FROM pg_class WHERE relname = 'counter'";
        kokuho_server::on_db!(&db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
    };
    run("ALTER TABLE counter SET (autovacuum_enabled = off)").await;
    run("INSERT INTO counter (name, next) SELECT 'first ' || n, n FROM generate_series(1, 100) n")
        .await;
    db.analyze_grown(&["counter"], 100).await;
    let first = known().await;
    assert!(first >= 100.0);
    run("INSERT INTO counter (name, next) SELECT 'then ' || n, n FROM generate_series(1, 9) n")
        .await;
    db.analyze_grown(&["counter"], 9).await;
    assert_eq!(known().await, first);
    db.analyze_grown(&["counter", "decision"], 12).await;
    assert_eq!(known().await, first + 9.0);
}

#[tokio::test]
async fn statistics_are_taken_for_a_role_that_owns_no_table_postgres() {
    let db = Db::create(&new_database(Kind::Postgres)).await.unwrap();
    db.migrate().await.unwrap();
    // Roles belong to the whole cluster: another run of this test may have left it.
    let sql = "DO $$ BEGIN CREATE ROLE owns_nothing; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
        GRANT USAGE ON SCHEMA public TO owns_nothing; INSERT INTO counter (name, next) VALUES ('one', 1); \
        SET LOCAL ROLE owns_nothing; SELECT take_statistics(ARRAY['counter'])";
    let mut tx = db.write(Lock::Nothing).await.unwrap();
    kokuho_server::on_tx!(&mut tx, c => sqlx::raw_sql(sql).execute(c).await.map(|_| ()).unwrap());
    tx.commit().await.unwrap();
    let sql = "SELECT reltuples FROM pg_class WHERE relname = 'counter'";
    let known: f32 =
        kokuho_server::on_db!(&db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
    assert!(known >= 1.0);
}

#[tokio::test]
async fn who_works_in_the_background_gives_way_to_looks_and_writes_everything_in_shorter_statements_postgres()
 {
    let db = Db::create(&new_database(Kind::Postgres)).await.unwrap();
    db.migrate().await.unwrap();
    let sql = "CREATE TABLE statement (number BIGINT); \
        CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS \
            $$ BEGIN INSERT INTO statement VALUES (1); RETURN NULL; END $$; \
        CREATE TRIGGER count_statement AFTER INSERT OR UPDATE ON counter EXECUTE FUNCTION count_statement()";
    let mut tx = db.write(Lock::Nothing).await.unwrap();
    kokuho_server::on_tx!(&mut tx, c => sqlx::raw_sql(sql).execute(c).await.map(|_| ()).unwrap());
    tx.commit().await.unwrap();
    let mut work = db.patient().write(Lock::Nothing).await.unwrap();
    let elsewhere = Db::create(&new_database(Kind::Postgres)).await.unwrap();
    // A look of the background, a write from a screen and a look in another city's database do not count.
    let others = (
        db.patient().read().await.unwrap(),
        db.write(Lock::Nothing).await.unwrap(),
        elsewhere.read().await.unwrap(),
    );
    assert_eq!(work.at_once(1_000, 50).await, 1_000);
    drop(others);
    let look = db.read().await.unwrap();
    assert_eq!(work.at_once(1_000, 50).await, 50);
    assert_eq!(work.at_once(30, 50).await, 30);
    let rows: Vec<Row> = (0..1_234)
        .map(|row| kokuho_server::row! { name: format!("row {row}"), next: row })
        .collect();
    work.insert("counter", &rows).await.unwrap();
    work.commit().await.unwrap();
    drop(look);
    let sql = "SELECT (SELECT COUNT(*) FROM counter WHERE name LIKE 'row %'), (SELECT COUNT(*) FROM statement)";
    let written: (i64, i64) =
        kokuho_server::on_db!(&db, pool => sqlx::query_as(sql).fetch_one(pool).await.unwrap());
    // Fifty rows in a statement.
    assert_eq!(written, (1_234, 25));
}

#[tokio::test]
async fn a_connection_gives_up_in_time_what_it_holds_or_waits_for_postgres() {
    let db = Db::create(&new_database(Kind::Postgres)).await.unwrap();
    for (name, value) in [
        ("lock_timeout", "5s"),
        ("statement_timeout", "1min"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("client_connection_check_interval", "5s"),
    ] {
        let sql = "SELECT current_setting($1)";
        let set: String = kokuho_server::on_db!(&db, pool =>
            sqlx::query_scalar(sql).bind(name).fetch_one(pool).await.unwrap());
        assert_eq!(set, value, "{name}");
    }
}

/// A pooler passes on no settings of the start, and gives each client a connection of its own for as
/// long as the client has it (session mode).
#[tokio::test]
async fn the_program_works_through_pgbouncer_in_session_mode_postgres() {
    let database = new_database(Kind::Postgres);
    let pooled = cluster::pooled(&database);
    let folder = std::env::temp_dir().join(format!("kokuho-pooled-{}", std::process::id()));
    let out = folder.to_string_lossy().into_owned();
    output(
        &pooled,
        &["demo", "--import", "--households", "40", "--out", &out],
    );
    output(&pooled, &["yearly", "--fiscal-year", "2026"]);
    output(&pooled, &["worker", "--until-idle", "--workers", "2"]);
    assert!(output(&pooled, &["verify"]).contains(" 0 breaks"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn only_migrate_makes_a_database_and_only_its_owner_reads_it() {
    let url = new_database(Kind::Sqlite);
    let file = std::path::PathBuf::from(url.strip_prefix("sqlite:").unwrap());
    let saved = file.with_extension("saved");
    for words in [
        vec!["verify"],
        vec!["backup", saved.to_str().unwrap()],
        vec!["check", "1"],
        vec!["import", "residents", "x.csv"],
    ] {
        let ended = kokuho(&url, &words).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(
            !ended.status.success() && told.contains("migrate"),
            "{words:?}: {told}"
        );
        assert!(
            !file.exists() && !saved.exists(),
            "{words:?} made a database"
        );
    }
    output(&url, &["migrate"]);
    output(&url, &["backup", saved.to_str().unwrap()]);
    let wal = file.with_extension("db-wal");
    for made in [&file, &saved]
        .into_iter()
        .chain(wal.exists().then_some(&wal))
    {
        let mode = std::fs::metadata(made).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", made.display());
    }
}
