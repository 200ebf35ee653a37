//! The real program and its records: when it is stopped, when it is killed, and while somebody else writes.

use crate::office::{Kind, Office, new_database};
use crate::program::key_file;
use crate::recorded::{LOOKS, health, look, recorded, refuse_records, until};
use kokuho_server::audit::MOST;
use kokuho_server::store::Lock;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The real program with its files in a folder of its own.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(database: &str, folder: &Path) -> Server {
        let dist = folder.join("dist");
        for page in ["clerk", "citizen"] {
            std::fs::create_dir_all(dist.join(page)).unwrap();
            std::fs::write(dist.join(page).join("index.html"), "<!doctype html>").unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_kokuho"))
            .args(["--database", database, "--municipality", "27213"])
            .args(["--today", "2026-06-10", "--keys", &key_file(), "--spill"])
            .arg(folder.join("looks"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dist"])
            .arg(&dist)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        Server {
            child,
            url: url.trim().to_owned(),
        }
    }

    /// Tells it to stop, waits at most ten seconds and returns its log.
    async fn stop(mut self) -> String {
        let process = self.child.id().to_string();
        let told = Command::new("kill").arg(&process).status().unwrap();
        assert!(told.success());
        let begun = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(10), "still running");
            ticks.tick().await;
        }
        self.log()
    }

    /// Kills it without warning.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn log(&mut self) -> String {
        let mut log = String::new();
        let from = self.child.stderr.as_mut().unwrap();
        from.read_to_string(&mut log).unwrap();
        log
    }
}

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A database with the test city, a folder for its servers, and the household.
async fn city(kind: Kind) -> (Office, String, PathBuf, i64) {
    let database = new_database(kind);
    let office = Office::on_database(&database).await;
    office.with_city().await;
    let id = office.household().await["id"].as_i64().unwrap();
    until("the first look is sealed", async || {
        recorded(&office.db, id).await == 1
    })
    .await;
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let name = format!("kokuho-recorded-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    (office, database, folder, id)
}

/// The running program, asked by the clerk of the office.
fn at(office: &Office, server: &Server) -> Office {
    Office {
        url: server.url.clone(),
        client: office.client.clone(),
        db: office.db.clone(),
        database: office.database.clone(),
        tampered: Default::default(),
    }
}

fn files(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder.join("looks"));
    files.map_or(0, Iterator::count)
}

async fn looks_are_put_aside_and_taken_in_once_by_the_next_server(kind: Kind) {
    let (office, database, folder, id) = city(kind).await;
    let server = Server::start(&database, &folder);
    refuse_records(&office.db, true).await;
    let (shown, refused) = look(&at(&office, &server), id, LOOKS).await;
    assert_eq!((shown, refused.first()), (LOOKS, None));
    let log = server.stop().await;
    assert!(log.lines().count() <= 5, "{log}");
    assert!(files(&folder) > 0);
    let all = i64::try_from(LOOKS).unwrap() + 1;
    assert_eq!(recorded(&office.db, id).await, 1);
    refuse_records(&office.db, false).await;
    let server = Server::start(&database, &folder);
    until("every look is on record", async || {
        recorded(&office.db, id).await >= all
    })
    .await;
    until("no file is left", async || files(&folder) == 0).await;
    server.stop().await;
    assert_eq!(recorded(&office.db, id).await, all);
}

#[tokio::test]
async fn looks_are_put_aside_and_taken_in_once_by_the_next_server_sqlite() {
    looks_are_put_aside_and_taken_in_once_by_the_next_server(Kind::Sqlite).await;
}

#[tokio::test]
async fn looks_are_put_aside_and_taken_in_once_by_the_next_server_postgres() {
    looks_are_put_aside_and_taken_in_once_by_the_next_server(Kind::Postgres).await;
}

async fn a_server_that_can_keep_nothing_says_so_once_and_stops_when_it_is_told(kind: Kind) {
    let (office, database, folder, id) = city(kind).await;
    std::fs::write(folder.join("looks"), "no folder").unwrap();
    let server = Server::start(&database, &folder);
    refuse_records(&office.db, true).await;
    let (shown, refused) = look(&at(&office, &server), id, LOOKS).await;
    assert!(shown > 0 && shown <= MOST && !refused.is_empty(), "{shown}");
    a_second_at(&server).await;
    let log = server.stop().await;
    // The database, the file beside it, and what is lost.
    let of_audit = log.lines().filter(|line| line.contains("::audit::"));
    assert_eq!(of_audit.count(), 3, "{log}");
    refuse_records(&office.db, false).await;
}

#[tokio::test]
async fn a_server_that_can_keep_nothing_says_so_once_and_stops_when_it_is_told_sqlite() {
    a_server_that_can_keep_nothing_says_so_once_and_stops_when_it_is_told(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_server_that_can_keep_nothing_says_so_once_and_stops_when_it_is_told_postgres() {
    a_server_that_can_keep_nothing_says_so_once_and_stops_when_it_is_told(Kind::Postgres).await;
}

/// A second that goes by with the server at work; a machine that does too much else has more of it.
async fn a_second_at(server: &Server) {
    let begun = Instant::now();
    until("everything is kept", async || {
        let (_, audit) = health(&server.url).await;
        let kept = audit["waiting"] == 0 || audit["recording"] == false;
        kept && begun.elapsed() >= Duration::from_secs(1)
    })
    .await;
}

async fn a_server_that_is_killed_loses_no_look_older_than_a_second(kind: Kind) {
    let (office, database, folder, id) = city(kind).await;
    // Once into the database, once into the file beside it.
    let server = Server::start(&database, &folder);
    assert_eq!(look(&at(&office, &server), id, 100).await.0, 100);
    a_second_at(&server).await;
    server.kill();
    refuse_records(&office.db, true).await;
    let server = Server::start(&database, &folder);
    assert_eq!(look(&at(&office, &server), id, 100).await.0, 100);
    a_second_at(&server).await;
    server.kill();
    refuse_records(&office.db, false).await;
    let server = Server::start(&database, &folder);
    until("every look is on record", async || {
        recorded(&office.db, id).await >= 201
    })
    .await;
    server.stop().await;
    assert_eq!(recorded(&office.db, id).await, 201);
}

#[tokio::test]
async fn a_server_that_is_killed_loses_no_look_older_than_a_second_sqlite() {
    a_server_that_is_killed_loses_no_look_older_than_a_second(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_server_that_is_killed_loses_no_look_older_than_a_second_postgres() {
    a_server_that_is_killed_loses_no_look_older_than_a_second(Kind::Postgres).await;
}

#[tokio::test]
async fn during_a_long_write_looks_are_answered_and_on_the_disk_and_then_in_the_database_once() {
    let (office, _, folder, id) = city(Kind::Sqlite).await;
    let office = office.beside(Some(folder.join("looks"))).await;
    let long = office.db.write(Lock::Everything).await.unwrap();
    let (shown, refused) = look(&office, id, 200).await;
    assert_eq!((shown, refused.first()), (200, None));
    until("every look is on the disk", async || {
        let (_, audit) = health(&office.url).await;
        audit["waiting"] == 0 && audit["files"].as_u64() > Some(0) && audit["recording"] == true
    })
    .await;
    assert_eq!(recorded(&office.db, id).await, 1);
    drop(long);
    until("every look is on record", async || {
        recorded(&office.db, id).await >= 201
    })
    .await;
    until("no file is left", async || {
        health(&office.url).await.1["files"] == 0
    })
    .await;
    assert_eq!(recorded(&office.db, id).await, 201);
}
