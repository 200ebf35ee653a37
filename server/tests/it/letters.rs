//! The notice of a decision: issued once, the same each time, and only to those who may.

use crate::both;
use crate::office::Office;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn decided(office: &Office) -> i64 {
    office.with_city().await;
    let view = office.household().await;
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
    let (status, decision) = office
        .send(
            Method::POST,
            &format!("/api/households/{}/decisions", view["id"]),
            wish,
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    decision["id"]
        .as_i64()
        .or(decision["summary"]["id"].as_i64())
        .unwrap()
}

async fn pdf(office: &Office, number: &Value) -> (StatusCode, Vec<u8>) {
    let path = format!("/api/letters/{}", number.as_str().unwrap());
    let answer = office
        .request(&office.client, Method::GET, &path)
        .send()
        .await
        .unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

both! {
    async fn flow_2_11_the_notice_of_a_decision_is_issued_once_and_is_the_same_each_time_it_is_printed(office: Office) {
        let decision = decided(&office).await;
        let path = format!("/api/decisions/{decision}/notice");
        let (status, first) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!(status, StatusCode::OK, "{first}");
        let (_, again) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!(first, again);
        let (status, one) = pdf(&office, &first["number"]).await;
        let (_, two) = pdf(&office, &first["number"]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(one.starts_with(b"%PDF") && one == two);
        let text = pdf_extract::extract_text_from_mem(&one).unwrap();
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        for said in ["645,854", "見辺一郎", first["number"].as_str().unwrap(), "2000000001", "泉佐野市長"] {
            assert!(plain.contains(said), "{said} is missing: {plain}");
        }
    }
}

both! {
    async fn a_letter_whose_stored_words_were_changed_is_not_printed_any_more(office: Office) {
        let decision = decided(&office).await;
        let (_, letter) = office.send(Method::POST, &format!("/api/decisions/{decision}/notice"), json!(null)).await;
        office.unguard("letter").await;
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE letter SET content = REPLACE(content, '一郎', '次郎')").execute(pool).await.unwrap();
        });
        assert_eq!(pdf(&office, &letter["number"]).await.0, StatusCode::CONFLICT);
    }
}

both! {
    async fn the_notice_of_a_decision_that_was_replaced_is_not_issued_any_more(office: Office) {
        let first = decided(&office).await;
        let view = office.household().await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        let (status, problem) = office.send(Method::POST, &format!("/api/decisions/{first}/notice"), json!(null)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("置き換えられています"), "{problem}");
    }
}
