//! 支援措置: where a protected household lives is on no screen, in no list and in no batch.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const PLACES: [&str; 2] = ["上瓦屋", "598-0001"];

async fn protected(office: &Office) -> Value {
    office.with_city().await;
    let view = office.household().await;
    let edit = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-10", "until": "2027-06-10",
        "reason": "住基の通知"});
    let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
    let (status, view) = office.send(Method::PUT, &path, edit).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

async fn text(office: &Office, client: &Client, path: &str) -> (StatusCode, String) {
    let answer = office
        .request(client, Method::GET, path)
        .send()
        .await
        .unwrap();
    (answer.status(), answer.text().await.unwrap())
}

both! {
    async fn no_role_is_shown_where_a_protected_household_lives(office: Office) {
        let view = protected(&office).await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (_, decision) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        let id = &decision["summary"]["id"];
        for role in Role::ALL {
            let client = office.sign_in_as(role.key(), role, "").await;
            for path in [
                format!("/api/households/{}?fiscal_year=2026", view["id"]),
                // Years and days on which the protected person did not belong to it yet.
                format!("/api/households/{}?fiscal_year=2005", view["id"]),
                format!("/api/households/{}?fiscal_year=2007&as_of=2008-04-15", view["id"]),
                "/api/persons?number=2000000001&name=%E3%83%9F%E3%83%9A".into(),
                format!("/api/households/{}/ledger?fiscal_year=2026", view["id"]),
                format!("/api/decisions/{id}"),
                "/api/jobs".into(),
                "/api/audit".into(),
                "/api/imports".into(),
            ] {
                let (_, told) = text(&office, &client, &path).await;
                assert!(PLACES.iter().all(|place| !told.contains(place)), "{role:?} {path}: {told}");
            }
        }
        let (_, view) = office.get(&format!("/api/households/{}?fiscal_year=2026", view["id"])).await;
        assert_eq!((&view["address"], &view["ward"]), (&Value::Null, &Value::Null));
        assert_eq!(view["members"][1]["protected_until"], "2027-06-10");
    }
}

both! {
    async fn the_place_is_shown_for_a_reason_that_is_on_record(office: Office) {
        let view = protected(&office).await;
        let path = format!("/api/households/{}/address?fiscal_year=2026", view["id"]);
        let (status, problem) = office.send(Method::POST, &path, json!({"reason": " "})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let (status, place) = office.send(Method::POST, &path, json!({"reason": "本人からの電話"})).await;
        assert_eq!((status, place["postcode"].as_str()), (StatusCode::OK, Some("598-0001")));
        kokuho_server::audit::seal::seal(&office.db, kokuho_server::clock::Clock::default()).await.unwrap();
        let sql = "SELECT content FROM audit_entry WHERE content LIKE '%\"reveal\"%'";
        let kept: Vec<String> = kokuho_server::on_db!(&office.db, pool =>
            sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
        assert!(kept.len() == 1 && kept[0].contains("本人からの電話") && !kept[0].contains("上瓦屋"), "{kept:?}");
    }
}

both! {
    async fn only_who_may_be_shown_the_place_issues_or_opens_the_letter(office: Office) {
        let view = protected(&office).await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (_, decision) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
        let officer = office.sign_in_as("officer", Role::AssessmentOfficer, "").await;
        let refused = office.request(&officer, Method::POST, &path).json(&json!(null)).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let (status, problem) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reveal_reason")));
        let (status, letter) = office.send(Method::POST, &path, json!({"reveal_reason": "本人が窓口で受領"})).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
        let letter = format!("/api/letters/{}", letter["number"].as_str().unwrap());
        assert_eq!(text(&office, &officer, &letter).await.0, StatusCode::FORBIDDEN);
        assert_eq!(office.request(&office.client, Method::GET, &letter).send().await.unwrap().status(), StatusCode::OK);
    }
}

both! {
    async fn a_protected_household_is_decided_with_the_city_but_not_printed_with_it(office: Office) {
        protected(&office).await;
        let (_, job) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        office.release(&job, "27213").await;
        office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let (_, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
        assert_eq!((view["outcome"]["decided"].as_i64(), view["letters_outcome"]["letters"].as_i64()), (Some(1), Some(0)));
        assert!(view["findings"][0]["reason"].as_str().unwrap().contains("支援措置"), "{view}");
    }
}

both! {
    async fn a_measure_that_has_run_out_still_hides_until_somebody_ends_it(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
        let mut edit = json!({"person_id": view["members"][1]["person_id"], "from": "2025-01-10", "until": "2026-01-10",
            "reason": "住基の通知"});
        let (_, hidden) = office.send(Method::PUT, &path, edit.clone()).await;
        assert_eq!(hidden["address"], Value::Null);
        edit["until"] = Value::Null;
        edit["reason"] = "住基に確認".into();
        let (status, open) = office.send(Method::PUT, &path, edit.clone()).await;
        assert_eq!((status, open["postcode"].as_str()), (StatusCode::OK, Some("598-0001")));
        edit["person_id"] = 1.into();
        let (status, problem) = office.send(Method::PUT, &path, edit).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("person_id")));
    }
}
