//! 内部連携・連合会連携 over real files: what leaves, what is said of it, and what the city's own
//! registers answer.

use crate::both;
use crate::city::file_of;
use crate::linkage::Exchange;
use crate::office::Office;
use kokuho_partners::{Fault, Register};
use kokuho_shared::access::Role;
use kokuho_shared::api::import::FileKind::Residents;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn status(office: &Office) -> Value {
    let (status, all) = office.get("/api/interchange").await;
    assert_eq!(status, StatusCode::OK, "{all}");
    all
}

/// How many records of a kind are in a state.
fn count(all: &Value, kind: &str, state: &str) -> i64 {
    let counts = all["counts"].as_array().unwrap();
    let found = counts
        .iter()
        .find(|one| one["kind"] == kind && one["state"] == state);
    found.map_or(0, |one| one["count"].as_i64().unwrap())
}

async fn decide(office: &Office, id: &Value, action: &str, reason: &str) -> (StatusCode, Value) {
    let wish = json!({"action": action, "reason": reason});
    office
        .send(Method::POST, &format!("/api/interchange/{id}"), wish)
        .await
}

async fn refresh(office: &Office, kind: &str) -> (StatusCode, Value) {
    let view = office.household().await;
    let path = format!("/api/households/{}/refresh", view["id"]);
    office
        .send(
            Method::POST,
            &path,
            json!({"kind": kind, "fiscal_year": 2026}),
        )
        .await
}

/// The text of the only file of a kind that has left.
fn left(exchange: &Exchange, place: &str, kind: &str) -> String {
    let names = exchange.files(place);
    let found: Vec<&String> = names.iter().filter(|name| name.starts_with(kind)).collect();
    assert_eq!(found.len(), 1, "{names:?}");
    let bytes = std::fs::read(exchange.folder.join(place).join(found[0])).unwrap();
    encoding_rs::SHIFT_JIS.decode(&bytes).0.into_owned()
}

both! {
    async fn flow_1_18_to_1_20_changes_of_eligibility_go_to_the_federation_and_the_register_and_are_accepted(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        assert_eq!(count(&status(&office).await, "federation", "queued"), 3);
        exchange.courier.round().await.unwrap();
        let file = left(&exchange, "out", "federation_");
        assert!(file.starts_with("通番,宛名番号,世帯番号,"), "{file}");
        assert!(file.contains(",1000000002,2000000001,1985-04-02,2,0027999") && file.contains(",12345678,02,2020-04-01,12,,,0"), "{file}");
        assert!(left(&exchange, "out", "resident_mark_").contains(",1000000002,2020-04-01,,0"));
        exchange.there_and_back().await;
        let all = status(&office).await;
        assert_eq!((count(&all, "federation", "accepted"), count(&all, "resident_mark", "accepted")), (3, 3), "{all}");
        // A loss at the counter leaves with the change itself, once for each partner.
        let view = office.household().await;
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [view["members"][1]["person_id"]]});
        let (answer, _) = office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await;
        assert_eq!(answer, StatusCode::OK);
        exchange.courier.round().await.unwrap();
        assert!(left(&exchange, "out", "federation_").contains(",2020-04-01,12,2026-06-0"));
    }
}

