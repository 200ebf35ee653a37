//! 一度だけの操作: what issues, sends or starts something has one effect, however often the same request comes.

use crate::city;
use crate::duplicates;
use crate::linkage::Exchange;
use crate::office::{Kind, Office};
use crate::{both, reliefs};
use kokuho_partners::Fault;
use kokuho_server::clock::Instant;
use kokuho_server::http::permissions;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinHandle;

/// So many equal requests arrive at the same instant.
const AT_ONCE: usize = 16;

static NEXT: AtomicU64 = AtomicU64::new(1);

fn new_key() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(
        "6f9619ff-8b86-4011-b42d-{:012x}",
        number + u64::from(std::process::id()) * 1_000_000
    )
}

/// One post with a key: its status and what it says.
async fn post(
    office: &Office,
    client: &Client,
    path: &str,
    body: &[u8],
    key: &str,
) -> (StatusCode, String) {
    sent(office, client, path, body, key).await.unwrap()
}

/// The same, on its way.
fn sent(
    office: &Office,
    client: &Client,
    path: &str,
    body: &[u8],
    key: &str,
) -> JoinHandle<(StatusCode, String)> {
    let request = office
        .request(client, Method::POST, path)
        .header("idempotency-key", key)
        .header("content-type", "application/json")
        .body(body.to_vec());
    tokio::spawn(async move {
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    })
}

async fn count(office: &Office, sql: &'static str) -> i64 {
    kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
}

/// What was done in an office, and which routes were held against the rule.
struct Acts {
    office: Office,
    covered: BTreeSet<String>,
}

impl Acts {
    fn of(office: Office) -> Acts {
        Acts {
            office,
            covered: BTreeSet::new(),
        }
    }

    /// Posts the same many times at once as the office's clerk; the rows of `sql` grow by one.
    async fn act(&mut self, route: &str, path: &str, body: Value, sql: &'static str) -> Value {
        let client = self.office.client.clone();
        self.act_as(&client, route, path, body, (sql, 1)).await
    }

