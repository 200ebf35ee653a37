//! An account is made and changed by two people, and its password is known to its owner only.

use crate::both;
use crate::office::{Office, PASSWORD};
use kokuho_server::access::{accounts, factor};
use kokuho_server::clock::Clock;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const NEW: &str = "tsukue-hikari-42-sora";

/// Two administrators and what they say.
struct Pair {
    office: Office,
    asks: Client,
    approves: Client,
}

impl Pair {
    async fn of(office: Office) -> Pair {
        Pair {
            asks: office.sign_in_as("admin", Role::SystemAdmin, "").await,
            approves: office.sign_in_as("second", Role::SystemAdmin, "").await,
            office,
        }
    }

    async fn ask(&self, wish: Value) -> (StatusCode, Value) {
        let path = "/api/account-requests";
        self.office
            .send_as(&self.asks, Method::POST, path, wish)
            .await
    }

    async fn approve(&self, by: &Client, id: &Value) -> (StatusCode, Value) {
        let path = format!("/api/account-requests/{id}/approval");
        self.office
            .send_as(by, Method::POST, &path, Value::Null)
            .await
    }

    /// Asks and approves; the answers of both.
    async fn done(&self, wish: Value) -> (Value, Value) {
        let (status, asked) = self.ask(wish).await;
        assert_eq!(status, StatusCode::OK, "{asked}");
        let (status, approved) = self.approve(&self.approves, &asked["id"]).await;
        assert_eq!(status, StatusCode::OK, "{approved}");
        (asked, approved)
    }

    async fn enrol(&self, client: &Client, token: &Value, code: &Value) -> (StatusCode, Value) {
        let body = json!({"token": token, "code": code, "password": NEW});
        let path = "/api/enrolment";
        self.office.send_as(client, Method::POST, path, body).await
    }

    async fn stored(&self, login: &str) -> Option<accounts::StoredAccount> {
        accounts::find(&self.office.db, login).await.unwrap()
    }
}

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn create(login: &str) -> Value {
    json!({"kind": "create", "login": login, "name": "新人", "role": "counter_clerk", "ward": "北区"})
}

/// A request of each kind about somebody; `create` is about somebody new.
fn wishes() -> [Value; 5] {
    let about = |kind: &str| json!({"kind": kind, "login": "other"});
    let change = json!({"kind": "change", "login": "other", "name": "他", "role": "supervisor"});
    [
        create("new"),
        change,
        about("enable"),
        about("password"),
        about("factor"),
    ]
}

both! {
    async fn nothing_of_an_account_changes_without_a_second_administrator(office: Office) {
        office.add_account("other", Role::CounterClerk, "").await;
        let pair = Pair::of(office).await;
        for wish in wishes() {
            if wish["kind"] == "enable" {
                let (status, _) = pair.office.send_as(&pair.asks, Method::POST, "/api/accounts/other/suspension", Value::Null).await;
                assert_eq!(status, StatusCode::NO_CONTENT);
            }
            let before = format!("{:?} {:?}", pair.stored("other").await, pair.stored("new").await);
            let (status, asked) = pair.ask(wish.clone()).await;
            assert_eq!(status, StatusCode::OK, "{asked}");
            assert_eq!(pair.ask(wish.clone()).await.0, StatusCode::CONFLICT, "one request waits at a time");
            let (status, refused) = pair.approve(&pair.asks, &asked["id"]).await;
            assert_eq!(status, StatusCode::CONFLICT, "{wish}: {refused}");
            // The database refuses, too.
            let sql = "UPDATE account_request SET state = 'approved', decided_by = requested_by, decided_at = 1 WHERE state = 'open'";
            let refused = kokuho_server::on_writer!(&pair.office.db, pool => sqlx::query(sql).execute(pool).await.is_err());
            let sql = "UPDATE account_request SET state = 'approved' WHERE state = 'open'";
            let nobody = kokuho_server::on_writer!(&pair.office.db, pool => sqlx::query(sql).execute(pool).await.is_err());
            assert!(refused && nobody, "{wish}");
            let after = format!("{:?} {:?}", pair.stored("other").await, pair.stored("new").await);
            assert_eq!(after, before, "{wish}");
            let (status, approved) = pair.approve(&pair.approves, &asked["id"]).await;
            assert_eq!(status, StatusCode::OK, "{approved}");
            let after = format!("{:?} {:?}", pair.stored("other").await, pair.stored("new").await);
            assert_ne!(after, before, "{wish}");
            assert_eq!(pair.approve(&pair.approves, &asked["id"]).await.0, StatusCode::NOT_FOUND, "once");
        }
    }
}

