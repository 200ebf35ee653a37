//! A server that is told to stop ends soon, whoever is still connected; a stream of events ends with
//! the session it belongs to.

use crate::both;
use crate::killed::{self, Server, dist};
use crate::office::{Kind, Office, new_database};
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A run that nobody works on, watched by somebody who has heard of it.
async fn watched(office: &Office, client: &Client) -> Response {
    office.with_demo("27100", 5).await;
    let wish = json!({"fiscal_year": 2026});
    let (status, job) = office.send(Method::POST, "/api/runs", wish).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    watch(office, client, &job).await
}

async fn watch(office: &Office, client: &Client, job: &Value) -> Response {
    let path = format!("/api/jobs/{}/events", job["id"]);
    let request = office.request(client, Method::GET, &path);
    let mut events = request.send().await.unwrap();
    assert_eq!(events.status(), StatusCode::OK);
    let first = events.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("\"state\":\"running\""));
    events
}

/// Whether a stream ends by itself within a few seconds; a cut connection is an end too.
async fn ends(events: &mut Response) -> bool {
    let all = async { while let Ok(Some(_)) = events.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(8), all)
        .await
        .is_ok()
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_within_ten_seconds() {
    let database = new_database(Kind::Sqlite);
    let db = Db::create(&database).await.unwrap();
    db.migrate().await.unwrap();
    let program = Command::new(env!("CARGO_BIN_EXE_kokuho"));
    let mut server = Server::begin(program, &database, &dist(), &["--workers", "0"]);
    let office = killed::office(&server, &db, "clerk").await;
    let mut events = watched(&office, &office.client).await;
    let place = server.url.trim_start_matches("http://");
    let mut half = TcpStream::connect(place).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: lo").await.unwrap();
    let mut body = TcpStream::connect(place).await.unwrap();
    let begun = format!(
        "POST /api/session HTTP/1.1\r\nHost: {place}\r\nOrigin: {}\r\nX-Kokuho: 1\r\nContent-Length: 100\r\n\r\n{{",
        server.url
    );
    body.write_all(begun.as_bytes()).await.unwrap();
    let told = Instant::now();
    let pid = server.child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(sent.success());
    assert!(ends(&mut events).await);
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(told.elapsed() < Duration::from_secs(10), "still running");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
}

both! {
    async fn a_stream_of_events_ends_with_its_session(office: Office) {
        let other = office.sign_in_as("other", Role::Supervisor, "").await;
        let kept = watched(&office, &other).await;
        let gone = office.request(&other, Method::DELETE, "/api/session").send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        let mut kept = kept;
        assert!(ends(&mut kept).await);
    }
}

both! {
    async fn a_stream_of_events_ends_when_its_account_is_disabled(office: Office) {
        let other = office.sign_in_as("other", Role::Supervisor, "").await;
        let mut events = watched(&office, &other).await;
        let sql = "UPDATE account SET disabled_at = 1 WHERE login = 'other'";
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query(sql).execute(pool).await.unwrap();
        });
        assert!(ends(&mut events).await);
    }
}
