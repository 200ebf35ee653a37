//! What a household was sent or handed: listed, opened, printed again, and one slip issued again.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// A decided household with its notice, its slips and a question to its head.
async fn told(office: &Office) -> Value {
    office.with_city().await;
    let view = office.household().await;
    let own = |what: &str| format!("/api/households/{}/{what}", view["id"]);
    let decide =
        json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let (_, decision) = office.send(Method::POST, &own("decisions"), decide).await;
    let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
    let (status, letter) = office.send(Method::POST, &path, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{letter}");
    let person = &view["members"][0]["person_id"];
    let question = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person});
    let (status, issued) = office.send(Method::POST, &own("documents"), question).await;
    assert_eq!(status, StatusCode::OK, "{issued}");
    view
}

async fn letters(office: &Office, client: &Client, view: &Value) -> Vec<Value> {
    let path = format!("/api/households/{}/letters", view["id"]);
    let (status, all) = office
        .send_as(client, Method::GET, &path, Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK, "{all}");
    let listed = all["letters"].as_array().unwrap().clone();
    assert_eq!(all["total"], listed.len());
    listed
}

async fn slips(office: &Office, view: &Value) -> Value {
    let path = format!("/api/households/{}/slips", view["id"]);
    office.get(&path).await.1
}

async fn reissue(
    office: &Office,
    client: &Client,
    view: &Value,
    number: &Value,
    wish: Value,
) -> (StatusCode, Value) {
    let number = number.as_str().unwrap();
    let path = format!("/api/households/{}/slips/{number}/reissue", view["id"]);
    office.send_as(client, Method::POST, &path, wish).await
}

/// A PDF, and what it says without spaces.
async fn opened(office: &Office, client: &Client, path: &str) -> (StatusCode, Vec<u8>, String) {
    let request = office.request(client, Method::GET, path);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap().to_vec();
    let text = match status {
        StatusCode::OK => pdf_extract::extract_text_from_mem(&bytes).unwrap(),
        _ => String::new(),
    };
    let text = text.chars().filter(|c| !c.is_whitespace()).collect();
    (status, bytes, text)
}

both! {
    async fn the_counter_lists_opens_and_prints_again_whatever_a_household_was_sent(office: Office) {
        let view = told(&office).await;
        let counter = office.other(Role::CounterClerk).await;
        let all = letters(&office, &counter, &view).await;
        let of = |kind: &str| all.iter().filter(|one| one["kind"] == kind).count();
        assert_eq!((of("residence_inquiry"), of("premium_notice"), of("payment_slip")), (1, 1, 10), "{all:?}");
        for letter in &all {
            assert_eq!((&letter["state"], &letter["may_open"], &letter["addressee"]), (&json!("issued"), &json!(true), &json!("見辺　一郎")), "{letter}");
            assert_eq!((&letter["issued_by_name"], &letter["reprints"]), (&json!("clerk"), &json!(0)), "{letter}");
            let pdf = letter["pdf"].as_str().unwrap();
            let (status, first, text) = opened(&office, &counter, pdf).await;
            assert_eq!(status, StatusCode::OK, "{pdf}");
            assert!(text.contains("見辺一郎"), "{pdf}: {text}");
            let path = format!("/api/letters/{}/reprints", letter["number"].as_str().unwrap());
            let (status, again) = office.send_as(&counter, Method::POST, &path, json!({"reason": "本人が紛失"})).await;
            assert_eq!((status, &again["reprints"], &again["number"]), (StatusCode::OK, &json!(1), &letter["number"]), "{again}");
            assert_eq!(opened(&office, &counter, pdf).await.1, first, "the same PDF");
        }
        let long = json!({"reason": "あ".repeat(201)});
        let path = format!("/api/letters/{}/reprints", all[0]["number"].as_str().unwrap());
        let (status, problem) = office.send_as(&counter, Method::POST, &path, long).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let auditor = office.other(Role::Auditor).await;
        assert_eq!(office.send_as(&auditor, Method::POST, &path, json!({})).await.0, StatusCode::FORBIDDEN);
    }
}

