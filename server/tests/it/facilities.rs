//! 住所地特例: who insures somebody in a facility, with the chain of moves, and what a facility is asked.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub async fn facility(office: &Office, name: &str, municipality: &str) -> i64 {
    let wish = json!({"name": name, "kind": "long_term_care", "municipality": municipality, "postcode": "590-0001", "address": "堺市堺区１"});
    let (status, all) = office.send(Method::PUT, "/api/facilities", wish).await;
    assert_eq!(status, StatusCode::OK, "{all}");
    let found = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name)
        .unwrap();
    found["id"].as_i64().unwrap()
}

async fn admit(office: &Office, view: &Value, wish: Value) -> (StatusCode, Value) {
    let mut body = json!({"fiscal_year": 2026, "person_id": view["members"][1]["person_id"]});
    for (key, value) in wish.as_object().unwrap() {
        body[key] = value.clone();
    }
    office
        .send(
            Method::POST,
            &format!("/api/households/{}/stays", view["id"]),
            body,
        )
        .await
}

async fn waiting(office: &Office) -> i64 {
    let (_, groups) = office.get("/api/queue").await;
    let group = groups
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == "host_insured")
        .unwrap()
        .clone();
    group["count"].as_i64().unwrap()
}

both! {
    /// 資格その他: a facility is asked, what it says is registered, and who insures follows.
    async fn flow_1_other_a_facility_is_asked_and_its_answer_says_which_city_insures(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let sakai = facility(&office, "堺の里", "27140").await;
        let wish = json!({"fiscal_year": 2026, "kind": "facility_inquiry", "person_id": view["members"][1]["person_id"], "facility_id": sakai});
        let path = format!("/api/households/{}/documents", view["id"]);
        let (status, issued) = office.send(Method::POST, &path, wish.clone()).await;
        assert_eq!(status, StatusCode::OK, "{issued}");
        let answer = office.request(&office.client, Method::GET, &format!("/api/documents/{}", issued["number"].as_str().unwrap())).send().await.unwrap();
        let text = pdf_extract::extract_text_from_mem(&answer.bytes().await.unwrap()).unwrap();
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains("堺の里様") && text.contains("見辺二子") && !text.contains("2000000001") && !text.contains("上瓦屋"), "{text}");
        let mut nowhere = wish;
        nowhere["facility_id"] = json!(999_999);
        let (status, problem) = office.send(Method::POST, &path, nowhere).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("facility_id")));
        let closing = json!({"person_id": view["members"][1]["person_id"], "state": "replied", "on": "2026-06-10", "remark": ""});
        office.send(Method::POST, &format!("/api/documents/{}/closing", issued["number"].as_str().unwrap()), closing).await;
        let (status, all) = admit(&office, &view, json!({"facility_id": sakai, "admitted_on": "2026-05-01", "from": "27213"})).await;
        assert_eq!((status, &all[0]["place"]), (StatusCode::OK, &json!({"role": "home", "facility_in": "27140"})), "{all}");
    }
}

both! {
    /// 資格 5, 6: somebody here in a facility whose address was elsewhere is not to be insured here.
    async fn flow_1_05_and_1_06_whoever_came_from_elsewhere_into_a_facility_here_waits_until_the_insurer_is_right(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let here = facility(&office, "泉の家", "27213").await;
        let wish = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": view["members"][1]["person_id"]});
        let (status, issued) = office.send(Method::POST, &format!("/api/households/{}/documents", view["id"]), wish).await;
        assert_eq!((status, issued["reply_by"].as_str()), (StatusCode::OK, Some("2026-06-24")));
        assert_eq!(waiting(&office).await, 0);
        let (_, all) = admit(&office, &view, json!({"facility_id": here, "admitted_on": "2026-05-01", "from": "27140"})).await;
        assert_eq!(all[0]["place"], json!({"role": "host", "home": "27140"}));
        assert_eq!(waiting(&office).await, 1);
        let (_, all) = admit(&office, &view, json!({"facility_id": here, "admitted_on": "2026-05-01", "left_on": "2026-06-09", "from": "27140"})).await;
        assert_eq!((&all[0]["place"]["role"], all[0]["stays"].as_array().unwrap().len()), (&json!("by_address"), 1));
        assert_eq!(waiting(&office).await, 0);
    }
}

