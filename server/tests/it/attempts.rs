//! Guessing is slow, and keeps nobody out who is known.

use crate::both;
use crate::killed::{Server, dist};
use crate::office::{Kind, Office, PASSWORD, new_database};
use kokuho_server::access::factor;
use kokuho_server::clock::Clock;
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// A browser at another address of this machine.
fn at(address: &str) -> Client {
    let client = Client::builder().local_address(Some(address.parse().unwrap()));
    client.cookie_store(true).build().unwrap()
}

async fn tried(
    office: &Office,
    client: &Client,
    login: &str,
    (password, code): (&str, &str),
) -> StatusCode {
    let body = json!({"login": login, "password": password, "code": code});
    let answer = office.send_as(client, Method::POST, "/api/session", body);
    answer.await.0
}

/// The code that goes with a secret now.
async fn right(office: &Office, login: &str, secret: &[u8]) -> String {
    office.forget_step(login).await;
    factor::code(login, secret, Clock::default().now()).unwrap()
}

/// As many at the same moment; how many of them were told that they were wrong.
async fn at_once(office: &Office, count: usize, password: &str) -> usize {
    let mut all = JoinSet::new();
    for number in 0..count {
        let body = json!({"login": "other", "password": password, "code": format!("{number:06}")});
        let request = office.request(&Client::new(), Method::POST, "/api/session");
        all.spawn(async move { request.json(&body).send().await.unwrap().status() });
    }
    let answers = all.join_all().await;
    let others = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    let wrong = |status: &&StatusCode| **status == StatusCode::UNAUTHORIZED;
    assert!(
        answers
            .iter()
            .all(|status| wrong(&status) || others.contains(status)),
        "{answers:?}"
    );
    answers.iter().filter(wrong).count()
}

/// Moves what is counted back in time, as if one had waited.
async fn waited(office: &Office, seconds: i64) {
    let sql = "UPDATE sign_in_bucket SET open_at = open_at - $1, last_at = last_at - $1";
    kokuho_server::on_writer!(&office.db, pool => {
        sqlx::query(sql).bind(seconds * 1_000_000).execute(pool).await.unwrap();
    });
}

both! {
    async fn of_sixty_wrong_passwords_at_the_same_moment_at_most_five_are_looked_at(office: Office) {
        office.add_account("other", Role::CounterClerk, "").await;
        let wrong = at_once(&office, 60, "wrong wrong").await;
        assert!((1..=5).contains(&wrong), "{wrong}");
    }
}

both! {
    async fn of_sixty_codes_at_the_same_moment_at_most_five_are_looked_at(office: Office) {
        office.add_account("other", Role::CounterClerk, "").await;
        let wrong = at_once(&office, 60, PASSWORD).await;
        assert!((1..=5).contains(&wrong), "{wrong}");
    }
}

both! {
    async fn thirty_failures_at_an_address_keep_nobody_out_who_signed_in_there_before(office: Office) {
        let known = office.add_account("known", Role::Auditor, "").await;
        let new = office.add_account("new", Role::Auditor, "").await;
        let code = right(&office, "known", &known).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "known", (PASSWORD, &code)).await, StatusCode::OK);
        for number in 0..35 {
            tried(&office, &at("127.0.0.1"), &format!("guess-{number}"), ("wrong wrong", "")).await;
        }
        let code = right(&office, "new", &new).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "new", (PASSWORD, &code)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(tried(&office, &at("127.0.0.2"), "new", (PASSWORD, &code)).await, StatusCode::OK);
        let code = right(&office, "known", &known).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "known", (PASSWORD, &code)).await, StatusCode::OK);
    }
}

