//! 要処理: whoever the registers show in two minds stands in the list until the facts agree.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::{Action, Role};
use kokuho_shared::api::import::FileKind;
use kokuho_shared::api::queue::{QueueClaim, QueueCount, QueueGroup, QueueKind};
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

both! {
    async fn nobody_is_insured_without_a_paper_and_one_that_ends_soon_is_listed_until_it_is_renewed(office: Office) {
        office.with_city().await;
        let waiting = queue(&office).await;
        assert_eq!(of(&waiting, "paper_missing").len(), 3);
        assert_eq!(of(&waiting, "paper_ending"), []);
        let view = office.household().await;
        let stay = json!({"person_id": view["members"][1]["person_id"], "card": "unknown", "income_year": 2025, "stay_until": "2026-06-30"});
        crate::documents::keep(&office, &view["id"], stay).await;
        let issue = |place: usize| crate::documents::issue_applied(&office, &view, "eligibility_certificate", place, json!({}), "");
        assert_eq!((issue(1).await.0, issue(2).await.0), (StatusCode::OK, StatusCode::OK));
        let waiting = queue(&office).await;
        assert_eq!(of(&waiting, "paper_missing"), named("2020-04-01", "見辺　一郎"));
        // Papers of this city end with July.
        let ending = [named("2026-06-30", "見辺　二子"), named("2026-07-31", "見辺　三太")].concat();
        assert_eq!(of(&waiting, "paper_ending"), ending);
        assert_eq!(of(&waiting, "stay_ending"), named("2026-06-30", "見辺　二子"));
    }
}

both! {
    async fn a_measure_is_asked_about_from_thirty_days_before_its_end_on(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
        for (until, count) in [("2026-07-11", 0), ("2026-07-10", 1), ("2026-06-01", 1)] {
            let measure = json!({"person_id": view["members"][1]["person_id"], "from": "2025-07-01", "until": until, "reason": "申出"});
            assert_eq!(office.send(Method::PUT, &path, measure).await.0, StatusCode::OK);
            assert_eq!(of(&queue(&office).await, "protection_ending").len(), count, "{until}");
        }
    }
}

both! {
    async fn whoever_takes_up_an_item_is_named_until_it_is_laid_down_and_of_another_ward_nobody_can(office: Office) {
        office.with_city().await;
        let waiting = queue(&office).await;
        let missing = waiting.as_array().unwrap().iter().find(|group| group["kind"] == "paper_missing").unwrap();
        let item = &missing["items"][0];
        let wish = |take: bool| json!({"kind": "paper_missing", "household_id": item["household_id"], "person_id": item["person_id"], "take": take});
        let owner = |group: &Value| group["items"][0]["owner"].clone();
        assert_eq!(owner(missing), json!(null));
        let (status, groups) = office.send(Method::POST, "/api/queue/claims", wish(true)).await;
        assert_eq!((status, owner(&groups)), (StatusCode::OK, json!("clerk")));
        let other = office.sign_in_as("other", Role::CounterClerk, "港区").await;
        let request = office.request(&other, Method::POST, "/api/queue/claims").json(&wish(false));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND);
        let colleague = office.sign_in_as("colleague", Role::CounterClerk, "").await;
        let request = office.request(&colleague, Method::POST, "/api/queue/claims").json(&wish(true));
        let groups: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(owner(&groups), json!("colleague"));
        let (_, groups) = office.send(Method::POST, "/api/queue/claims", wish(false)).await;
        assert_eq!(owner(&groups), json!(null));
    }
}

/// How many wait for a reason and how many of them are one's own, for the one with a client.
async fn counted(office: &Office, client: &reqwest::Client, kind: QueueKind) -> Option<(i64, i64)> {
    let answer = office
        .request(client, Method::GET, "/api/queue/counts")
        .send()
        .await
        .unwrap();
    let counts: Vec<QueueCount> = answer.json().await.unwrap();
    let found = counts.into_iter().find(|count| count.kind == kind);
    found.map(|found| (found.count, found.own))
}

both! {
    async fn the_counts_are_those_of_the_lists_and_measures_are_counted_for_those_who_handle_them(office: Office) {
        office.with_city().await;
        let (_, groups) = office.get("/api/queue").await;
        let groups: Vec<QueueGroup> = serde_json::from_value(groups).unwrap();
        for group in &groups {
            assert_eq!(counted(&office, &office.client, group.kind).await, Some((group.count, 0)), "{:?}", group.kind);
        }
        let missing = groups.iter().find(|group| group.kind == QueueKind::PaperMissing).unwrap();
        let item = &missing.items[0];
        let wish = QueueClaim { kind: missing.kind, household_id: item.household_id, person_id: item.person_id, take: true };
        let (status, _) = office.send(Method::POST, "/api/queue/claims", serde_json::to_value(wish).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let other = office.sign_in_as("other", Role::CounterClerk, "").await;
        assert_eq!(counted(&office, &office.client, missing.kind).await, Some((missing.count, 1)));
        assert_eq!(counted(&office, &other, missing.kind).await, Some((missing.count, 0)));
        assert_eq!(counted(&office, &other, QueueKind::ProtectionEnding).await.is_some(), Role::CounterClerk.may(Action::Protect));
    }
}

both! {
    async fn who_joins_after_the_city_was_decided_waits_until_the_household_is_decided(office: Office) {
        office.with_city().await;
        office.done(json!({"fiscal_year": 2026}), "27213").await;
        assert_eq!(of(&queue(&office).await, "undecided"), []);
        // The second moves into a household of her own, which no run has seen.
        let moved = crate::city::since(crate::city::RESIDENTS, "2026-05-01")
            .replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主").replace("#合計,3,1", "#合計,3,2");
        residents(&office, moved).await;
        let waiting = of(&queue(&office).await, "undecided");
        let names: Vec<&str> = waiting.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["見辺　二子"]);
        office.done(json!({"fiscal_year": 2026, "monthly": true}), "27213").await;
        assert_eq!(of(&queue(&office).await, "undecided"), []);
    }
}
