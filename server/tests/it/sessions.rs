//! Sign-in, sessions, and requests that come from elsewhere.

use crate::both;
use crate::office::{Office, PASSWORD, keys};
use kokuho_server::access::{accounts, factor};
use kokuho_server::clock::{Clock, Instant};
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

async fn sign_in(office: &Office, login: &str, password: &str, code: &str) -> (StatusCode, Value) {
    let body = json!({"login": login, "password": password, "code": code});
    office.send(Method::POST, "/api/session", body).await
}

fn now() -> Instant {
    Clock::default().now()
}

/// Moves every session's last use, or its end, back in time.
async fn shift(office: &Office, column: &'static str, minutes: i64) {
    let sql = sqlx::AssertSqlSafe(format!("UPDATE session SET {column} = {column} - $1"));
    kokuho_server::on_writer!(&office.db, pool => {
        sqlx::query(sql).bind(minutes * 60_000_000).execute(pool).await.unwrap();
    });
}

both! {
    async fn a_wrong_password_a_wrong_code_and_an_unknown_login_get_the_same_answer(office: Office) {
        office.add_account("other", Role::CounterClerk, "").await;
        let wrong = sign_in(&office, "other", "wrong wrong", "000000").await;
        let code = sign_in(&office, "other", PASSWORD, "000000").await;
        let missing = sign_in(&office, "other", PASSWORD, "").await;
        let unknown = sign_in(&office, "nobody", "wrong wrong", "000000").await;
        assert_eq!((&wrong, &code, &missing), (&unknown, &unknown, &unknown));
        assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn a_code_is_accepted_once_even_if_two_send_it_at_the_same_moment(office: Office) {
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let code = factor::code("other", &secret, now()).unwrap();
        let (one, two) = tokio::join!(sign_in(&office, "other", PASSWORD, &code), sign_in(&office, "other", PASSWORD, &code));
        let mut both = [one.0, two.0];
        both.sort();
        assert_eq!(both, [StatusCode::OK, StatusCode::UNAUTHORIZED]);
        assert_eq!(sign_in(&office, "other", PASSWORD, &code).await.0, StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn without_a_second_factor_a_session_can_only_set_one_up(office: Office) {
        let secret = office.add_account("new", Role::Supervisor, "").await;
        let sql = "UPDATE account SET factor = NULL, factor_step = 0 WHERE login = 'new'";
        kokuho_server::on_writer!(&office.db, pool => { sqlx::query(sql).execute(pool).await.unwrap(); });
        let client = Client::builder().cookie_store(true).build().unwrap();
        let post = |path, body: Value| office.request(&client, Method::POST, path).json(&body).send();
        let session: Value = post("/api/session", json!({"login": "new", "password": PASSWORD})).await.unwrap().json().await.unwrap();
        assert_eq!(session["enrolling"], true);
        let refused = office.request(&client, Method::GET, "/api/imports").send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let saved = post("/api/audit/saved", json!({"list": "検索結果", "rows": 1})).await.unwrap();
        assert_eq!(saved.status(), StatusCode::FORBIDDEN);
        let shown: Value = office.request(&client, Method::GET, "/api/session/factor").send().await.unwrap().json().await.unwrap();
        assert!(shown["picture"].as_str().unwrap().trim_start().starts_with("<svg"));
        let wrong = post("/api/session/factor", json!({"secret": shown["secret"], "code": "000000"})).await.unwrap();
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let secret_text = shown["secret"].as_str().unwrap();
        let bytes = totp_rs::Secret::try_from_base32(secret_text).unwrap().as_ref().to_vec();
        assert_ne!(bytes, secret);
        let code = factor::code("new", &bytes, now()).unwrap();
        let done: Value = post("/api/session/factor", json!({"secret": secret_text, "code": code})).await.unwrap().json().await.unwrap();
        assert_eq!(done["enrolling"], false);
        let opened = office.request(&client, Method::GET, "/api/imports").send().await.unwrap();
        assert_eq!(opened.status(), StatusCode::OK);
        // Sealed: the secret does not stand in the database.
        let stored = accounts::find(&office.db, "new").await.unwrap().unwrap().factor.unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!stored.contains(&hex) && factor::secret(&keys(), "new", &stored).unwrap() == bytes);
    }
}

both! {
    async fn after_five_failures_an_account_waits_and_is_told_how_long(office: Office) {
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        for _ in 0..5 {
            assert_eq!(sign_in(&office, "other", "wrong wrong", "").await.0, StatusCode::UNAUTHORIZED);
        }
        let code = factor::code("other", &secret, now()).unwrap();
        let body = json!({"login": "other", "password": PASSWORD, "code": code});
        let answer = office.request(&Client::new(), Method::POST, "/api/session").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
}

both! {
    async fn a_session_ends_when_left_alone_and_at_the_latest_after_a_working_day(office: Office) {
        shift(&office, "seen_at", 14).await;
        assert_eq!(office.get("/api/session").await.0, StatusCode::OK);
        shift(&office, "seen_at", 16).await;
        assert_eq!(office.get("/api/session").await.0, StatusCode::UNAUTHORIZED);
        let other = office.sign_in_as("other", Role::CounterClerk, "").await;
        let status = || async { office.request(&other, Method::GET, "/api/session").send().await.unwrap().status() };
        assert_eq!(status().await, StatusCode::OK);
        shift(&office, "expires_at", 601).await;
        assert_eq!(status().await, StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn signing_out_ends_the_session_on_the_server_and_everywhere_all_of_them(office: Office) {
        let (status, session) = office.get("/api/session").await;
        assert_eq!((status, session["municipality_name"].as_str()), (StatusCode::OK, Some("泉佐野市")));
        assert_eq!((session["today"].as_str(), session["role"].as_str()), (Some("2026-06-10"), Some("supervisor")));
        // The screen locks itself when the session would end.
        assert_eq!(session["idle_seconds"], 900);
        let one = office.sign_in_as("other", Role::CounterClerk, "").await;
        let gone = office.request(&one, Method::DELETE, "/api/sessions").send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        let after = office.request(&one, Method::GET, "/api/session").send().await.unwrap();
        assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn a_request_from_another_origin_or_without_our_header_changes_nothing(office: Office) {
        let body = json!({"fiscal_year": 2026, "revision": 1, "preview_total": 0});
        let path = "/api/households/1000/decisions";
        let foreign = ["http://evil.example", "null", ""];
        for origin in foreign {
            let mut request = office.client.post(format!("{}{path}", office.url)).header("x-kokuho", "1").json(&body);
            if !origin.is_empty() {
                request = request.header("origin", origin);
            }
            assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{origin}");
        }
        let bare = office.client.post(format!("{}{path}", office.url)).header("origin", &office.url).json(&body);
        assert_eq!(bare.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}