both! {
    async fn a_chain_of_facilities_keeps_the_first_city_and_what_cannot_be_is_refused_by_its_field(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (sakai, here) = (facility(&office, "堺の里", "27140").await, facility(&office, "泉の家", "27213").await);
        let first = |left: Value| json!({"facility_id": sakai, "admitted_on": "2025-01-10", "left_on": left, "from": "27203"});
        assert_eq!(admit(&office, &view, first(json!(null))).await.0, StatusCode::OK);
        let second = json!({"facility_id": here, "admitted_on": "2026-02-01", "from": "27140", "from_facility": true});
        let (status, problem) = admit(&office, &view, second.clone()).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("admitted_on")), "{problem}");
        admit(&office, &view, first(json!("2026-02-01"))).await;
        let (_, all) = admit(&office, &view, second).await;
        assert_eq!(all[0]["place"], json!({"role": "host", "home": "27203"}));
        for (wish, field) in [
            (json!({"facility_id": here, "admitted_on": "2026-06-11", "from": "27140"}), "admitted_on"),
            (json!({"facility_id": here, "admitted_on": "1980-01-01", "left_on": "1980-02-01", "from": "27140"}), "admitted_on"),
            (json!({"facility_id": here, "admitted_on": "2024-01-01", "left_on": "2023-01-01", "from": "27140"}), "left_on"),
            (json!({"facility_id": here, "admitted_on": "2024-01-01", "left_on": "2024-02-01", "from": "堺市"}), "from"),
            (json!({"facility_id": 999_999, "admitted_on": "2024-01-01", "left_on": "2024-02-01", "from": "27140"}), "facility_id"),
        ] {
            let (status, problem) = admit(&office, &view, wish).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let path = format!("/api/households/{}/stays?fiscal_year=2026", view["id"]);
        assert_eq!(office.request(&other, Method::GET, &path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        let (_, all) = office.get(&path).await;
        assert_eq!(all[0]["stays"].as_array().unwrap().len(), 2);
    }
}

both! {
    async fn where_somebody_under_a_measure_is_stays_with_those_who_may_be_shown_it(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let sakai = facility(&office, "堺の里", "27140").await;
        admit(&office, &view, json!({"facility_id": sakai, "admitted_on": "2026-05-01", "from": "27213"})).await;
        let measure = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-01", "until": "2027-06-01", "reason": "申出"});
        office.send(Method::PUT, &format!("/api/households/{}/protection?fiscal_year=2026", view["id"]), measure).await;
        let counter = office.sign_in_as("counter", Role::CounterClerk, "").await;
        let path = format!("/api/households/{}/stays?fiscal_year=2026", view["id"]);
        let answer = office.request(&counter, Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(office.get(&path).await.0, StatusCode::OK);
    }
}

both! {
    async fn a_stay_that_never_was_is_taken_back_by_ending_it_on_its_first_day(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let sakai = facility(&office, "堺の里", "27140").await;
        let stay = |on: &str, left: Value| json!({"facility_id": sakai, "admitted_on": on, "left_on": left, "from": "27213"});
        admit(&office, &view, stay("2026-05-10", json!(null))).await;
        assert_eq!(admit(&office, &view, stay("2026-04-10", json!(null))).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        admit(&office, &view, stay("2026-05-10", json!("2026-05-10"))).await;
        let (status, all) = admit(&office, &view, stay("2026-04-10", json!(null))).await;
        assert_eq!((status, &all[0]["place"]["role"]), (StatusCode::OK, &json!("home")), "{all}");
    }
}
