//! 学生特例 and 国保上の世帯主: who lives elsewhere and stays, and who takes the place of the head.

use crate::both;
use crate::city::file_of;
use crate::office::Office;
use kokuho_shared::api::import::FileKind::Residents;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn import(office: &Office, kind: kokuho_shared::api::import::FileKind, text: String) {
    let job = office.import(kind, text.into_bytes()).await;
    assert_eq!(job["state"], "done", "{job}");
}

/// Days of a list of 要処理.
async fn waiting(office: &Office, kind: &str) -> Vec<Value> {
    let (_, groups) = office.get("/api/queue").await;
    let mut all = groups.as_array().unwrap().iter();
    let group = all.find(|group| group["kind"] == kind).unwrap();
    group["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["on"].clone())
        .collect()
}

both! {
    async fn whoever_moved_away_for_study_stays_insured_and_is_asked_about_when_school_ends(office: Office) {
        office.with_city().await;
        import(&office, Residents, file_of(Residents).replace("2008-05-01,", "2008-05-01,2026-04-05")).await;
        assert_eq!(waiting(&office, "gone").await, [json!("2026-04-05")]);
        let view = office.household().await;
        let path = format!("/api/households/{}/students?fiscal_year=2026", view["id"]);
        let study = |expected: &str, ended: Value, reason: Value| json!({"person_id": view["members"][1]["person_id"], "starts_on": "2026-04-05",
            "school": "京都の大学", "place": "京都市左京区", "expected_end": expected, "ended_on": ended, "end_reason": reason});
        let (status, problem) = office.send(Method::POST, &path, study("2026-04-01", json!(null), json!(null))).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("expected_end")));
        let (status, all) = office.send(Method::POST, &path, study("2030-03-31", json!(null), json!(null))).await;
        assert_eq!((status, &all[0]["school"]), (StatusCode::OK, &json!("京都の大学")), "{all}");
        assert!(waiting(&office, "gone").await.is_empty());
        assert!(waiting(&office, "student_ending").await.is_empty());
        let (_, all) = office.send(Method::POST, &path, study("2026-07-31", json!(null), json!(null))).await;
        assert_eq!(all.as_array().unwrap().len(), 1, "corrected, not doubled: {all}");
        assert_eq!(waiting(&office, "student_ending").await, [json!("2026-07-31")]);
        let (_, all) = office.send(Method::POST, &path, study("2026-07-31", json!("2026-06-01"), json!("employed"))).await;
        assert_eq!(all[0]["end_reason"], json!("employed"));
        // It has ended, and nothing is dropped: who lives elsewhere waits again.
        assert_eq!(waiting(&office, "gone").await, [json!("2026-04-05")]);
        assert_eq!(office.get(&path).await.1, all);
    }
}

both! {
    async fn an_insured_adult_takes_the_place_of_a_head_who_is_not_insured_and_letters_go_there(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/payer?fiscal_year=2026", view["id"]);
        let second = view["members"][1]["person_id"].clone();
        let wish = |person: &Value, consent: bool| json!({"person_id": person, "consent": consent, "no_arrears": true});
        let (status, problem) = office.send(Method::PUT, &path, wish(&second, true)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["message"].as_str().unwrap().contains("世帯主が加入している"), "{problem}");
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-03-31", "notified_on": "2026-06-10", "persons": [view["members"][0]["person_id"]]});
        let (status, after) = office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        let child = after["members"][2]["person_id"].clone();
        let (_, problem) = office.send(Method::PUT, &path, wish(&child, true)).await;
        assert!(problem["message"].as_str().unwrap().contains("成年"), "{problem}");
        let (_, problem) = office.send(Method::PUT, &path, wish(&second, false)).await;
        assert_eq!(problem["field"], "consent");
        let (status, changed) = office.send(Method::PUT, &path, wish(&second, true)).await;
        assert_eq!((status, &changed["payer"]), (StatusCode::OK, &second), "{changed}");
        let (_, issued) = crate::documents::issue_applied(&office, &changed, "eligibility_certificate", 2, json!({}), "").await;
        let text = crate::documents::printed(&office, &issued["number"]).await;
        assert!(text.contains("見辺二子様") && text.contains("世帯主氏名見辺二子"), "{text}");
        let decided = crate::moves::decide(&office, view["id"].as_i64().unwrap()).await;
        let path_of_notice = format!("/api/decisions/{}/notice", decided["summary"]["id"]);
        let (status, letter) = office.send(Method::POST, &path_of_notice, json!({})).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
        let answer = office.request(&office.client, Method::GET, &format!("/api/letters/{}", letter["number"].as_str().unwrap())).send().await.unwrap();
        let pdf = answer.bytes().await.unwrap();
        let text: String = pdf_extract::extract_text_from_mem(&pdf).unwrap().chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains("見辺二子様"), "{text}");
        let (status, problem) = office.send(Method::PUT, &path, json!({"person_id": null})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        assert!(waiting(&office, "payer_invalid").await.is_empty());
        let (_, back) = office.send(Method::PUT, &path, json!({"person_id": null, "reason": "滞納のため職権で戻す"})).await;
        assert_eq!(back.get("payer"), None);
    }
}

both! {
    async fn a_head_who_becomes_insured_again_or_a_payer_who_is_no_longer_stands_in_the_list(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let notices = format!("/api/households/{}/notices", view["id"]);
        let lose = |view: &Value, place: usize| json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-05-01", "notified_on": "2026-06-10", "persons": [view["members"][place]["person_id"]]});
        let (_, after) = office.send(Method::POST, &notices, lose(&view, 0)).await;
        let wish = json!({"person_id": after["members"][1]["person_id"], "consent": true, "no_arrears": true});
        let (_, changed) = office.send(Method::PUT, &format!("/api/households/{}/payer?fiscal_year=2026", view["id"]), wish).await;
        assert!(waiting(&office, "payer_invalid").await.is_empty());
        let (status, last) = office.send(Method::POST, &notices, lose(&changed, 1)).await;
        assert_eq!(status, StatusCode::OK, "{last}");
        assert_eq!(waiting(&office, "payer_invalid").await, [json!("2026-06-10")]);
    }
}

both! {
    async fn a_student_who_moved_away_before_the_year_still_belongs_to_the_household_and_its_premium(office: Office) {
        office.with_city().await;
        let before = office.household().await;
        let names = |view: &Value| view["members"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        let place = names(&before).iter().position(|name| name == "見辺　二子").unwrap();
        import(&office, Residents, file_of(Residents).replace("2008-05-01,", "2008-05-01,2026-03-28")).await;
        assert_eq!(names(&office.household().await).len(), 2, "gone before the year");
        let path = format!("/api/households/{}/students?fiscal_year=2026", before["id"]);
        let study = |starts: &str, ended: Value, reason: Value| json!({"person_id": before["members"][place]["person_id"], "starts_on": starts,
            "school": "京都の大学", "place": "京都市左京区", "expected_end": "2030-03-31", "ended_on": ended, "end_reason": reason});
        let (status, all) = office.send(Method::POST, &path, study("2026-03-28", json!(null), json!(null))).await;
        assert_eq!(status, StatusCode::OK, "{all}");
        let after = office.household().await;
        assert_eq!(names(&after), names(&before));
        let (status, problem) = office.send(Method::POST, &path, study("2026-03-29", json!(null), json!(null))).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("starts_on")), "{problem}");
        let (status, _) = office.send(Method::POST, &path, study("2026-03-28", json!("2026-03-31"), json!("graduated"))).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(names(&office.household().await).len(), 2);
    }
}
