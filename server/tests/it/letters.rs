//! The notice of a decision: issued once, the same each time, and only to those who may.

use crate::both;
use crate::office::Office;
use kokuho_server::rooms;
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

both! {
    async fn a_paper_is_not_read_as_a_notice_nor_a_notice_as_a_paper(office: Office) {
        let decision = decided(&office).await;
        let view = office.household().await;
        let (_, notice) = office.send(Method::POST, &format!("/api/decisions/{decision}/notice"), json!(null)).await;
        let person = &view["members"][0]["person_id"];
        let wish = json!({"fiscal_year": 2026, "kind": "residence_inquiry", "person_id": person});
        let path = format!("/api/households/{}/documents", view["id"]);
        let (status, paper) = office.send(Method::POST, &path, wish).await;
        assert_eq!(status, StatusCode::OK, "{paper}");
        let number = |of: &Value| of["number"].as_str().unwrap().to_owned();
        for wrong in [format!("/api/letters/{}", number(&paper)), format!("/api/documents/{}", number(&notice))] {
            assert_eq!(office.get(&wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
        }
        let closing = json!({"person_id": person, "state": "void", "on": "2026-06-10", "remark": ""});
        let path = format!("/api/documents/{}/closing", number(&notice));
        assert_eq!(office.send(Method::POST, &path, closing).await.0, StatusCode::NOT_FOUND);
    }
}

both! {
    async fn a_notice_of_a_decision_that_is_not_there_is_found(office: Office) {
        let decision = decided(&office).await;
        office.send(Method::POST, &format!("/api/decisions/{decision}/notice"), json!(null)).await;
        assert_eq!(rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
        office.unguard("letter").await;
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE letter SET subject_id = 999").execute(pool).await.unwrap();
        });
        let broken = rooms::verify(&office.db).await.unwrap().broken;
        assert!(broken.iter().any(|each| each.starts_with("notice of no decision")), "{broken:?}");
    }
}
