//! The public estimate, the API's description, and the server without a database.

use crate::both;
use crate::office::{Office, serve};
use kokuho_server::clock::Clock;
use kokuho_server::http::App;
use kokuho_server::linkage::running_imports::RunningImports;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const ESTIMATES: &str = "/api/public/estimates";

fn single() -> Value {
    json!([{"id": "A", "birth_date": "2006-04-02", "head": true,
            "income": {"salary_receipts": 2_400_000, "salary_income": 1_600_000}}])
}

fn question(municipality: &str, members: Value) -> Value {
    json!({"as_of": {"fiscal_year": 2026}, "municipality": municipality, "inputs": {"members": members}})
}

async fn public_only() -> String {
    let app = App {
        db: None,
        municipality: "27100".into(),
        clock: Clock::default(),
        layouts: None,
        reliefs: Default::default(),
        whatifs: Default::default(),
        jobs: RunningImports::default(),
        keys: crate::office::keys(),
        single_administrator: false,
        environment: Default::default(),
        audit: kokuho_server::audit::Log::nowhere(),
        press: crate::office::press("27100"),
        wake: Default::default(),
        provider: None,
    };
    serve(app).await
}

async fn ask(url: &str, question: &Value) -> (StatusCode, Value) {
    let answer = Client::new()
        .post(format!("{url}{ESTIMATES}"))
        .json(question)
        .send()
        .await
        .unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_two_published_households_come_out_without_sign_in_or_database() {
    let url = public_only().await;
    let (status, answer) = ask(&url, &question("新宿区", single())).await;
    assert_eq!(
        (status, answer["total"].as_i64()),
        (StatusCode::OK, Some(190_859))
    );
    let amounts: Vec<i64> = answer["instalments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(
        amounts,
        [
            19_139, 19_080, 19_080, 19_080, 19_080, 19_080, 19_080, 19_080, 19_080, 19_080
        ]
    );
    let three = json!([
        {"id": "A", "birth_date": "1981-04-02", "head": true, "income": {"salary_receipts": 4500000, "salary_income": 3160000}},
        {"id": "B", "birth_date": "1985-04-02"}, {"id": "C", "birth_date": "2011-04-02"}]);
    let (status, answer) = ask(&url, &question("27213", three)).await;
    assert_eq!(
        (status, answer["total"].as_i64()),
        (StatusCode::OK, Some(645_854))
    );
    assert_eq!(answer["parts"]["medical"]["amount"], 398_228);
    assert_eq!(answer["explanation"][0]["yen"], 645_854);
    let leaf = answer["explanation"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["code"] == "income_levy_of_person");
    let leaf = leaf.unwrap();
    assert_eq!(
        (leaf["article"].as_str(), leaf["parameter"].as_str()),
        (Some("令29条の7第2項"), Some("rates.medical.income_rate"))
    );
}

#[tokio::test]
async fn a_wrong_question_is_refused_with_its_field() {
    let url = public_only().await;
    let mut unknown = question("27100", single());
    unknown["inputs"]["members"][0]["pregnant_since"] = json!("2026-01-01");
    let mut day = question("27100", single());
    day["inputs"]["members"][0]["birth_date"] = json!("2006-02-30");
    let mut year = question("27100", single());
    year["as_of"]["fiscal_year"] = json!(2031);
    let mut heads = question("27100", single());
    heads["inputs"]["members"][0]["head"] = json!(false);
    for (question, status, field) in [
        (unknown, 400, "inputs.members[0].pregnant_since"),
        (day, 400, "inputs.members[0].birth_date"),
        (year, 422, "fiscal_year"),
        (heads, 422, "members"),
        (
            json!({"as_of": {"fiscal_year": 2026}, "inputs": {"members": []}}),
            422,
            "municipality",
        ),
    ] {
        let (got, problem) = ask(&url, &question).await;
        assert_eq!(
            (got.as_u16(), problem["field"].as_str()),
            (status, Some(field)),
            "{problem}"
        );
    }
    let broken = Client::new()
        .post(format!("{url}{ESTIMATES}"))
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_public_only_server_has_no_office() {
    let url = public_only().await;
    for path in [
        "/api/session",
        "/api/persons/search",
        "/api/imports",
        "/api/households/1",
    ] {
        let answer = Client::new()
            .get(format!("{url}{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let health = Client::new()
        .get(format!("{url}/healthz"))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

both! {
    async fn the_description_lists_every_route_and_the_server_is_healthy(office: Office) {
        let (status, document) = office.get("/api/openapi.json").await;
        assert_eq!(status, StatusCode::OK);
        let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        for path in [ESTIMATES, "/api/session", "/api/persons/search", "/api/households/{id}", "/api/households/{id}/facts",
            "/api/households/{id}/decisions", "/api/decisions/{id}", "/api/imports", "/api/imports/{job}/events"] {
            assert!(paths.iter().any(|known| *known == path), "{path}");
        }
        assert!(document["components"]["schemas"]["Estimate"].is_object());
        assert_eq!(office.get("/healthz").await.0, StatusCode::OK);
    }
}

both! {
    async fn a_change_without_the_own_header_is_refused(office: Office) {
        let request = office.client.request(Method::DELETE, format!("{}/api/session", office.url));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(office.get("/api/session").await.0, StatusCode::OK);
    }
}