    async fn act_as(
        &mut self,
        client: &Client,
        route: &str,
        path: &str,
        body: Value,
        effect: (&'static str, i64),
    ) -> Value {
        let body = serde_json::to_vec(&body).unwrap();
        self.act_of_bytes(client, route, path, &body, effect).await
    }

    /// The same of an act that answers a secret: one post gets it, all others learn that it is done, and nothing of it
    /// is kept.
    async fn act_untold(
        &mut self,
        client: &Client,
        route: &str,
        path: &str,
        body: Value,
        (sql, grows): (&'static str, i64),
    ) -> Value {
        let office = &self.office;
        let body = serde_json::to_vec(&body).unwrap();
        let (key, before) = (new_key(), count(office, sql).await);
        let equal: Vec<_> = (0..AT_ONCE)
            .map(|_| sent(office, client, path, &body, &key))
            .collect();
        let (mut told, mut refused) = (Vec::new(), 0);
        for one in equal {
            match one.await.unwrap() {
                (status, text) if status.is_success() => told.push(text),
                (status, text) => {
                    assert_eq!(status, StatusCode::CONFLICT, "{route}: {text}");
                    assert!(text.contains("すでに行われています"), "{route}: {text}");
                    refused += 1;
                }
            }
        }
        assert_eq!((told.len(), refused), (1, AT_ONCE - 1), "{route}");
        assert_eq!(count(office, sql).await - before, grows, "{route}");
        let answer: Value = serde_json::from_str(&told[0]).unwrap();
        let secret = answer.get("token").or(answer.get("code"));
        let secret = secret.and_then(Value::as_str).unwrap();
        let kept: Vec<String> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar("SELECT answer FROM act_key").fetch_all(pool).await.unwrap());
        assert!(
            !kept.is_empty() && !kept.iter().any(|one| one.contains(secret)),
            "{route}"
        );
        self.covered.insert(route.to_owned());
        answer
    }

    async fn act_of_bytes(
        &mut self,
        client: &Client,
        route: &str,
        path: &str,
        body: &[u8],
        (sql, grows): (&'static str, i64),
    ) -> Value {
        let office = &self.office;
        let (key, before) = (new_key(), count(office, sql).await);
        let equal: Vec<_> = (0..AT_ONCE)
            .map(|_| sent(office, client, path, body, &key))
            .collect();
        let mut answers = Vec::new();
        for one in equal {
            answers.push(one.await.unwrap());
        }
        answers.push(post(office, client, path, body, &key).await);
        let (status, text) = answers[0].clone();
        assert!(status.is_success(), "{route}: {status} {text}");
        for answer in &answers {
            assert_eq!(*answer, answers[0], "{route}");
        }
        assert_eq!(count(office, sql).await - before, grows, "{route}");
        let other = post(office, client, path, b"{\"other\":1}", &key).await;
        assert_eq!(
            other.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{route}: {}",
            other.1
        );
        assert!(other.1.contains("Idempotency-Key"), "{route}: {}", other.1);
        assert_eq!(count(office, sql).await - before, grows, "{route}");
        self.covered.insert(route.to_owned());
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn work(&self) {
        let worker = self.office.worker("27213", "one");
        worker.run_until_idle().await.unwrap();
    }
}

const LETTERS: &str = "SELECT COUNT(*) FROM letter";
const JOBS: &str = "SELECT COUNT(*) FROM job";
const MARKS: &str = "SELECT COUNT(*) FROM print_mark";

/// What the counter does for one household.
async fn household(acts: &mut Acts) {
    acts.office.with_city().await;
    let view = acts.office.household().await;
    let id = view["id"].clone();
    let person = |at: usize| view["members"][at]["person_id"].clone();
    let own = |what: &str| format!("/api/households/{id}/{what}");
    let decide =
        json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let decision = acts
        .act(
            "/api/households/{id}/decisions",
            &own("decisions"),
            decide,
            "SELECT COUNT(*) FROM decision",
        )
        .await;
    let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
    acts.act("/api/decisions/{id}/notice", &path, Value::Null, LETTERS)
        .await;
    let (_, slips) = acts.office.get(&own("slips")).await;
    let first = slips["slips"][0]["number"].as_str().unwrap().to_owned();
    let until = json!({"usable_until": slips["latest_usable_until"]});
    let path = own(&format!("slips/{first}/reissue"));
    let route = "/api/households/{id}/slips/{number}/reissue";
    let issued = "SELECT COUNT(*) FROM payment_slip";
    acts.act(route, &path, until, issued).await;
    let path = format!("/api/letters/{first}/reprints");
    let route = "/api/letters/{number}/reprints";
    let reprints = "SELECT COUNT(*) FROM letter_reprint";
    acts.act(route, &path, json!({"reason": "紛失"}), reprints)
        .await;
    let question =
        json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person(0)});
    let issued = acts
        .act(
            "/api/households/{id}/documents",
            &own("documents"),
            question,
            LETTERS,
        )
        .await;
    let path = format!(
        "/api/documents/{}/closing",
        issued["number"].as_str().unwrap()
    );
    let closing =
        json!({"person_id": person(0), "state": "replied", "on": "2026-06-10", "remark": ""});
    acts.act(
        "/api/documents/{number}/closing",
        &path,
        closing,
        "SELECT COUNT(*) FROM letter WHERE state = 'replied'",
    )
    .await;
    let asked = json!({"person_id": person(0), "dataset": "local_tax", "holder": "municipality",
        "holder_code": "27100", "fiscal_year": 2026, "purpose": "試験"});
    let inquiries = acts
        .act(
            "/api/households/{id}/inquiries",
            &own("inquiries"),
            asked,
            "SELECT COUNT(*) FROM inquiry",
        )
        .await;
    let path = format!(
        "/api/inquiries/{}/settlement?fiscal_year=2026",
        inquiries[0]["id"]
    );
    let cancel = json!({"settlement": "cancel", "revision": view["revision"], "reason": "誤り"});
    acts.act(
        "/api/inquiries/{id}/settlement",
        &path,
        cancel,
        "SELECT COUNT(*) FROM inquiry WHERE state = 'cancelled'",
    )
    .await;
    let refresh = json!({"kind": "residents_request", "fiscal_year": 2026});
    let client = acts.office.client.clone();
    let asked = (
        "SELECT COUNT(*) FROM interchange WHERE kind = 'residents_request'",
        3,
    );
    acts.act_as(
        &client,
        "/api/households/{id}/refresh",
        &own("refresh"),
        refresh,
        asked,
    )
    .await;
    let study = json!({"person_id": person(1), "starts_on": "2026-04-05", "school": "京都の大学", "place": "京都市左京区",
        "expected_end": "2030-03-31", "ended_on": null, "end_reason": null});
    acts.act(
        "/api/households/{id}/students",
        &own("students?fiscal_year=2026"),
        study,
        "SELECT COUNT(*) FROM student_fact",
    )
    .await;
    let facility = crate::facilities::facility(&acts.office, "堺の里", "27140").await;
    let stay = json!({"fiscal_year": 2026, "person_id": person(1), "facility_id": facility, "admitted_on": "2026-05-01",
        "from": "27213", "from_facility": false, "by_measure": false});
    acts.act(
        "/api/households/{id}/stays",
        &own("stays"),
        stay,
        "SELECT COUNT(*) FROM stay_fact",
    )
    .await;
    let cases = acts
        .act(
            "/api/households/{id}/reliefs",
            &own("reliefs"),
            reliefs::fall(&reliefs::EVIDENCE),
            "SELECT COUNT(*) FROM relief_case",
        )
        .await;
    let other = acts.office.other(Role::Supervisor).await;
    let path = format!("/api/reliefs/{}/decision", cases[0]["id"]);
    let granted = (
        "SELECT COUNT(*) FROM relief_case WHERE state = 'granted'",
        1,
    );
    acts.act_as(
        &other,
        "/api/reliefs/{case}/decision",
        &path,
        json!({"state": "granted"}),
        granted,
    )
    .await;
    let path = format!("/api/reliefs/{}/notice", cases[0]["id"]);
    acts.act("/api/reliefs/{case}/notice", &path, Value::Null, LETTERS)
        .await;
    let view = acts.office.household().await;
    let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "death",
        "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [person(2)]});
    acts.act(
        "/api/households/{id}/notices",
        &own("notices"),
        notice,
        "SELECT COUNT(*) FROM notice",
    )
    .await;
}

/// What another office or file brings.
async fn exchanged(acts: &mut Acts) {
    let office = &acts.office;
    office.with_city().await;
    let mut exchange = Exchange::of(office);
    exchange.partners.fault("1000000002", Fault::Error);
    exchange.there_and_back().await;
    let (_, all) = office.get("/api/interchange").await;
    let items = all["items"].as_array().unwrap();
    let item = items
        .iter()
        .find(|one| one["kind"] == "federation")
        .unwrap()["id"]
        .clone();
    let queued = "SELECT COUNT(*) FROM interchange WHERE kind = 'federation' AND state = 'queued'";
    let retry = json!({"action": "retry", "reason": ""});
    acts.act(
        "/api/interchange/{id}",
        &format!("/api/interchange/{item}"),
        retry,
        queued,
    )
    .await;
    // Somebody whose income is asked for on paper.
    let undeclared = city::INCOMES.replace("1000000002,2025,1", "1000000002,2025,2");
    let client = acts.office.client.clone();
    let taken = (
        "SELECT COUNT(*) FROM act_key WHERE route LIKE '%imports'",
        1,
    );
    let path = "/api/imports?kind=incomes&file_name=incomes.csv";
    let started = acts
        .act_of_bytes(&client, "/api/imports", path, undeclared.as_bytes(), taken)
        .await;
    let events = format!("{}/api/imports/{}/events", acts.office.url, started["job"]);
    let events = client
        .get(events)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(events.contains("\"done\""), "{events}");
    // Imports of a process are numbered: the next one is the second.
    let request = acts
        .office
        .request(&client, Method::POST, path)
        .body(undeclared.into_bytes());
    let next: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        next["job"].as_i64(),
        started["job"].as_i64().map(|first| first + 1)
    );
    let events = format!("{}/api/imports/{}/events", acts.office.url, next["job"]);
    client
        .get(events)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let view = acts.office.household().await;
    let person = view["members"][1]["person_id"].clone();
    let wish = json!({"fiscal_year": 2026, "kind": "income_report", "person_id": person});
    let path = format!("/api/households/{}/documents", view["id"]);
    let (status, issued) = acts.office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{issued}");
    let path = format!(
        "/api/documents/{}/income",
        issued["number"].as_str().unwrap()
    );
    let reply = json!({"person_id": person, "on": "2026-06-10", "salary_receipts": 1_200_000,
        "pension_receipts": 0, "other_income": 30_000});
    acts.act(
        "/api/documents/{number}/income",
        &path,
        reply,
        "SELECT COUNT(*) FROM letter WHERE state = 'replied'",
    )
    .await;
    exchange.courier.round().await.unwrap();
    exchange
        .partners
        .ask_income_reports(&[(71, "1000000002", 2025)])
        .unwrap();
    exchange.courier.round().await.unwrap();
    let (_, all) = acts.office.get("/api/provision/requests").await;
    let path = format!("/api/provision/requests/{}", all["items"][0]["id"]);
    let answer = json!({"decision": "answer", "reason": ""});
    acts.act(
        "/api/provision/requests/{id}",
        &path,
        answer,
        "SELECT COUNT(*) FROM provision_request WHERE state <> 'waiting'",
    )
    .await;
    let of = |on: &str| {
        vec![duplicates::line(
            on,
            "1000000002",
            "1985-04-02",
            "2026-02-01",
        )]
    };
    duplicates::deliver(
        &acts.office,
        "2026-05-11",
        "duplicates_202605.csv",
        &of("2026-05-10"),
    )
    .await;
    duplicates::deliver(
        &acts.office,
        "2026-06-10",
        "duplicates_202606.csv",
        &of("2026-06-09"),
    )
    .await;
    let (_, cases) = acts.office.get("/api/duplicates").await;
    let path = format!("/api/duplicates/{}", cases[0]["id"]);
    let urge = json!({"action": "urge", "seen_state": cases[0]["state"], "reason": ""});
    acts.act("/api/duplicates/{id}", &path, urge, LETTERS).await;
}