both! {
    async fn one_slip_is_issued_again_with_another_last_day_and_both_are_known(office: Office) {
        let view = told(&office).await;
        let counter = office.other(Role::CounterClerk).await;
        let before = slips(&office, &view).await;
        assert_eq!(before["latest_usable_until"], "2026-09-10");
        let first = before["slips"][0].clone();
        let (due, number) = (first["due_on"].as_str().unwrap(), &first["number"]);
        for wrong in ["2026-06-09", "2026-06-29", "2026-09-11"] {
            let (status, problem) = reissue(&office, &counter, &view, number, json!({"usable_until": wrong})).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("usable_until")), "{wrong} {due}");
        }
        let wish = json!({"usable_until": "2026-08-31"});
        let (status, again) = reissue(&office, &counter, &view, number, wish.clone()).await;
        assert_eq!(status, StatusCode::OK, "{again}");
        assert_eq!((&again["state"], &again["reissues"], &again["usable_until"]), (&json!("standing"), &json!(1), &json!("2026-08-31")));
        assert_eq!((&again["principal"], &again["due_on"], &again["open"]), (&first["principal"], &first["due_on"], &first["open"]));
        assert_ne!(again["number"], first["number"]);
        let after = slips(&office, &view).await;
        let old = after["slips"].as_array().unwrap().iter().find(|one| one["number"] == first["number"]).unwrap();
        assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &again["number"]), "{old}");
        let path = |number: &Value| format!("/api/slips/{}", number.as_str().unwrap());
        let (_, _, text) = opened(&office, &counter, &path(&again["number"])).await;
        assert!(text.contains("令和8年8月31日") && text.contains("見辺一郎"), "{text}");
        let (status, ..) = opened(&office, &counter, &path(&first["number"])).await;
        assert_eq!(status, StatusCode::OK, "the one before can still be looked at");
        let (status, problem) = reissue(&office, &counter, &view, number, wish.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains(again["number"].as_str().unwrap()), "{problem}");
        let listed = letters(&office, &counter, &view).await;
        assert_eq!((&listed[0]["number"], &listed[0]["state"]), (&again["number"], &json!("issued")));
        let old = listed.iter().find(|one| one["number"] == first["number"]).unwrap();
        assert_eq!(old["state"], "replaced");
        // Found by its number, like the first.
        let (status, found) = office.find(json!({"number": again["number"], "name": "ミペ"})).await;
        assert_eq!((status, &found[0]["household_id"]), (StatusCode::OK, &view["id"]));
        // Of another household it is not there.
        let path = format!("/api/households/1/slips/{}/reissue", number.as_str().unwrap());
        assert_eq!(office.send(Method::POST, &path, wish).await.0, StatusCode::NOT_FOUND);
    }
}

both! {
    async fn papers_of_a_guarded_place_are_opened_and_printed_again_only_by_those_who_may_be_shown_it(office: Office) {
        let view = told(&office).await;
        let measure = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-01", "until": "2027-06-01", "reason": "申出"});
        let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
        assert_eq!(office.send(Method::PUT, &path, measure).await.0, StatusCode::OK);
        let counter = office.other(Role::CounterClerk).await;
        let listed = letters(&office, &counter, &view).await;
        let wish = json!({"usable_until": "2026-08-31"});
        for letter in &listed {
            assert_eq!(letter["may_open"], false, "{letter}");
            assert_eq!(opened(&office, &counter, letter["pdf"].as_str().unwrap()).await.0, StatusCode::FORBIDDEN);
            let path = format!("/api/letters/{}/reprints", letter["number"].as_str().unwrap());
            assert_eq!(office.send_as(&counter, Method::POST, &path, json!({})).await.0, StatusCode::FORBIDDEN);
            assert_eq!(office.send(Method::POST, &path, json!({})).await.0, StatusCode::OK);
        }
        let slip = &slips(&office, &view).await["slips"][0]["number"];
        assert_eq!(reissue(&office, &counter, &view, slip, wish.clone()).await.0, StatusCode::FORBIDDEN);
        let (status, problem) = reissue(&office, &office.client, &view, slip, wish).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reveal_reason")));
        let reason = json!({"usable_until": "2026-08-31", "reveal_reason": "本人の来庁"});
        assert_eq!(reissue(&office, &office.client, &view, slip, reason).await.0, StatusCode::OK);
        assert!(letters(&office, &office.client, &view).await.iter().all(|one| one["may_open"] == true));
    }
}
