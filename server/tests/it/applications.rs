//! 申請による証: 限度額適用認定証 and 特定疾病療養受療証, for whoever needs one.

use crate::both;
use crate::city::file_of;
use crate::documents::{close, issue_applied, keep, papers, printed, with_senior};
use crate::office::Office;
use kokuho_shared::api::import::FileKind::Incomes;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The incomes of 2024, which decide until July 2026.
async fn with_2024(office: &Office) {
    office.with_city().await;
    let incomes = file_of(Incomes);
    let header = incomes.lines().next().unwrap();
    let lines = format!(
        "{header}\n1000000001,2024,1,,0,,0,4000000,4000000,0,0,0,0\n1000000002,2024,1,,0,,0,0,0,0,0,0,0\n#合計,2,4000000\n"
    );
    let job = office.import(Incomes, lines.into_bytes()).await;
    assert_eq!(job["state"], "done", "{job}");
}

fn facts(view: &Value, place: usize, tax: &str) -> Value {
    json!({"person_id": view["members"][place]["person_id"], "card": "not_registered", "income_year": 2024, "tax": tax})
}

both! {
    async fn a_limit_certificate_shows_the_bracket_from_the_first_of_the_month_until_july(office: Office) {
        with_2024(&office).await;
        let view = office.household().await;
        // 4,000,000 − 430,000 is above what anybody exempt can have.
        let plan = papers(&office, &view["id"]).await;
        assert_eq!((&plan[1]["limit"], &plan[1]["limit_undecided"]), (&json!("ウ"), &json!(null)), "{plan}");
        let (status, problem) = issue_applied(&office, &view, "limit_certificate", 1, json!({}), "").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("application.no_arrears")));
        let (status, issued) = issue_applied(&office, &view, "limit_certificate", 1, json!({"no_arrears": true}), "").await;
        assert_eq!((status, &issued["valid_until"]), (StatusCode::OK, &json!("2026-07-31")), "{issued}");
        let text = printed(&office, &issued["number"]).await;
        for said in ["限度額適用認定証", "見辺二子", "適用区分ウ", "発効期日令和8年6月1日", "有効期限令和8年7月31日"] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
        assert!(!text.contains("標準負担額"), "{text}");
        // The certificate of eligibility stays valid beside it.
        let (_, certificate) = issue_applied(&office, &view, "eligibility_certificate", 1, json!({}), "").await;
        assert_eq!(close(&office, &issued, "returned", "2026-06-10").await.0, StatusCode::OK);
        assert_eq!(close(&office, &certificate, "returned", "2026-06-10").await.0, StatusCode::OK);
    }
}

both! {
    async fn the_tax_of_the_head_and_of_everybody_insured_decides_the_lowest_bracket(office: Office) {
        office.with_city().await;
        let incomes = file_of(Incomes);
        let header = incomes.lines().next().unwrap();
        let lines = format!("{header}\n1000000001,2024,1,,0,,0,0,0,0,0,0,0\n1000000002,2024,1,,0,,0,0,0,0,0,0,0\n#合計,2,0\n");
        assert_eq!(office.import(Incomes, lines.into_bytes()).await["state"], "done");
        let view = office.household().await;
        let (status, problem) = issue_applied(&office, &view, "limit_certificate", 1, json!({"no_arrears": true}), "").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["message"].as_str().unwrap().contains("市町村民税の課税・非課税が分からない"), "{problem}");
        for place in [0, 1] {
            let (status, plan) = keep(&office, &view["id"], facts(&view, place, "exempt")).await;
            assert_eq!(status, StatusCode::OK, "{plan}");
        }
        let plan = papers(&office, &view["id"]).await;
        assert_eq!((&plan[2]["limit"], &plan[0]["tax"]), (&json!("オ"), &json!("exempt")), "{plan}");
        let (_, issued) = issue_applied(&office, &view, "limit_certificate", 1, json!({"no_arrears": true}), "").await;
        let text = printed(&office, &issued["number"]).await;
        assert!(text.contains("限度額適用・標準負担額減額認定証") && text.contains("適用区分オ"), "{text}");
        let (_, plan) = keep(&office, &view["id"], facts(&view, 0, "abroad")).await;
        assert_eq!(plan[2]["limit"], json!("エ"));
    }
}