both! {
    async fn a_request_that_is_refused_or_about_oneself_changes_nothing(office: Office) {
        let pair = Pair::of(office).await;
        let own = json!({"kind": "change", "login": "admin", "name": "管", "role": "supervisor"});
        assert_eq!(pair.ask(own).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (_, asked) = pair.ask(create("new")).await;
        let path = format!("/api/account-requests/{}", asked["id"]);
        let (status, _) = pair.office.send_as(&pair.asks, Method::DELETE, &path, Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(pair.approve(&pair.approves, &asked["id"]).await.0, StatusCode::NOT_FOUND);
        assert!(pair.stored("new").await.is_none());
        assert_eq!(pair.enrol(&browser(), &asked["token"], &json!("00000000")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

both! {
    async fn a_link_works_once_with_its_code_and_only_after_the_approval(office: Office) {
        let pair = Pair::of(office).await;
        let (_, asked) = pair.ask(create("new")).await;
        let token = &asked["token"];
        assert_eq!(pair.enrol(&browser(), token, &json!("00000000")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (_, approved) = pair.approve(&pair.approves, &asked["id"]).await;
        assert_eq!(approved["token"], Value::Null, "who approves never sees the link");
        let code = approved["code"].as_str().unwrap();
        assert!(code.len() == 8 && asked["code"].is_null(), "who asks never sees the code");
        let wrong = if code == "12345678" { "87654321" } else { "12345678" };
        let (status, problem) = pair.enrol(&browser(), token, &json!(wrong)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("code")));
        let client = browser();
        let (status, enrolled) = pair.enrol(&client, token, &approved["code"]).await;
        assert_eq!((status, enrolled["enrolling"].as_bool()), (StatusCode::OK, Some(true)), "{enrolled}");
        let (status, problem) = pair.enrol(&browser(), token, &approved["code"]).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("token")));
        // The second factor follows, and then the office opens.
        let office = &pair.office;
        let (_, shown) = office.send_as(&client, Method::GET, "/api/session/factor", Value::Null).await;
        let secret = shown["secret"].as_str().unwrap();
        let bytes = totp_rs::Secret::try_from_base32(secret).unwrap().as_ref().to_vec();
        let code = factor::code("new", &bytes, Clock::default().now()).unwrap();
        let (status, session) = office.send_as(&client, Method::POST, "/api/session/factor", json!({"secret": secret, "code": code})).await;
        assert_eq!((status, session["ward"].as_str()), (StatusCode::OK, Some("北区")), "{session}");
        office.forget_step("new").await;
        let body = json!({"login": "new", "password": NEW, "code": code});
        assert_eq!(office.send_as(&browser(), Method::POST, "/api/session", body).await.0, StatusCode::OK);
        // Neither link nor code stands in the database.
        for text in [token.as_str().unwrap(), approved["code"].as_str().unwrap()] {
            assert_eq!(crate::office::found_in_any_table(&office.db, text).await, Vec::<String>::new());
        }
    }
}

both! {
    async fn a_link_is_worth_nothing_after_five_wrong_codes_or_three_days(office: Office) {
        let pair = Pair::of(office).await;
        let (asked, approved) = pair.done(create("guessed")).await;
        for number in 0..5 {
            let code = (approved["code"].as_str().unwrap().parse::<u32>().unwrap() + 1 + number) % 100_000_000;
            assert_eq!(pair.enrol(&browser(), &asked["token"], &json!(format!("{code:08}"))).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(pair.enrol(&browser(), &asked["token"], &approved["code"]).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (asked, approved) = pair.done(create("late")).await;
        let sql = "UPDATE enrolment SET expires_at = expires_at - $1";
        let hours = 72 * 3_600_000_000i64;
        kokuho_server::on_writer!(&pair.office.db, pool => { sqlx::query(sql).bind(hours).execute(pool).await.unwrap(); });
        assert_eq!(pair.enrol(&browser(), &asked["token"], &approved["code"]).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

both! {
    async fn after_a_reset_the_old_password_opens_nothing_and_the_owner_is_told_by_whom(office: Office) {
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let pair = Pair::of(office).await;
        let sign_in = async |password: &str| {
            pair.office.forget_step("other").await;
            let code = factor::code("other", &secret, Clock::default().now()).unwrap();
            let (client, body) = (browser(), json!({"login": "other", "password": password, "code": code}));
            let (status, _) = pair.office.send_as(&client, Method::POST, "/api/session", body).await;
            (status, client)
        };
        assert_eq!(sign_in(PASSWORD).await.0, StatusCode::OK);
        let (asked, approved) = pair.done(json!({"kind": "password", "login": "other"})).await;
        assert_eq!(sign_in(PASSWORD).await.0, StatusCode::UNAUTHORIZED);
        let (status, enrolled) = pair.enrol(&browser(), &asked["token"], &approved["code"]).await;
        assert_eq!((status, enrolled["enrolling"].as_bool()), (StatusCode::OK, Some(false)), "the second factor stays");
        let (status, client) = sign_in(NEW).await;
        assert_eq!(status, StatusCode::OK);
        let path = "/api/session/notices";
        let (_, told) = pair.office.send_as(&client, Method::GET, path, Value::Null).await;
        assert_eq!((told[0]["what"].as_str(), told[0]["by"].as_str()), (Some("password"), Some("admin, second")), "{told}");
        assert_eq!(pair.office.send_as(&client, Method::DELETE, path, Value::Null).await.0, StatusCode::NO_CONTENT);
        assert_eq!(pair.office.send_as(&client, Method::GET, path, Value::Null).await.1, json!([]));
        // Without the old factor the old password opens nothing, either.
        pair.done(json!({"kind": "factor", "login": "other"})).await;
        let body = json!({"login": "other", "password": NEW, "code": ""});
        assert_eq!(pair.office.send_as(&browser(), Method::POST, "/api/session", body).await.0, StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn a_changed_role_or_a_suspension_ends_sessions_at_once(office: Office) {
        let other = office.sign_in_as("other", Role::Supervisor, "").await;
        let pair = Pair::of(office).await;
        let status = async |client: &Client| pair.office.send_as(client, Method::GET, "/api/imports", Value::Null).await.0;
        assert_eq!(status(&other).await, StatusCode::OK);
        pair.done(json!({"kind": "change", "login": "other", "name": "他", "role": "counter_clerk"})).await;
        assert_eq!(status(&other).await, StatusCode::UNAUTHORIZED);
        let again = pair.office.sign_in_as("other", Role::Supervisor, "").await;
        let suspend = async |login: &str| {
            let path = format!("/api/accounts/{login}/suspension");
            pair.office.send_as(&pair.asks, Method::POST, &path, Value::Null).await.0
        };
        assert_eq!(suspend("other").await, StatusCode::NO_CONTENT);
        assert_eq!(status(&again).await, StatusCode::UNAUTHORIZED);
        assert_eq!(suspend("nobody").await, StatusCode::NOT_FOUND);
        // Nobody locks the last door behind oneself.
        assert_eq!(suspend("admin").await, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

both! {
    async fn two_administrators_who_suspend_each_other_leave_one(office: Office) {
        let pair = Pair::of(office).await;
        let suspend = |by: &Client, login: &str| {
            let request = pair.office.request(by, Method::POST, &format!("/api/accounts/{login}/suspension"));
            async move { request.send().await.unwrap().status() }
        };
        let both = tokio::join!(suspend(&pair.asks, "second"), suspend(&pair.approves, "admin"));
        let done = [both.0, both.1].iter().filter(|status| **status == StatusCode::NO_CONTENT).count();
        assert_eq!(done, 1, "{both:?}");
    }
}

both! {
    async fn a_single_administrator_approves_alone_only_where_the_option_says_so_and_it_is_on_record(office: Office) {
        let pair = Pair::of(office).await;
        let (_, asked) = pair.ask(create("new")).await;
        let list = pair.office.send_as(&pair.asks, Method::GET, "/api/account-requests", Value::Null).await.1;
        assert_eq!(list[0]["may_approve"], false);
        assert_eq!(pair.approve(&pair.asks, &asked["id"]).await.0, StatusCode::CONFLICT);
        let alone = pair.office.with_single_administrator().await;
        let path = format!("/api/account-requests/{}/approval", asked["id"]);
        let (status, approved) = alone.send_as(&pair.asks, Method::POST, &path, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{approved}");
        let auditor = alone.sign_in_as("auditor", Role::Auditor, "").await;
        let (_, records) = alone.send_as(&auditor, Method::GET, "/api/audit?login=admin", Value::Null).await;
        let told = records.as_array().unwrap().iter().find(|record| record["what"] == "account_set").unwrap();
        assert!(told["detail"].as_str().unwrap().ends_with("--single-administrator"), "{told}");
    }
}

both! {
    async fn ones_own_password_is_changed_with_the_old_one_and_a_code_and_ends_the_sessions_elsewhere(office: Office) {
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let code = async || {
            office.forget_step("other").await;
            factor::code("other", &secret, Clock::default().now()).unwrap()
        };
        let sign_in = async |password: &str| {
            let (client, body) = (browser(), json!({"login": "other", "password": password, "code": code().await}));
            (office.send_as(&client, Method::POST, "/api/session", body).await.0, client)
        };
        let ((_, here), (_, elsewhere)) = (sign_in(PASSWORD).await, sign_in(PASSWORD).await);
        let change = async |current: &str, code: &str, password: &str| {
            let body = json!({"current": current, "code": code, "password": password});
            let (status, problem) = office.send_as(&here, Method::PUT, "/api/session/password", body).await;
            (status, problem["field"].as_str().unwrap_or_default().to_owned())
        };
        let refused = |field: &str| (StatusCode::UNPROCESSABLE_ENTITY, field.to_owned());
        for common in ["short", "password1234", "qwertyuiop123", "aaaaaaaaaaaaaaaa", "123456789012", "other-hikari-42-sora", "kokuho-hikari-42-sora"] {
            assert_eq!(change(PASSWORD, &code().await, common).await, refused("password"), "{common}");
        }
        assert_eq!(change("wrong wrong", &code().await, NEW).await, refused("current"));
        assert_eq!(change(PASSWORD, "", NEW).await, refused("current"));
        assert_eq!(change(PASSWORD, &code().await, NEW).await.0, StatusCode::NO_CONTENT);
        let seen = async |client: &Client| office.send_as(client, Method::GET, "/api/session", Value::Null).await.0;
        assert_eq!((seen(&here).await, seen(&elsewhere).await), (StatusCode::OK, StatusCode::UNAUTHORIZED));
        assert_eq!((sign_in(PASSWORD).await.0, sign_in(NEW).await.0), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    }
}

both! {
    async fn sessions_are_listed_and_ended_one_by_one_by_their_owner_or_an_administrator(office: Office) {
        let admin = office.sign_in_as("admin", Role::SystemAdmin, "").await;
        let secret = office.add_account("other", Role::CounterClerk, "").await;
        let mut clients = Vec::new();
        for _ in 0..3 {
            office.forget_step("other").await;
            let code = factor::code("other", &secret, Clock::default().now()).unwrap();
            let (client, body) = (browser(), json!({"login": "other", "password": PASSWORD, "code": code}));
            assert_eq!(office.send_as(&client, Method::POST, "/api/session", body).await.0, StatusCode::OK);
            clients.push(client);
        }
        let list = async |client: &Client, path: &str| {
            let (status, list) = office.send_as(client, Method::GET, path, Value::Null).await;
            assert_eq!(status, StatusCode::OK, "{list}");
            list.as_array().unwrap().clone()
        };
        let end = async |client: &Client, path: String| office.send_as(client, Method::DELETE, &path, Value::Null).await.0;
        let own = list(&clients[0], "/api/sessions").await;
        assert_eq!(own.len(), 3);
        assert_eq!(own.iter().filter(|session| session["here"] == true).count(), 1);
        assert!(own.iter().all(|session| session["address"] == "127.0.0.1"), "{own:?}");
        let there = own.iter().find(|session| session["here"] == false).unwrap();
        // Somebody else's session is not there for a clerk.
        let clerk = list(&office.client, "/api/sessions").await;
        assert_eq!(end(&clients[0], format!("/api/sessions/{}", clerk[0]["id"])).await, StatusCode::NOT_FOUND);
        assert_eq!(end(&clients[0], format!("/api/sessions/{}", there["id"])).await, StatusCode::NO_CONTENT);
        assert_eq!(list(&clients[0], "/api/sessions").await.len(), 2);
        let of_other = list(&admin, "/api/accounts/other/sessions").await;
        for session in &of_other {
            assert_eq!(end(&admin, format!("/api/accounts/other/sessions/{}", session["id"])).await, StatusCode::NO_CONTENT);
        }
        assert_eq!(list(&admin, "/api/accounts/other/sessions").await.len(), 0);
        for client in &clients {
            assert_eq!(office.send_as(client, Method::GET, "/api/session", Value::Null).await.0, StatusCode::UNAUTHORIZED);
        }
    }
}
