//! もし料率が違ったら: over every decided household, and nothing is written.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CITY: &str = "27100";
const HOUSEHOLDS: u32 = 60;

async fn decided(office: &Office) -> Value {
    office.with_demo(CITY, HOUSEHOLDS).await;
    let view = office.done(json!({"fiscal_year": 2026}), "27213").await;
    view["outcome"].clone()
}

/// The rates of the office's own municipality.
fn rates() -> Value {
    let assessor = figures::assessor("27213", FiscalYear(2026)).unwrap();
    serde_json::to_value(assessor.rules.rates).unwrap()
}

async fn tried(office: &Office, rates: Value) -> Value {
    let wish = json!({"fiscal_year": 2026, "rates": rates});
    let (status, mut view) = office.send(Method::POST, "/api/whatifs", wish).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{view}");
    while view["finished"] != true {
        let (status, now) = office.get(&format!("/api/whatifs/{}", view["id"])).await;
        assert_eq!(status, StatusCode::OK, "{now}");
        view = now;
        tokio::task::yield_now().await;
    }
    assert_eq!(view["problem"], Value::Null);
    assert_eq!(view["done"], view["decisions"]);
    view["outcome"].clone()
}

both! {
    async fn other_rates_are_tried_over_the_whole_city_and_change_nothing(office: Office) {
        let run = decided(&office).await;
        let before = office.rows().await;
        let same = tried(&office, rates()).await;
        assert_eq!(same["before_total"], run["decided_total"]);
        assert_eq!((&same["after_total"], same["same"].as_i64()), (&same["before_total"], run["decided"].as_i64()));
        let mut higher = rates();
        higher["medical"]["per_capita"] = json!(40_000);
        let more = tried(&office, higher).await;
        assert!(more["after_total"].as_i64() > more["before_total"].as_i64(), "{more}");
        assert_eq!(more["less"], 0);
        let counted: i64 = ["more", "less", "same"].iter().map(|key| more[key].as_i64().unwrap()).sum();
        assert_eq!(more["households"].as_i64(), Some(counted));
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn the_rate_that_brings_the_decided_sum_is_the_citys_own(office: Office) {
        decided(&office).await;
        let now = tried(&office, rates()).await;
        let medical = now["parts"][0]["before"].as_i64().unwrap();
        let solve = |required: i64| json!({"fiscal_year": 2026, "rates": rates(), "required": {"medical": required}});
        let (status, solved) = office.send(Method::POST, "/api/rates", solve(1)).await;
        assert_eq!(status, StatusCode::OK, "{solved}");
        assert_eq!(solved[0]["income_rate"], "0");
        let compensated = solved[0]["compensated"].as_i64().unwrap();
        let (_, solved) = office.send(Method::POST, "/api/rates", solve(medical + compensated)).await;
        assert_eq!((solved[0]["income_rate"].as_str(), solved[0]["levied"].as_i64()), (Some("0.095"), Some(medical)), "{solved}");
        let nothing = json!({"fiscal_year": 2026, "rates": {}, "required": {"medical": 1}});
        let (status, problem) = office.send(Method::POST, "/api/rates", nothing).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("rates")));
    }
}

both! {
    async fn a_year_without_decisions_and_a_clerk_of_the_counter_get_no_trial(office: Office) {
        let wish = json!({"fiscal_year": 2026, "rates": rates()});
        let (status, problem) = office.send(Method::POST, "/api/whatifs", wish.clone()).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")));
        let counter = office.other(Role::CounterClerk).await;
        let asked = office.request(&counter, Method::POST, "/api/whatifs").json(&wish).send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::FORBIDDEN);
        assert_eq!(office.get("/api/whatifs/99").await.0, StatusCode::NOT_FOUND);
    }
}
