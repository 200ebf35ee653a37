//! What every answer says, whatever it answers; under which names the server may be asked; and what
//! one client can take from the others.

use crate::killed::{Server, dist};
use crate::office::{Kind, Office, app, new_database};
use kokuho_server::http::{Entrance, Hosts, Limits, Proxies, router_at, serve_within};
use kokuho_server::store::Db;
use kokuho_server::supervise::Tasks;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A server in this process, reached in its own way and within its own limits.
async fn served(entrance: &Entrance, limits: Limits) -> String {
    let db = Db::create(&new_database(Kind::Sqlite)).await.unwrap();
    db.migrate().await.unwrap();
    let app = app(&db, "27100", "2026-06-10", None).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router_at(entrance, app, Some(&dist())).unwrap();
    tokio::spawn(serve_within(
        limits,
        listener,
        router,
        std::future::pending(),
    ));
    url
}

/// One of each sort of answer: status and headers.
async fn answers(url: &str) -> Vec<(String, StatusCode, HeaderMap)> {
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let own = |method: Method, path: &str| {
        let request = client.request(method, format!("{url}{path}"));
        request.header("x-kokuho", "1").header("origin", url)
    };
    let big = "x".repeat(2 << 20);
    let requests = [
        ("page", own(Method::GET, "/"), 200),
        ("page of an address", own(Method::GET, "/households/1"), 200),
        ("citizen", own(Method::GET, "/estimate/"), 200),
        ("redirect", own(Method::GET, "/estimate"), 308),
        ("missing file", own(Method::GET, "/missing.js"), 404),
        ("missing route", own(Method::GET, "/api/missing"), 404),
        ("not this method", own(Method::DELETE, "/healthz"), 405),
        ("health", own(Method::GET, "/healthz"), 200),
        ("description", own(Method::GET, "/api/openapi.json"), 200),
        ("nobody signed in", own(Method::GET, "/api/queue"), 401),
        (
            "wrong password",
            own(Method::POST, "/api/session").json(&json!({"login": "a", "password": "b"})),
            401,
        ),
        ("not JSON", own(Method::POST, "/api/session").body("{"), 400),
        (
            "too large",
            own(Method::POST, "/api/session").body(big),
            413,
        ),
        (
            "out of range",
            own(Method::GET, "/api/queue?fiscal_year=9999999"),
            422,
        ),
        (
            "another site",
            client.post(format!("{url}/api/session")),
            403,
        ),
        (
            "another name",
            own(Method::GET, "/healthz").header("host", "evil.example"),
            421,
        ),
        (
            "estimate",
            own(Method::POST, "/api/public/estimates").json(&json!({})),
            400,
        ),
    ];
    let mut all = Vec::new();
    for (name, request, expected) in requests {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert_eq!(status.as_u16(), expected, "{name}");
        all.push((name.to_owned(), status, answer.headers().clone()));
    }
    all
}

fn is_safe(name: &str, headers: &HeaderMap) {
    let text = |header: &str| {
        let value = headers
            .get(header)
            .unwrap_or_else(|| panic!("{name}: no {header}"));
        value.to_str().unwrap().to_owned()
    };
    assert_eq!(text("x-content-type-options"), "nosniff", "{name}");
    assert_eq!(text("referrer-policy"), "no-referrer", "{name}");
    assert_eq!(
        text("cross-origin-resource-policy"),
        "same-origin",
        "{name}"
    );
    let policy = text("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{name}: {policy}"
    );
    assert!(
        policy.contains("default-src 'none'") || policy.contains("script-src 'self'"),
        "{name}: {policy}"
    );
}

#[tokio::test]
async fn every_sort_of_answer_tells_the_browser_what_it_must_not_do_with_it() {
    let url = served(&Entrance::default(), Limits::default()).await;
    for (name, _, headers) in answers(&url).await {
        is_safe(&name, &headers);
        assert!(headers.get("strict-transport-security").is_none(), "{name}");
    }
}