both! {
    async fn nobody_keeps_the_only_administrator_out(office: Office) {
        let secret = office.add_account("admin", Role::SystemAdmin, "").await;
        let own = at("127.0.0.1");
        let code = right(&office, "admin", &secret).await;
        assert_eq!(tried(&office, &own, "admin", (PASSWORD, &code)).await, StatusCode::OK);
        // From many addresses: a new one has to wait, also with the right password.
        for place in 2..8 {
            for _ in 0..5 {
                tried(&office, &at(&format!("127.0.0.{place}")), "admin", ("wrong wrong", "")).await;
            }
        }
        let code = right(&office, "admin", &secret).await;
        assert_eq!(tried(&office, &at("127.0.0.9"), "admin", (PASSWORD, &code)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(tried(&office, &at("127.0.0.1"), "admin", (PASSWORD, &code)).await, StatusCode::OK);
        // From the administrator's own address: the own browser is still known.
        for _ in 0..10 {
            tried(&office, &at("127.0.0.1"), "admin", ("wrong wrong", "")).await;
        }
        let code = right(&office, "admin", &secret).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "admin", (PASSWORD, &code)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(tried(&office, &own, "admin", (PASSWORD, &code)).await, StatusCode::OK);
    }
}

both! {
    async fn each_failure_after_the_fifth_waits_longer_and_a_success_forgets_them(office: Office) {
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let client = at("127.0.0.1");
        let wait = async || {
            let body = json!({"login": "other", "password": "wrong wrong", "code": ""});
            let request = office.request(&client, Method::POST, "/api/session").json(&body);
            let answer = request.send().await.unwrap();
            let after = answer.headers().get("retry-after").map(|text| text.to_str().unwrap().parse::<i64>().unwrap());
            (answer.status(), after.unwrap_or(0))
        };
        for _ in 0..5 {
            assert_eq!(wait().await.0, StatusCode::UNAUTHORIZED);
        }
        for longest in [30, 60, 120, 240, 480, 900, 900] {
            let (status, seconds) = wait().await;
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
            assert!((longest - 20..=longest).contains(&seconds), "{seconds} of {longest}");
            waited(&office, longest).await;
            assert_eq!(wait().await.0, StatusCode::UNAUTHORIZED, "after {longest}");
        }
        waited(&office, 900).await;
        let code = right(&office, "other", &secret).await;
        assert_eq!(tried(&office, &client, "other", (PASSWORD, &code)).await, StatusCode::OK);
        for _ in 0..5 {
            assert_eq!(wait().await.0, StatusCode::UNAUTHORIZED);
        }
    }
}

both! {
    async fn who_has_to_wait_and_from_where_is_on_record(office: Office) {
        for _ in 0..5 {
            tried(&office, &at("127.0.0.3"), "clerk", ("wrong wrong", "")).await;
        }
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let (_, records) = office.send_as(&auditor, Method::GET, "/api/audit?login=clerk", Value::Null).await;
        let of = |what: &str| -> Vec<&str> {
            let all = records.as_array().unwrap().iter().filter(|record| record["what"] == what);
            all.map(|record| record["detail"].as_str().unwrap()).collect()
        };
        assert_eq!(of("sign_in_failed"), ["from 127.0.0.3"; 5]);
        assert_eq!(of("sign_in_throttled"), ["from 127.0.0.3: account here 30 s"]);
    }
}

both! {
    async fn a_hash_of_less_work_is_replaced_at_the_next_sign_in(office: Office) {
        use argon2::password_hash::{PasswordHasher, SaltString};
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let salt = SaltString::from_b64("c29tZXNhbHRzb21l").unwrap();
        let less = argon2::Params::new(8_192, 1, 1, None).unwrap();
        let less = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, less);
        let less = less.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
        let sql = "UPDATE account SET password_hash = $1 WHERE login = 'other'";
        kokuho_server::on_writer!(&office.db, pool => { sqlx::query(sql).bind(&less).execute(pool).await.unwrap(); });
        let code = right(&office, "other", &secret).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "other", (PASSWORD, &code)).await, StatusCode::OK);
        let stored = kokuho_server::access::accounts::find(&office.db, "other").await.unwrap().unwrap();
        assert!(stored.password_hash.contains("m=19456,t=2,p=1"), "{}", stored.password_hash);
        let code = right(&office, "other", &secret).await;
        assert_eq!(tried(&office, &at("127.0.0.1"), "other", (PASSWORD, &code)).await, StatusCode::OK);
    }
}

/// Most memory that a process has used, in KiB.
fn most_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

#[tokio::test]
async fn strangers_who_guess_at_the_same_moment_take_no_more_than_200_mb() {
    let database = new_database(Kind::Sqlite);
    let db = Db::create(&database).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    let server = Server::start(&database, &dist());
    let mut all = JoinSet::new();
    for number in 0..60 {
        let client = at(&format!("127.0.1.{}", number + 1));
        let request = client.post(format!("{}/api/session", server.url));
        let body =
            json!({"login": format!("guess-{number}"), "password": "wrong wrong", "code": ""});
        let request = request
            .header("x-kokuho", "1")
            .header("origin", &server.url)
            .json(&body);
        all.spawn(async move { request.send().await.unwrap().status() });
    }
    let answers = all.join_all().await;
    let known = [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE];
    assert!(
        answers.iter().all(|status| known.contains(status)),
        "{answers:?}"
    );
    let memory = most_memory(server.child.id());
    let log = server.kill();
    assert!(memory < 200 * 1024, "{memory} KiB: {log}");
}