/// What is done over the whole city.
async fn whole_city(acts: &mut Acts) {
    acts.office.with_city().await;
    let other = acts.office.other(Role::Supervisor).await;
    let run = acts
        .act("/api/runs", "/api/runs", json!({"fiscal_year": 2026}), JOBS)
        .await;
    let own = |what: &str| format!("/api/runs/{}/{what}", run["id"]);
    let job = |what: &str| format!("/api/jobs/{}/{what}", run["id"]);
    acts.office
        .send(Method::POST, &job("cancel"), Value::Null)
        .await;
    let running = "SELECT COUNT(*) FROM job WHERE state = 'running'";
    acts.act(
        "/api/jobs/{id}/resume",
        &job("resume"),
        Value::Null,
        running,
    )
    .await;
    acts.work().await;
    acts.act("/api/runs/{id}/check", &own("check"), Value::Null, JOBS)
        .await;
    acts.work().await;
    let released = ("SELECT COUNT(*) FROM run_release", 1);
    acts.act_as(
        &other,
        "/api/runs/{id}/release",
        &own("release"),
        json!({"note": "確かめた"}),
        released,
    )
    .await;
    acts.act("/api/runs/{id}/letters", &own("letters"), Value::Null, JOBS)
        .await;
    acts.work().await;
    acts.act(
        "/api/runs/{id}/batches/{number}/printed",
        &own("batches/1/printed"),
        Value::Null,
        MARKS,
    )
    .await;
    papers(acts, &other).await;
    let admin = acts.office.sign_in_as("admin", Role::SystemAdmin, "").await;
    let second = acts
        .office
        .sign_in_as("second", Role::SystemAdmin, "")
        .await;
    let create = json!({"kind": "create", "login": "new", "name": "新人", "role": "counter_clerk", "ward": "北区"});
    let asked = ("SELECT COUNT(*) FROM account_request", 1);
    let request = acts
        .act_untold(
            &admin,
            "/api/account-requests",
            "/api/account-requests",
            create,
            asked,
        )
        .await;
    let path = format!("/api/account-requests/{}/approval", request["id"]);
    let approved = (
        "SELECT COUNT(*) FROM account_request WHERE state = 'approved'",
        1,
    );
    acts.act_untold(
        &second,
        "/api/account-requests/{id}/approval",
        &path,
        Value::Null,
        approved,
    )
    .await;
}

