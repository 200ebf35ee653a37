//! What is read of a person is on record, or is not shown.

use crate::both;
use crate::office::Office;
use kokuho_server::audit::MOST;
use kokuho_server::http::{Permission, permissions};
use kokuho_server::on_db;
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use kokuho_shared::calendar::FiscalYear;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Looks of the finding.
pub const LOOKS: usize = 2_100;

/// The database takes no more records, as a full disk would not; or does again.
pub async fn refuse_records(db: &Db, refuse: bool) {
    let statements: &[&str] = match (db, refuse) {
        (Db::Sqlite(_), true) => &[
            "CREATE TRIGGER full BEFORE INSERT ON audit_pending BEGIN SELECT RAISE(ABORT, 'full'); END",
        ],
        (Db::Sqlite(_), false) => &["DROP TRIGGER full"],
        (Db::Postgres(..), true) => &[
            "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$",
            "CREATE TRIGGER is_full BEFORE INSERT ON audit_pending FOR EACH ROW EXECUTE FUNCTION is_full()",
        ],
        (Db::Postgres(..), false) => &[
            "DROP TRIGGER is_full ON audit_pending",
            "DROP FUNCTION is_full()",
        ],
    };
    for sql in statements {
        kokuho_server::on_writer!(db, pool => {
            sqlx::query(*sql).execute(pool).await.unwrap();
        });
    }
}

/// Looks at a household that are sealed.
pub async fn recorded(db: &Db, household: i64) -> i64 {
    const SQL: &str = "SELECT COUNT(*) FROM audit_entry WHERE household = $1 AND content LIKE '%\"what\":\"view\"%'";
    on_db!(db, pool => sqlx::query_scalar(SQL).bind(household).fetch_one(pool).await.unwrap())
}

/// Waits until something holds, at most half a minute.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        ticks.tick().await;
    }
}

pub async fn health(url: &str) -> (StatusCode, Value) {
    let answer = reqwest::get(format!("{url}/healthz")).await.unwrap();
    let status = answer.status();
    let all: Value = answer.json().await.unwrap();
    (status, all["audit"].clone())
}

/// Looks at the household so many times from many screens; how many were shown, and what the others were told.
pub async fn look(
    office: &Office,
    household: i64,
    times: usize,
) -> (usize, Vec<(StatusCode, String)>) {
    let url = format!("{}/api/households/{household}?fiscal_year=2026", office.url);
    let mut screens = JoinSet::new();
    for screen in 0..20 {
        let (client, url) = (office.client.clone(), url.clone());
        let times = times / 20 + usize::from(screen < times % 20);
        screens.spawn(async move {
            let (mut shown, mut refused) = (0, Vec::new());
            for _ in 0..times {
                let answer = client.get(&url).send().await.unwrap();
                let (status, again) = (
                    answer.status(),
                    answer.headers().get("retry-after").is_some(),
                );
                let text = answer.text().await.unwrap();
                if status == StatusCode::OK {
                    shown += 1;
                } else {
                    refused.push((status, format!("{text} {again}")));
                }
            }
            (shown, refused)
        });
    }
    let (mut shown, mut refused) = (0, Vec::new());
    while let Some(screen) = screens.join_next().await {
        let (more, others) = screen.unwrap();
        shown += more;
        refused.extend(others);
    }
    (shown, refused)
}

