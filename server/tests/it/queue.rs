//! 要処理: whoever the registers show in two minds stands in the list until the facts agree.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::api::import::FileKind;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn queue(office: &Office) -> Value {
    let (status, groups) = office.get("/api/queue").await;
    assert_eq!(status, StatusCode::OK, "{groups}");
    groups
}

/// Days and names of a kind.
fn of(groups: &Value, kind: &str) -> Vec<(String, String)> {
    let group = groups
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == kind)
        .unwrap();
    let items = group["items"].as_array().unwrap();
    assert_eq!(group["count"].as_u64().unwrap(), items.len() as u64);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| (text(&item["on"]), text(&item["name"])))
        .collect()
}

fn named(day: &str, name: &str) -> Vec<(String, String)> {
    vec![(day.to_owned(), name.to_owned())]
}

async fn residents(office: &Office, file: String) {
    let job = office.import(FileKind::Residents, file.into_bytes()).await;
    assert_eq!(job["state"], "done", "{job}");
}

both! {
    async fn who_has_moved_out_but_is_still_insured_waits_until_the_loss_is_reported(office: Office) {
        office.with_city().await;
        assert_eq!(of(&queue(&office).await, "gone"), []);
        residents(&office, crate::city::RESIDENTS.replace("2008-05-01,", "2008-05-01,2026-05-31")).await;
        let waiting = queue(&office).await;
        assert_eq!(of(&waiting, "gone"), named("2026-05-31", "見辺　二子"));
        let view = office.household().await;
        let gone = waiting.as_array().unwrap().iter().find(|group| group["kind"] == "gone").unwrap();
        let person = &gone["items"][0]["person_id"];
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "moved_other_prefecture",
            "event_on": "2026-05-31", "new_address_on": "2026-05-31", "notified_on": "2026-06-10", "persons": [person]});
        let (status, after) = office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        assert_eq!(of(&queue(&office).await, "gone"), []);
    }
}

both! {
    async fn a_newborn_waits_for_its_notice_and_those_who_reach_an_age_are_seen_before_it(office: Office) {
        office.with_city().await;
        let more = "1000000004,2000000001,0,子,見辺　四葉,ミペ　ヨツバ,2026-05-20,2,598-0001,泉佐野市上瓦屋１,,2026-05-20,\n#合計,4,1";
        // The business day is 10 June 2026: 40 on 1 July.
        let file = crate::city::RESIDENTS.replace("#合計,3,1", more).replace("1985-04-02", "1986-07-01");
        residents(&office, file).await;
        let waiting = queue(&office).await;
        assert_eq!(of(&waiting, "not_reported"), named("2026-05-20", "見辺　四葉"));
        assert_eq!(of(&waiting, "turns40"), named("2026-07-01", "見辺　二子"));
        assert_eq!(of(&waiting, "turns75"), []);
        assert_eq!(of(&waiting, "income_missing"), []);
    }
}

both! {
    async fn who_is_past_75_and_whose_income_is_missing_stand_in_their_lists_and_other_wards_see_nobody(office: Office) {
        office.with_city().await;
        residents(&office, crate::city::RESIDENTS.replace("1981-04-02", "1951-06-10")).await;
        let incomes = crate::city::INCOMES.replace("1000000002,2025,1", "1000000002,2025,2");
        let job = office.import(FileKind::Incomes, incomes.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let waiting = queue(&office).await;
        assert_eq!(of(&waiting, "past75"), named("2026-06-10", "見辺　一郎"));
        assert_eq!(of(&waiting, "turns75"), []);
        assert_eq!(of(&waiting, "income_missing"), named("2020-04-01", "見辺　二子"));
        let other = office.sign_in_as("other", Role::CounterClerk, "港区").await;
        let answer = office.request(&other, Method::GET, "/api/queue").send().await.unwrap();
        let groups: Value = answer.json().await.unwrap();
        assert!(groups.as_array().unwrap().iter().all(|group| group["count"] == 0), "{groups}");
    }
}
