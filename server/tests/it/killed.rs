//! A server that is killed in the middle of an import leaves the state before it, and its log
//! holds no word about anybody.

use crate::city;
use crate::office::{Kind, Office, new_database};
use crate::program::key_file;
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use reqwest::Method;
use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

pub struct Server {
    pub child: Child,
    pub url: String,
    database: String,
}

impl Server {
    /// Starts the real program and waits for its address.
    pub fn start(database: &str, dist: &std::path::Path) -> Server {
        let program = Command::new(env!("CARGO_BIN_EXE_kokuho"));
        Server::begin(program, database, dist, &[])
    }

    /// The same with further words, by a command that runs the program.
    pub fn begin(
        mut program: Command,
        database: &str,
        dist: &std::path::Path,
        words: &[&str],
    ) -> Server {
        let mut child = program
            .args([
                "--database",
                database,
                "--today",
                "2026-06-10",
                "--keys",
                &key_file(),
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--dist",
            ])
            .arg(dist)
            .args(words)
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
            database: database.to_owned(),
        }
    }

    /// Kills without warning and returns the log.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        log
    }
}

pub fn dist() -> std::path::PathBuf {
    let dist = std::env::temp_dir().join(format!("kokuho-dist-killed-{}", std::process::id()));
    for page in ["clerk", "citizen"] {
        std::fs::create_dir_all(dist.join(page)).unwrap();
        std::fs::write(dist.join(page).join("index.html"), "<!doctype html>").unwrap();
    }
    dist
}

/// Residents enough that writing them takes a while.
fn many(count: u32) -> String {
    let mut text = city::RESIDENTS.lines().next().unwrap().to_owned() + "\n";
    for number in 0..count {
        writeln!(
            text,
            "{},{},1,世帯主,名前　太郎,ナマエ　タロウ,1980-01-01,1,,住所,,1990-01-01,",
            3_000_000_000u64 + u64::from(number),
            4_000_000_000u64 + u64::from(number)
        )
        .unwrap();
    }
    writeln!(text, "#合計,{count},{count}").unwrap();
    text
}

/// The office of a running server, with somebody signed in who has never been here before.
pub async fn office(server: &Server, db: &Db, login: &str) -> Office {
    let mut office = Office {
        url: server.url.clone(),
        client: reqwest::Client::new(),
        db: db.clone(),
        database: server.database.clone(),
        tampered: Default::default(),
    };
    office.client = office.sign_in_as(login, Role::Supervisor, "").await;
    office
}

/// Begins to take the residents in and returns the address of the import's events.
async fn begin(office: &Office, text: &str) -> String {
    let path = "/api/imports?kind=residents&file_name=residents.csv";
    let request = office
        .request(&office.client, Method::POST, path)
        .body(text.to_owned());
    let started: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    format!("{}/api/imports/{}/events", office.url, started["job"])
}

async fn persons(db: &Db) -> i64 {
    kokuho_server::on_db!(db, pool =>
        sqlx::query_scalar("SELECT COUNT(*) FROM person_fact").fetch_one(pool).await.unwrap())
}

/// Kills the server once while it writes; returns what the log said.
async fn killed_while_writing(database: &str, db: &Db, text: &str) -> String {
    let server = Server::start(database, &dist());
    let office = office(&server, db, "clerk1").await;
    let events = begin(&office, text).await;
    let mut events = office.client.get(events).send().await.unwrap();
    let mut heard = String::new();
    while !heard.contains("\"state\":\"writing\"") {
        let chunk = events
            .chunk()
            .await
            .unwrap()
            .expect("the import ends too early");
        heard.push_str(&String::from_utf8_lossy(&chunk));
        assert!(
            !heard.contains("\"state\":\"done\""),
            "the import was over before it could be killed"
        );
    }
    server.kill()
}

async fn a_killed_import_leaves_nothing(kind: Kind) {
    let database = new_database(kind);
    let db = Db::create(&database).await.unwrap();
    db.migrate().await.unwrap();
    let text = many(30_000);
    let log = killed_while_writing(&database, &db, &text).await;
    assert_eq!(persons(&db).await, 0);
    for secret in ["名前", "太郎", "ナマエ", "long enough", "4000000"] {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
    // The same file is taken in afterwards as if nothing had happened.
    let server = Server::start(&database, &dist());
    let office = office(&server, &db, "clerk2").await;
    let events = begin(&office, &text).await;
    let heard = office
        .client
        .get(events)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(heard.contains("\"state\":\"done\""), "{heard}");
    assert_eq!(persons(&db).await, 30_000);
    server.kill();
}

#[tokio::test]
async fn a_server_killed_during_an_import_leaves_the_state_before_it_sqlite() {
    a_killed_import_leaves_nothing(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_server_killed_during_an_import_leaves_the_state_before_it_postgres() {
    a_killed_import_leaves_nothing(Kind::Postgres).await;
}
