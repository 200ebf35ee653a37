//! 情報提供 over real files: what another office asks, who decides, and what it is told.

use crate::both;
use crate::linkage::Exchange;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::api::provision::{ProvisionItem, ProvisionRequests};
use kokuho_shared::provision::request::ProvisionState;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const REQUESTS: &str = "/api/provision/requests";

async fn requests(office: &Office) -> ProvisionRequests {
    let (status, all) = office.get(REQUESTS).await;
    assert_eq!(status, StatusCode::OK, "{all}");
    serde_json::from_value(all).unwrap()
}

fn count(all: &ProvisionRequests, state: ProvisionState) -> i64 {
    let of = all.counts.iter().filter(|one| one.state == state);
    of.map(|one| one.count).sum()
}

async fn decide(
    office: &Office,
    item: &ProvisionItem,
    decision: &str,
    reason: &str,
) -> (StatusCode, Value) {
    let wish = json!({"decision": decision, "reason": reason});
    office
        .send(Method::POST, &format!("{REQUESTS}/{}", item.id), wish)
        .await
}

/// 二子 has written on 所得申告書 what she earned in 2025.
async fn reported(office: &Office) {
    let view = office.household().await;
    let person = &view["members"][1]["person_id"];
    let undeclared = crate::city::INCOMES.replace("1000000002,2025,1", "1000000002,2025,2");
    office
        .import(FileKind::Incomes, undeclared.into_bytes())
        .await;
    let wish = json!({"fiscal_year": 2026, "kind": "income_report", "person_id": person});
    let path = format!("/api/households/{}/documents", view["id"]);
    let (_, issued) = office.send(Method::POST, &path, wish).await;
    let reply = json!({"person_id": person, "on": "2026-06-10", "salary_receipts": 1_200_000,
        "pension_receipts": 0, "other_income": 30_000});
    let path = format!(
        "/api/documents/{}/income",
        issued["number"].as_str().unwrap()
    );
    let (status, answer) = office.send(Method::POST, &path, reply).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

/// The texts of all files of answers that have left.
fn left(exchange: &Exchange) -> String {
    let names = exchange.files("out");
    let own = names
        .iter()
        .filter(|name| name.starts_with("income_report_"));
    let texts = own.map(|name| {
        let bytes = std::fs::read(exchange.folder.join("out").join(name)).unwrap();
        encoding_rs::SHIFT_JIS.decode(&bytes).0.into_owned()
    });
    texts.collect()
}

both! {
    async fn flow_2_14_and_2_15_the_tax_office_is_told_what_was_reported_once_somebody_agrees(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        reported(&office).await;
        exchange.courier.round().await.unwrap();
        exchange.partners.ask_income_reports(&[(71, "1000000002", 2025), (72, "1000000001", 2025), (73, "1000000003", 2025), (74, "9999999999", 2025)]).unwrap();
        exchange.courier.round().await.unwrap();
        // Nothing is told before somebody agrees, except that somebody is unknown.
        let all = requests(&office).await;
        let waiting = &all.items;
        assert_eq!((waiting.len(), count(&all, ProvisionState::Queued) + count(&all, ProvisionState::Answered)), (3, 1), "{all:?}");
        assert!(waiting.iter().all(|one| one.state == ProvisionState::Waiting && one.income_year == 2025));
        assert_eq!(decide(&office, &waiting[0], "answer", "").await.0, StatusCode::OK);
        assert_eq!(decide(&office, &waiting[1], "answer", "").await.0, StatusCode::OK);
        let (refused, problem) = decide(&office, &waiting[2], "refuse", "").await;
        assert_eq!((refused, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        assert_eq!(decide(&office, &waiting[2], "refuse", "対象外").await.0, StatusCode::OK);
        exchange.courier.round().await.unwrap();
        let told = left(&exchange);
        assert!(told.starts_with("照会番号,宛名番号,所得年,結果,申告日,給与収入,年金収入,その他所得"), "{told}");
        for line in ["71,1000000002,2025,answered,2026-06-10,1200000,0,30000", "72,1000000001,2025,none,,,,", "73,1000000003,2025,refused,,,,", "74,9999999999,2025,none,,,,"] {
            assert!(told.contains(line), "{line}: {told}");
        }
        // The same question again is not a new one.
        exchange.partners.ask_income_reports(&[(71, "1000000002", 2025)]).unwrap();
        exchange.courier.round().await.unwrap();
        let all = requests(&office).await;
        assert_eq!((count(&all, ProvisionState::Waiting), count(&all, ProvisionState::Answered)), (0, 4), "{all:?}");
    }
}

both! {
    async fn a_request_is_decided_once_and_who_decided_and_what_left_stays_on_record(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.courier.round().await.unwrap();
        exchange.partners.ask_income_reports(&[(81, "1000000003", 2025)]).unwrap();
        exchange.courier.round().await.unwrap();
        let all = requests(&office).await;
        let item = &all.items[0];
        assert_eq!(decide(&office, item, "refuse", "対象外").await.0, StatusCode::OK);
        let (again, problem) = decide(&office, item, "answer", "").await;
        assert_eq!((again, problem["field"].as_str()), (StatusCode::CONFLICT, Some("decision")));
        exchange.courier.round().await.unwrap();
        let (again, _) = decide(&office, item, "answer", "").await;
        assert_eq!(again, StatusCode::CONFLICT);
        let sql = "SELECT decision, reason, decided_by, result, file_name FROM provision_request";
        let rows: Vec<(String, String, String, String, String)> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_as(sql).fetch_all(pool).await.unwrap());
        let [(decision, reason, by, result, file)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!([decision, reason, by, result].map(String::as_str), ["refuse", "対象外", "clerk", "refused"]);
        assert!(exchange.files("out").contains(file), "{file}");
    }
}

both! {
    async fn of_another_ward_nobody_sees_counts_nor_requests_nor_decides(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.courier.round().await.unwrap();
        exchange.partners.ask_income_reports(&[(91, "1000000002", 2025), (92, "9999999999", 2025)]).unwrap();
        exchange.courier.round().await.unwrap();
        let id = requests(&office).await.items[0].id;
        let other: Client = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let answer = office.request(&other, Method::GET, REQUESTS).send().await.unwrap();
        let all: ProvisionRequests = answer.json().await.unwrap();
        assert_eq!(all, ProvisionRequests::default());
        let request = office.request(&other, Method::POST, &format!("{REQUESTS}/{id}"));
        let answer = request.json(&json!({"decision": "answer"})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(count(&requests(&office).await, ProvisionState::Waiting), 1);
    }
}
