//! Workers that are killed at any point: the city ends in the same state as without.

use crate::office::{Kind, Office, new_database, press};
use crate::program::{kokuho, output, released};
use kokuho_server::city::City;
use kokuho_server::clock::Clock;
use kokuho_server::jobs::worker::Worker;
use kokuho_server::rooms;
use kokuho_server::store::Db;
use std::process::{Child, Stdio};
use std::time::Duration;

const CITY: &str = "27100";
const HOUSEHOLDS: u32 = 300;

fn worker(database: &str) -> Child {
    let words = ["worker", "--until-idle", "--lease", "1", "--workers", "2"];
    let mut command = kokuho(database, &words);
    // Nobody reads what it says: it must not wait for a full pipe.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// A city that is planned: copies of it have the same ids and the same moment.
async fn planned(kind: Kind) -> String {
    let database = new_database(kind);
    let db = Db::create(&database).await.unwrap();
    db.migrate().await.unwrap();
    let folder = std::env::temp_dir().join(format!("kokuho-demo-{}-{kind:?}", std::process::id()));
    let (count, out) = (
        HOUSEHOLDS.to_string(),
        folder.to_string_lossy().into_owned(),
    );
    let words = ["demo", "--import", "--households", &count, "--out", &out];
    output(&database, &words);
    output(&database, &["yearly", "--fiscal-year", "2026"]);
    db.close().await;
    database
}

/// Work that nobody disturbs, in this process.
async fn undisturbed(database: &str, run: &str) -> String {
    let db = Db::open(database).await.unwrap();
    let worker = || Worker {
        city: City {
            db: db.clone(),
            code: CITY.into(),
            press: press(CITY),
            clock: Clock {
                today: Some("2026-06-10".parse().unwrap()),
            },
        },
        works: kokuho_server::rooms::works(),
        name: "alone".into(),
        lease: Duration::from_secs(60),
        wake: Default::default(),
    };
    worker().run_until_idle().await.unwrap();
    output(database, &["check", run]);
    worker().run_until_idle().await.unwrap();
    released(database, run);
    output(database, &["letters", run]);
    worker().run_until_idle().await.unwrap();
    let hash = rooms::state(&db).await.unwrap();
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

/// Kills workers in all jobs of a city until they are over; returns how often.
async fn storm(database: &str, run: &str, first_kill: i64) -> (i64, String) {
    let db = Db::open(database).await.unwrap();
    let mut kills = 0;
    for job in ["yearly", "check", "letters"] {
        match job {
            "check" => drop(output(database, &["check", run])),
            "letters" => {
                released(database, run);
                output(database, &["letters", run]);
            }
            _ => {}
        }
        while !disturb(database, &db, first_kill + kills).await {
            kills += 1;
        }
    }
    assert_eq!(
        rooms::verify(&db).await.unwrap().broken,
        Vec::<String>::new()
    );
    let hash = rooms::state(&db).await.unwrap();
    db.close().await;
    (kills, hash)
}

async fn killed_again_and_again(kind: Kind) {
    let city = planned(kind).await;
    let run = "1000";
    let wanted = undisturbed(&crate::cluster::copy(&city, "calm"), run).await;
    let long = std::env::var("KOKUHO_LONG").is_ok();
    let (points, mut kills, mut storms) = (if long { 200 } else { 10 }, 0, 0);
    while kills < points {
        let copy = crate::cluster::copy(&city, &format!("storm{storms}"));
        let (killed, hash) = storm(&copy, run, kills).await;
        assert_eq!(hash, wanted, "after {killed} kills");
        assert!(killed > 0, "nothing was killed");
        kills += killed;
        storms += 1;
    }
    println!("{kills} workers killed in {storms} cities");
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