/// Papers for everybody.
async fn papers(acts: &mut Acts, other: &Client) {
    let requests = "SELECT COUNT(*) FROM run_request";
    let renewals = "/api/renewals";
    let wish = json!({"from": "2026-08-01", "letters": 3});
    let asked = acts.act(renewals, renewals, wish, requests).await;
    let release = "/api/run-requests/{id}/release";
    let path = format!("/api/run-requests/{}/release", asked["id"]);
    let note = json!({"note": ""});
    let renewal = acts.act_as(other, release, &path, note, (JOBS, 1)).await;
    acts.work().await;
    let path = format!("/api/renewals/{}/batches/1/printed", renewal["id"]);
    let printed = "/api/renewals/{id}/batches/{number}/printed";
    acts.act(printed, &path, Value::Null, MARKS).await;
    let undeclared = city::INCOMES.replace("1000000002,2025,1", "1000000002,2025,2");
    let kind = kokuho_shared::api::import::FileKind::Incomes;
    acts.office.import(kind, undeclared.into_bytes()).await;
    let reports = "/api/income-reports";
    let wish = json!({"fiscal_year": 2026, "letters": 1});
    acts.act(reports, reports, wish, requests).await;
}

/// 特別徴収.
async fn pensions(acts: &mut Acts) {
    let office = &acts.office;
    crate::pensions::pensioners(office).await;
    let mut body = Exchange::of(office);
    assert!(crate::pensions::listed(&mut body, "1959-04-02", 2_600_000).await);
    crate::pensions::decide(office).await;
    let year = json!({"fiscal_year": 2026});
    let queued = "SELECT COUNT(*) FROM pension_case WHERE state = 'queued'";
    acts.act("/api/pensions", "/api/pensions", year, queued)
        .await;
    body.there_and_back().await;
    let path = format!(
        "/api/households/{}/pension",
        acts.office.household().await["id"]
    );
    let stop = json!({"fiscal_year": 2026, "reason": "口座振替の申出", "account_transfer": true});
    let stopping = "SELECT COUNT(*) FROM pension_case WHERE state = 'stop_queued'";
    acts.act("/api/households/{id}/pension", &path, stop, stopping)
        .await;
}

