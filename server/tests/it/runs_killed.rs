//! Workers that are killed at any point: the city ends in the same state as without.

use crate::office::{Kind, Office, new_database, press};
use kokuho_server::clock::Clock;
use kokuho_server::http::Worker;
use kokuho_server::ledger::{state, verify};
use kokuho_server::store::Db;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CITY: &str = "27100";
const HOUSEHOLDS: u32 = 300;

fn kokuho(database: &str, words: &[&str]) -> Command {
    let keys = std::env::temp_dir().join(format!("kokuho-keys-{}", std::process::id()));
    std::fs::write(&keys, "07".repeat(32)).unwrap();
    let checkout = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kokuho"));
    command
        .current_dir(checkout)
        .args(["--database", database, "--today", "2026-06-10", "--keys"])
        .arg(keys)
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn output(database: &str, words: &[&str]) -> String {
    let output = kokuho(database, words).output().unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn worker(database: &str) -> Child {
    let words = ["worker", "--until-idle", "--lease", "0", "--workers", "2"];
    kokuho(database, &words).spawn().unwrap()
}

/// A city that is planned, and a copy of it: the same ids, the same moment.
async fn planned(kind: Kind) -> (String, String) {
    let database = new_database(kind);
    let db = Db::open(&database).await.unwrap();
    db.migrate().await.unwrap();
    let folder = std::env::temp_dir().join(format!("kokuho-demo-{}-{kind:?}", std::process::id()));
    let words = [
        "demo",
        "--import",
        "--households",
        &HOUSEHOLDS.to_string(),
        "--out",
        &folder.to_string_lossy(),
    ];
    output(&database, &words);
    output(&database, &["yearly", "--fiscal-year", "2026"]);
    db.close().await;
    let copy = crate::cluster::copy(&database);
    (database, copy)
}

/// Work that nobody disturbs, in this process.
async fn undisturbed(database: &str, run: &str) -> String {
    let db = Db::open(database).await.unwrap();
    let worker = || Worker {
        db: db.clone(),
        municipality: CITY.into(),
        press: press(CITY),
        clock: Clock {
            today: Some("2026-06-10".parse().unwrap()),
        },
        name: "alone".into(),
        lease: Duration::from_secs(60),
        wake: Default::default(),
    };
    worker().run_until_idle().await.unwrap();
    output(database, &["letters", run]);
    worker().run_until_idle().await.unwrap();
    let hash = state::hash(&db).await.unwrap();
    db.close().await;
    hash
}

async fn done(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM job_piece WHERE state = 'done'";
    kokuho_server::on_db!(db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
}

/// Lets a worker do some pieces and kills it somewhere in the next, later each time; `true` when
/// all is over.
async fn disturb(database: &str, db: &Db, kill: i64) -> bool {
    let (mut child, before) = (worker(database), done(db).await);
    let pieces = 1 + kill % 3;
    let mut looks = kill * 37 % 61;
    loop {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        if done(db).await >= before + pieces {
            looks -= 1;
        }
        if looks < 0 {
            child.kill().unwrap();
            child.wait().unwrap();
            return false;
        }
        tokio::task::yield_now().await;
    }
}

async fn killed_again_and_again(kind: Kind) {
    let (calm, stormy) = planned(kind).await;
    let run = "1000";
    let wanted = undisturbed(&calm, run).await;
    let points = if std::env::var("KOKUHO_LONG").is_ok() {
        200
    } else {
        10
    };
    let db = Db::open(&stormy).await.unwrap();
    let (mut kills, mut planned) = (0, false);
    loop {
        if disturb(&stormy, &db, kills).await {
            if planned {
                break;
            }
            output(&stormy, &["letters", run]);
            planned = true;
        } else {
            kills += 1;
        }
        if kills >= points {
            // Enough: now it may end.
            let mut child = worker(&stormy);
            assert!(child.wait().unwrap().success());
            if !planned {
                output(&stormy, &["letters", run]);
                planned = true;
                kills = points / 2;
                continue;
            }
            break;
        }
    }
    assert!(kills >= 5, "killed only {kills} times");
    assert_eq!(state::hash(&db).await.unwrap(), wanted);
    assert_eq!(
        verify::verify(&db).await.unwrap().broken,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn workers_killed_at_any_point_leave_the_state_of_an_undisturbed_run_sqlite() {
    killed_again_and_again(Kind::Sqlite).await;
}

#[tokio::test]
async fn workers_killed_at_any_point_leave_the_state_of_an_undisturbed_run_postgres() {
    killed_again_and_again(Kind::Postgres).await;
}

/// The office's own way to the same: used here so that both read the same helpers.
#[tokio::test]
async fn a_worker_with_nothing_to_do_ends_at_once() {
    let office = Office::open(Kind::Sqlite, CITY).await;
    office.worker(CITY, "idle").run_until_idle().await.unwrap();
}