both! {
    async fn while_looks_can_be_kept_nowhere_nobody_is_shown_and_everything_else_goes_on(office: Office) {
        office.with_city().await;
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let id = office.household().await["id"].as_i64().unwrap();
        let office = office.beside(None).await;
        until("the first look is sealed", async || recorded(&office.db, id).await == 1).await;
        refuse_records(&office.db, true).await;
        let (shown, refused) = look(&office, id, LOOKS).await;
        assert!(shown > 0 && shown <= MOST, "{shown}");
        assert_eq!(shown + refused.len(), LOOKS);
        for (status, text) in &refused {
            assert_eq!(*status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(text.contains("閲覧の記録を残せない") && text.ends_with("true"), "{text}");
        }
        until("looks are refused", async || health(&office.url).await.1["recording"] == false).await;
        let (status, audit) = health(&office.url).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(audit["waiting"].as_u64().unwrap() >= u64::try_from(shown).unwrap(), "{audit}");
        // Whoever reads the log is answered at once, and what shows nobody goes on.
        let begun = Instant::now();
        let answer = office.request(&auditor, Method::GET, "/api/audit").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(office.get("/api/facilities").await.0, StatusCode::OK);
        let keys = json!({"number": "2000000001", "name": "ミペ"});
        let (status, _) = office.find(keys.clone()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        refuse_records(&office.db, false).await;
        until("people are shown again", async || office.find(keys.clone()).await.0 == StatusCode::OK).await;
        let all = i64::try_from(shown).unwrap() + 1;
        until("every look is on record", async || recorded(&office.db, id).await >= all).await;
        assert_eq!(recorded(&office.db, id).await, all);
        assert_eq!(health(&office.url).await.0, StatusCode::OK);
    }
}

/// Reading routes that show no person of the city.
const NOBODY: [&str; 29] = [
    "/api/runs/preview",
    "/api/renewals/preview",
    "/api/income-reports/preview",
    "/api/run-requests",
    "/api/runs",
    "/api/queue/counts",
    "/api/inquiries/counts",
    "/api/session",
    "/api/session/factor",
    "/api/session/notices",
    "/api/sessions",
    "/api/accounts/{login}/sessions",
    "/api/account-requests",
    "/api/files",
    "/api/accounts",
    "/api/audit",
    "/api/audit/chain",
    "/api/facilities",
    "/api/reliefs/rules",
    "/api/jobs",
    "/api/jobs/{id}/events",
    "/api/whatifs/{id}",
    "/api/runs/{id}/batches",
    "/api/renewals",
    "/api/renewals/{id}/events",
    "/api/renewals/{id}/batches",
    "/api/arrivals",
    "/api/imports",
    "/api/imports/{job}/events",
];
/// What has to be made first, and then shows people too.
const MADE: [&str; 8] = [
    "/api/slips/{number}",
    "/api/runs/{id}",
    "/api/runs/{id}/check/{sort}",
    "/api/renewals/{id}",
    "/api/letters/{number}",
    "/api/documents/{number}",
    "/api/runs/{id}/batches/{number}",
    "/api/renewals/{id}/batches/{number}",
];

/// How many records there are of somebody.
async fn told(office: &Office, auditor: &Client, login: &str) -> usize {
    let path = format!("/api/audit?login={login}");
    let answer = office
        .request(auditor, Method::GET, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Vec<Value>>().await.unwrap().len()
}

both! {
    async fn every_route_that_shows_a_person_leaves_a_record_before_it_answers(office: Office) {
        office.with_city().await;
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let view = office.household().await;
        let (id, person) = (&view["id"], &view["members"][0]["person_id"]);
        let assessor = kokuho_shared::figures::assessor("27213", FiscalYear(2026)).unwrap();
        let facts: kokuho_shared::api::household::HouseholdView = serde_json::from_value(view.clone()).unwrap();
        let total = assessor.assess(&assessor.household(&facts.members, &facts.reliefs)).unwrap().premium.total;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": total});
        let (status, decision) = office.send(Method::POST, &format!("/api/households/{id}/decisions"), wish).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let mut tried = 0;
        for Permission { method, path, .. } in permissions() {
            let searches = path == "/api/persons";
            if (method != Method::GET && !searches) || NOBODY.contains(&path.as_str()) || MADE.contains(&path.as_str()) {
                continue;
            }
            let of = if path.starts_with("/api/decisions") { &decision["summary"]["id"] } else { id };
            let place = path.replace("{id}", &of.to_string());
            let query = format!("?fiscal_year=2026&person_id={person}");
            let before = told(&office, &auditor, "clerk").await;
            let (status, answer) = match searches {
                true => office.find(json!({"number": "2000000001", "name": "ミペ"})).await,
                false => office.get(&format!("{place}{query}")).await,
            };
            assert_eq!(status, StatusCode::OK, "{path}: {answer}");
            assert_eq!(told(&office, &auditor, "clerk").await, before + 1, "{path} leaves no record");
            tried += 1;
        }
        assert!(tried >= 15, "{tried}");
    }
}

both! {
    async fn who_asks_for_a_household_they_may_not_see_is_on_record(office: Office) {
        office.with_city().await;
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let id = office.household().await["id"].as_i64().unwrap();
        let elsewhere = office.sign_in_as("elsewhere", Role::CounterClerk, "北区").await;
        for path in [format!("/api/households/{id}?fiscal_year=2026"), "/api/accounts".to_owned()] {
            office.request(&elsewhere, Method::GET, &path).send().await.unwrap();
        }
        let answer = office.request(&auditor, Method::GET, "/api/audit?login=elsewhere").send().await.unwrap();
        let records: Vec<Value> = answer.json().await.unwrap();
        let refused: Vec<(&str, Option<i64>)> = records.iter().filter(|record| record["what"] == "refused")
            .map(|record| (record["detail"].as_str().unwrap(), record["household"].as_i64())).collect();
        let of_household = format!("404 GET /api/households/{{id}} {id}");
        assert_eq!(refused, [("403 GET /api/accounts", None), (of_household.as_str(), Some(id))]);
    }
}