async fn every_act(kind: Kind) {
    let mut covered = BTreeSet::new();
    macro_rules! of_its_own {
        ($scenario:ident) => {
            let mut acts = Acts::of(Office::open(kind, "27213").await);
            $scenario(&mut acts).await;
            covered.extend(acts.covered);
        };
    }
    of_its_own!(household);
    of_its_own!(exchanged);
    of_its_own!(whole_city);
    of_its_own!(pensions);
    let declared = permissions().into_iter().filter(|route| route.once);
    let declared: BTreeSet<String> = declared.map(|route| route.path).collect();
    assert_eq!(covered, declared);
}

mod sixteen_equal_posts_at_one_instant_have_one_effect_and_one_answer_of_every_act {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        every_act(Kind::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        every_act(Kind::Postgres).await;
    }
}

both! {
    async fn what_was_refused_may_be_sent_again_with_its_key_and_what_was_done_without_an_answer_is_told(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/documents", view["id"]);
        let body = |kind: &str| serde_json::to_vec(&json!({"fiscal_year": 2026, "kind": kind, "person_id": view["members"][0]["person_id"],
            "facility_id": 999_999})).unwrap();
        let (client, key) = (office.client.clone(), new_key());
        let (status, _) = post(&office, &client, &path, &body("facility_inquiry"), &key).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let wish = body("residence_inquiry");
        let (status, first) = post(&office, &client, &path, &wish, &key).await;
        assert_eq!(status, StatusCode::OK, "{first}");
        // Another clerk's key is another key.
        let other = office.other(Role::Supervisor).await;
        let (status, second) = post(&office, &other, &path, &wish, &key).await;
        assert_eq!(status, StatusCode::OK, "{second}");
        assert_ne!(first, second);
        let (status, problem) = post(&office, &client, &path, &wish, "1").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        // The server died before it kept the answer, long ago.
        let sql = "UPDATE act_key SET status = 0, answer = '', begun_at = begun_at - 700000000";
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).execute(pool).await.unwrap().rows_affected());
        let (status, problem) = post(&office, &client, &path, &wish, &key).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem.contains("すでに行われています") && problem.contains("読み直して"), "{problem}");
        assert_eq!(count(&office, LETTERS).await, 2);
    }
}

both! {
    async fn keys_of_more_than_a_day_ago_are_forgotten_when_somebody_signs_in(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/documents", view["id"]);
        let wish = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": view["members"][0]["person_id"]});
        let wish = serde_json::to_vec(&wish).unwrap();
        for hours in [23, 25] {
            let key = new_key();
            post(&office, &office.client, &path, &wish, &key).await;
            let at = Instant(kokuho_server::clock::Clock::default().now().0).plus_hours(-hours);
            let sql = "UPDATE act_key SET begun_at = $1 WHERE key = $2";
            kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).bind(at.0).bind(&key).execute(pool).await.unwrap().rows_affected());
        }
        office.sign_in_as("later", Role::Supervisor, "").await;
        assert_eq!(count(&office, "SELECT COUNT(*) FROM act_key").await, 1);
    }
}

#[tokio::test]
async fn the_description_of_the_api_names_the_key_of_each_act() {
    let office = Office::open(Kind::Sqlite, "27213").await;
    let (_, api) = office.get("/api/openapi.json").await;
    for route in permissions().into_iter().filter(|route| route.once) {
        let parameters = api["paths"][&route.path]["post"]["parameters"]
            .as_array()
            .unwrap();
        let named = parameters
            .iter()
            .any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header");
        assert!(named, "{}", route.path);
    }
}