#[tokio::test]
async fn a_letter_is_as_safe_as_any_other_answer() {
    let office = Office::open(Kind::Sqlite, "27213").await;
    office.with_city().await;
    let view = office.household().await;
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, decided) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{decided}");
    let path = format!("/api/decisions/{}/notice", decided["summary"]["id"]);
    let (_, issued) = office.send(Method::POST, &path, Value::Null).await;
    let path = format!("/api/letters/{}", issued["number"].as_str().unwrap());
    let request = office.request(&office.client, Method::GET, &path);
    let letter = request.send().await.unwrap();
    assert_eq!(letter.status(), StatusCode::OK);
    assert_eq!(letter.headers()["content-type"], "application/pdf");
    assert_eq!(letter.headers()["cache-control"], "no-store");
    is_safe("letter", letter.headers());
}

#[tokio::test]
async fn behind_https_every_answer_keeps_the_browser_there() {
    let https = Entrance {
        https: true,
        ..Entrance::default()
    };
    let url = served(&https, Limits::default()).await;
    for (name, _, headers) in answers(&url).await {
        let told = headers.get("strict-transport-security");
        let told = told.unwrap_or_else(|| panic!("{name}")).to_str().unwrap();
        let age = told
            .split(';')
            .next()
            .unwrap()
            .trim_start_matches("max-age=");
        assert!(age.parse::<u64>().unwrap() >= 31_536_000, "{name}: {told}");
    }
    let proxied = Entrance {
        proxies: Proxies::new(&["127.0.0.1/32".parse().unwrap()]),
        ..Entrance::default()
    };
    let url = served(&proxied, Limits::default()).await;
    let told = async |proto: &str| {
        let request = Client::new().get(format!("{url}/healthz"));
        let answer = request
            .header("x-forwarded-proto", proto)
            .send()
            .await
            .unwrap();
        answer.headers().contains_key("strict-transport-security")
    };
    assert!(told("https").await && !told("http").await);
}

#[tokio::test]
async fn only_the_servers_own_names_are_answered() {
    let entrance = Entrance {
        hosts: Hosts::new(["kokuho.city.example"]),
        ..Entrance::default()
    };
    let url = served(&entrance, Limits::default()).await;
    for (host, expected) in [
        ("kokuho.city.example", 200),
        ("kokuho.city.example:8443", 200),
        ("localhost:8080", 200),
        ("rebound.example", 421),
        ("127.0.0.1.example", 421),
    ] {
        let request = Client::new().get(format!("{url}/healthz"));
        let answer = request.header("host", host).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{host}");
    }
}

#[tokio::test]
async fn the_health_names_a_task_that_is_down_and_is_no_longer_good() {
    let tasks = Tasks::waiting(Duration::from_secs(3_600));
    let entrance = Entrance {
        tasks: tasks.clone(),
        ..Entrance::default()
    };
    let url = served(&entrance, Limits::default()).await;
    let health = async || {
        let answer = reqwest::get(format!("{url}/healthz")).await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(health().await.0, StatusCode::OK);
    tasks.keep("courier", || async { panic!("on purpose") });
    while tasks.all_run() {
        tokio::task::yield_now().await;
    }
    let (status, told) = health().await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let courier = &told["tasks"]["courier"];
    assert_eq!(
        (&courier["running"], &courier["last_failure"]),
        (&json!(false), &json!("panic")),
        "{told}"
    );
}

/// A connection from an address of this machine that begins a request and does not end it.
async fn half_open(from: &str, to: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let to = to.trim_start_matches("http://").parse().unwrap();
    let mut stream = socket.connect(to).await.unwrap();
    // The server may have closed it already.
    let _: Result<(), _> = stream.write_all(b"GET / HTTP/1.1\r\nHost: lo").await;
    stream
}

/// Waits, within a few seconds, until the other side closes.
async fn closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let end = stream.read_to_end(&mut rest);
    // A reset is an end too.
    tokio::time::timeout(Duration::from_secs(8), end)
        .await
        .is_ok()
}