both! {
    async fn from_70_on_a_limit_certificate_is_for_the_brackets_that_the_ratio_does_not_tell(office: Office) {
        with_senior(&office, 1_000_000).await;
        let view = office.household().await;
        keep(&office, &view["id"], facts(&view, 0, "taxed")).await;
        let (status, problem) = issue_applied(&office, &view, "limit_certificate", 0, json!({}), "").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("kind")), "{problem}");
        for place in [0, 1] {
            keep(&office, &view["id"], facts(&view, place, "exempt")).await;
        }
        let (status, issued) = issue_applied(&office, &view, "limit_certificate", 0, json!({}), "").await;
        assert_eq!(status, StatusCode::OK, "arrears are no matter from 70 on: {issued}");
        let text = printed(&office, &issued["number"]).await;
        assert!(text.contains("適用区分低所得II"), "{text}");
    }
}

both! {
    async fn a_disease_certificate_ends_in_july_only_for_dialysis_under_70(office: Office) {
        with_2024(&office).await;
        let view = office.household().await;
        let (status, problem) = issue_applied(&office, &view, "disease_certificate", 1, json!({}), "").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("application.disease")));
        for (disease, until, limit) in [("dialysis", json!("2026-07-31"), "10000円"), ("hiv", json!(null), "10000円")] {
            let (status, issued) = issue_applied(&office, &view, "disease_certificate", 1, json!({"disease": disease}), "").await;
            assert_eq!((status, &issued["valid_until"]), (StatusCode::OK, &until), "{issued}");
            let text = printed(&office, &issued["number"]).await;
            assert!(text.contains("特定疾病療養受療証") && text.contains(limit), "{text}");
        }
    }
}

both! {
    async fn whoever_uses_the_card_gets_a_certificate_on_application_only_for_a_reason(office: Office) {
        with_2024(&office).await;
        let view = office.household().await;
        let mut card = facts(&view, 1, "taxed");
        card["card"] = json!("registered");
        keep(&office, &view["id"], card).await;
        let wish = json!({"no_arrears": true});
        let (status, problem) = issue_applied(&office, &view, "limit_certificate", 1, wish.clone(), "").await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("remark")), "{problem}");
        let (status, _) = issue_applied(&office, &view, "limit_certificate", 1, wish, "読取機のない診療所").await;
        assert_eq!(status, StatusCode::OK);
    }
}

both! {
    /// 令29条の3第10項, 令29条の7の2: the salary counts at 30/100, and within the line of 2割軽減 it is the lowest bracket.
    async fn a_lost_job_lowers_the_bracket(office: Office) {
        office.with_city().await;
        let incomes = file_of(Incomes);
        let header = incomes.lines().next().unwrap();
        let of = |year: i32, salary: i64| format!("{header}\n1000000001,{year},1,,{salary},,0,0,{salary},0,0,0,0\n1000000002,{year},1,,0,,0,0,0,0,0,0,0\n#合計,2,{salary}\n");
        for (year, salary) in [(2024, 3_000_000), (2025, 3_000_000)] {
            let job = office.import(Incomes, of(year, salary).into_bytes()).await;
            assert_eq!(job["state"], "done", "{job}");
        }
        let view = office.household().await;
        assert_eq!(papers(&office, &view["id"]).await[0]["limit"], json!("ウ"), "2,570,000 yen in full");
        let head = &view["members"][0];
        let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "離職票", "members": [{"person_id": head["person_id"],
            "eligibility": head["eligibility"], "income": head["income"], "income_status": "known",
            "circumstances": {"involuntary": {"left_on": "2026-03-31"}}}]});
        let (status, after) = office.send(reqwest::Method::PUT, &format!("/api/households/{}/facts", view["id"]), edit).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        // The year that decides until July has no rates of this city: nothing is made of it by itself.
        let plan = papers(&office, &view["id"]).await;
        assert_eq!((&plan[0]["limit"], &plan[0]["limit_undecided"]), (&json!("エ"), &json!(null)), "{plan}");
    }
}