both! {
    async fn what_the_federation_refuses_stands_in_the_list_until_it_is_sent_again_or_settled(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.partners.fault("1000000002", Fault::Error);
        exchange.partners.fault("1000000003", Fault::Silent);
        exchange.there_and_back().await;
        let all = status(&office).await;
        assert_eq!((count(&all, "federation", "rejected"), count(&all, "federation", "sent"), count(&all, "federation", "accepted")), (1, 1, 1));
        let item = all["items"].as_array().unwrap().iter().find(|one| one["kind"] == "federation").unwrap().clone();
        assert_eq!((item["name"].as_str(), item["code"].as_str()), (Some("見辺　二子"), Some("E12")), "{item}");
        let (refused, problem) = decide(&office, &item["id"], "settle", "").await;
        assert_eq!((refused, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let (again, all) = decide(&office, &item["id"], "retry", "").await;
        assert_eq!((again, count(&all, "federation", "queued")), (StatusCode::OK, 1));
        exchange.there_and_back().await;
        let (settled, all) = decide(&office, &item["id"], "settle", "連合会に電話で確認").await;
        assert_eq!((settled, count(&all, "federation", "settled")), (StatusCode::OK, 1), "{all}");
        let (refused, _) = decide(&office, &item["id"], "retry", "").await;
        assert_eq!(refused, StatusCode::CONFLICT);
    }
}

both! {
    async fn a_result_of_what_was_never_sent_or_of_somebody_else_is_refused_whole(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        exchange.courier.round().await.unwrap();
        let inbox = exchange.folder.join("in");
        let sent = left(&exchange, "out", "federation_");
        let serial = sent.lines().nth(1).unwrap().split(',').next().unwrap();
        for (place, line) in ["99999,1000000001,0,,".to_owned(), format!("{serial},1000000009,0,,"), format!("{serial},1000000001,7,,")].iter().enumerate() {
            let text = format!("通番,宛名番号,結果,コード,内容\r\n{line}\r\n#合計,1,1\r\n");
            std::fs::write(inbox.join(format!("federation_result_{place}.csv")), text).unwrap();
        }
        exchange.courier.round().await.unwrap();
        let rejected = exchange.files("in/rejected");
        assert_eq!(rejected.iter().filter(|name| name.ends_with(".csv")).count(), 3, "{rejected:?}");
        assert_eq!(count(&status(&office).await, "federation", "sent"), 3);
    }
}

both! {
    async fn flow_1_16_and_1_17_and_flow_2_12_and_2_13_the_citys_registers_answer_with_what_they_know_now(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        let moved = file_of(Residents).replace("見辺　二子", "見辺　双子");
        let register = |text: &str| Register::parse(text).unwrap();
        let incomes = crate::city::INCOMES.replace("1000000002,2025,1,,0,,0,0,0", "1000000002,2025,1,,0,,0,700000,700000");
        exchange.partners.registers(register(&moved), register(&incomes));
        for kind in ["residents_request", "incomes_request"] {
            assert_eq!(refresh(&office, kind).await.0, StatusCode::ACCEPTED);
        }
        exchange.there_and_back().await;
        let view = office.household().await;
        assert_eq!((view["members"][1]["name"].as_str(), view["members"][1]["income"]["other_income"].as_i64()), (Some("見辺　双子"), Some(700_000)));
        let all = status(&office).await;
        assert_eq!(count(&all, "residents_request", "accepted"), 3);
        // 三太 is in nobody's tax register: the question stays open.
        assert_eq!((count(&all, "incomes_request", "accepted"), count(&all, "incomes_request", "sent")), (2, 1));
        // Asked again, the same answer is an answer.
        refresh(&office, "residents_request").await;
        exchange.there_and_back().await;
        assert_eq!(count(&status(&office).await, "residents_request", "accepted"), 6);
        assert_eq!(refresh(&office, "federation").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

both! {
    async fn of_another_ward_nobody_sees_counts_nor_records_nor_decides(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.partners.fault("1000000002", Fault::Error);
        exchange.there_and_back().await;
        let id = status(&office).await["items"][0]["id"].clone();
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let answer = office.request(&other, Method::GET, "/api/interchange").send().await.unwrap();
        let all: Value = answer.json().await.unwrap();
        assert_eq!(all, json!({"counts": [], "items": []}));
        let path = format!("/api/interchange/{id}");
        let body = json!({"action": "settle", "reason": "試験"});
        let answer = office.request(&other, Method::POST, &path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

both! {
    async fn each_period_is_told_by_itself_and_one_that_never_was_as_cancelled(office: Office) {
        office.with_city().await;
        let mut exchange = Exchange::of(&office);
        exchange.there_and_back().await;
        let person = office.household().await["members"][1]["person_id"].clone();
        let report = async |event: Value, on: &str| {
            let view = office.household().await;
            let mut notice = json!({"fiscal_year": 2026, "revision": view["revision"], "event_on": on, "notified_on": "2026-06-10", "persons": [person]});
            for (key, value) in event.as_object().unwrap() {
                notice[key] = value.clone();
            }
            let (answer, told) = office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await;
            assert_eq!(answer, StatusCode::OK, "{told}");
        };
        report(json!({"kind": "lose", "reason": "employee_insurance_joined"}), "2026-05-10").await;
        report(json!({"kind": "acquire", "reason": "left_employee_insurance"}), "2026-06-01").await;
        exchange.courier.round().await.unwrap();
        let file = left(&exchange, "out", "federation_");
        assert!(file.contains(",2020-04-01,12,2026-05-11,22,0") && file.contains(",2026-06-01,"), "{file}");
        exchange.there_and_back().await;
        report(json!({"kind": "void"}), "2026-06-01").await;
        exchange.courier.round().await.unwrap();
        assert!(left(&exchange, "out", "federation_").contains(",2026-06-01,,,,1"), "{}", left(&exchange, "out", "federation_"));
    }
}

both! {
    async fn a_corrected_file_of_a_part_that_is_here_is_refused_and_not_put_away_as_taken_in(office: Office) {
        office.with_city().await;
        let exchange = Exchange::of(&office);
        exchange.courier.round().await.unwrap();
        let part = |income: i64| crate::city::INCOMES.replace("3160000", &income.to_string())
            .replace(&format!("#合計,2,{income}"), &format!("#合計,2,{income},20260601,1,2"));
        for (name, income) in [("incomes_1.csv", 3_160_001), ("incomes_2.csv", 3_160_002)] {
            std::fs::write(exchange.folder.join("in").join(name), part(income)).unwrap();
            exchange.courier.round().await.unwrap();
        }
        assert_eq!(exchange.files("in/done"), ["incomes_1.csv"]);
        let rejected = exchange.files("in/rejected");
        assert!(rejected.contains(&"incomes_2.csv.reason.txt".to_owned()), "{rejected:?}");
        assert_eq!(office.household().await["members"][0]["income"]["salary_income"], 3_160_001);
    }
}