/// A database without anybody in it.
async fn empty() -> String {
    let database = new_database(Kind::Sqlite);
    let db = Db::create(&database).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    database
}

async fn is_answered(url: &str) {
    let client = Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let answer = client
        .get(format!("{url}/api/session"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn three_hundred_half_open_connections_leave_the_office_usable() {
    let mut program = Command::new("sh");
    let words = [
        "-c",
        "ulimit -n 256; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_kokuho"),
    ];
    program.args(words);
    let small = Server::begin(program, &empty().await, &dist(), &[]);
    let program = Command::new(env!("CARGO_BIN_EXE_kokuho"));
    let usual = Server::begin(program, &empty().await, &dist(), &[]);
    // From elsewhere where the machine allows few files; from one's own address where it allows many.
    for (mut server, from) in [(small, "127.0.0.2"), (usual, "127.0.0.1")] {
        let mut open = Vec::new();
        for _ in 0..300 {
            open.push(half_open(from, &server.url).await);
        }
        is_answered(&server.url).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }
}

#[tokio::test]
async fn a_head_or_body_that_does_not_come_ends_the_connection() {
    let short = Duration::from_millis(200);
    let limits = Limits {
        head: short,
        idle: short,
        body: short,
        ..Limits::default()
    };
    let url = served(&Entrance::default(), limits).await;
    let mut head = half_open("127.0.0.1", &url).await;
    assert!(closed(&mut head).await);
    let to = url.trim_start_matches("http://");
    // Nothing at all, and nothing more after an answer.
    let mut silent = TcpStream::connect(to).await.unwrap();
    assert!(closed(&mut silent).await);
    let mut idle = TcpStream::connect(to).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n");
    idle.write_all(request.as_bytes()).await.unwrap();
    assert!(closed(&mut idle).await);
    let mut body = TcpStream::connect(to).await.unwrap();
    let request = format!(
        "POST /api/session HTTP/1.1\r\nHost: {to}\r\nOrigin: {url}\r\nX-Kokuho: 1\r\nContent-Length: 100\r\n\r\n{{"
    );
    body.write_all(request.as_bytes()).await.unwrap();
    let mut told = String::new();
    let read = body.read_to_string(&mut told);
    tokio::time::timeout(Duration::from_secs(8), read)
        .await
        .unwrap()
        .unwrap();
    assert!(
        told.starts_with("HTTP/1.1 408") && told.contains("届きませんでした"),
        "{told}"
    );
}

#[tokio::test]
async fn a_connection_over_the_limit_is_closed_at_once_and_a_place_is_given_back() {
    let limits = Limits {
        connections: 3,
        per_address: 2,
        ..Limits::default()
    };
    let url = served(&Entrance::default(), limits).await;
    let mut first = half_open("127.0.0.2", &url).await;
    let _second = half_open("127.0.0.2", &url).await;
    assert!(closed(&mut half_open("127.0.0.2", &url).await).await);
    is_answered(&url).await;
    first.shutdown().await.unwrap();
    assert!(closed(&mut first).await);
    let mut again = half_open("127.0.0.2", &url).await;
    again.write_all(b"calhost\r\n\r\n").await.unwrap();
    let mut begun = [0u8; 12];
    again.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
}

/// What is written into the addresses of requests lands in the logs of others.
#[tokio::test]
async fn no_address_of_the_api_carries_a_name_or_a_day_of_birth() {
    let url = served(&Entrance::default(), Limits::default()).await;
    let answer = reqwest::get(format!("{url}/api/openapi.json"))
        .await
        .unwrap();
    let document: Value = answer.json().await.unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            let parameters = route["parameters"].as_array().cloned().unwrap_or_default();
            for parameter in &parameters {
                let name = parameter["name"].as_str().unwrap();
                let personal = [
                    "name",
                    "kana",
                    "birth",
                    "address",
                    "phone",
                    "sex",
                    "my_number",
                ];
                let of_a_file = name == "file_name";
                assert!(
                    of_a_file || !personal.iter().any(|word| name.contains(word)),
                    "{method} {path} {name}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}
