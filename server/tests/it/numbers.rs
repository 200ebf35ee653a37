//! 個人番号: bound where all four items agree, kept where nobody reads it, shown to nobody.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::identity::individual_check_digit;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A number that the check digit makes valid.
fn number(first: &str) -> String {
    let digits: Vec<u8> = first.bytes().map(|byte| byte - b'0').collect();
    format!("{first}{}", individual_check_digit(&digits))
}

fn binding(view: &Value, place: usize, number: &str) -> Value {
    let [kana, birth, sex] = [
        ["ミペ　イチロウ", "1981-04-02", "1"],
        ["ミペ　ニコ", "1985-04-02", "2"],
        ["ミペ　サンタ", "2011-04-02", "1"],
    ][place];
    json!({"person_id": view["members"][place]["person_id"], "number": number, "kana": kana, "birth_date": birth,
        "sex": sex.parse::<i64>().unwrap(), "address": "泉佐野市 上瓦屋1", "evidence": "マイナンバーカード"})
}

async fn bind(office: &Office, view: &Value, body: Value) -> (StatusCode, Value) {
    let path = format!("/api/households/{}/my-number?fiscal_year=2026", view["id"]);
    office.send(Method::PUT, &path, body).await
}

both! {
    async fn a_number_is_bound_only_where_all_four_items_agree_and_waits_in_review_otherwise(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let right = binding(&view, 1, &number("12345678901"));
        for (field, value, item) in [("kana", json!("ミペ　フタコ"), "kana"), ("birth_date", json!("1985-04-03"), "birth_date"),
            ("sex", json!(1), "sex"), ("address", json!("泉佐野市上瓦屋２"), "address")] {
            let mut wrong = right.clone();
            wrong[field] = value;
            let (status, all) = bind(&office, &view, wrong).await;
            assert_eq!((status, &all[1]["state"], &all[1]["differences"]), (StatusCode::OK, &json!("in_review"), &json!([item])), "{all}");
        }
        let (status, all) = bind(&office, &view, right).await;
        assert_eq!((status, &all[1]["state"], &all[0]["state"]), (StatusCode::OK, &json!("registered"), &json!("absent")), "{all}");
    }
}

both! {
    async fn a_number_that_is_wrong_or_somebody_elses_is_refused(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let valid = number("12345678901");
        let digit = valid.as_bytes()[11];
        let invalid = format!("{}{}", &valid[..11], if digit == b'0' { '1' } else { '0' });
        for wrong in [invalid, "123".into(), "000000000000".into()] {
            let (status, problem) = bind(&office, &view, binding(&view, 1, &wrong)).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("number")));
            assert!(!problem.to_string().contains(&wrong) || wrong.len() < 12, "{problem}");
        }
        assert_eq!(bind(&office, &view, binding(&view, 1, &valid)).await.0, StatusCode::OK);
        let (status, problem) = bind(&office, &view, binding(&view, 0, &valid)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("number")));
        assert!(!problem.to_string().contains(&valid));
    }
}

both! {
    async fn no_row_of_any_table_holds_a_number_that_can_be_read(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let valid = number("98765432109");
        let mut wrong = binding(&view, 2, &number("11111111111"));
        wrong["kana"] = json!("ヤマダ");
        bind(&office, &view, wrong).await;
        assert_eq!(bind(&office, &view, binding(&view, 1, &valid)).await.0, StatusCode::OK);
        for secret in [valid, number("11111111111")] {
            assert_eq!(crate::office::found_in_any_table(&office.db, &secret).await, Vec::<String>::new());
        }
        // The search itself finds what is there.
        assert!(!crate::office::found_in_any_table(&office.db, "見辺　二子").await.is_empty());
    }
}

both! {
    async fn of_another_ward_or_without_the_right_nobody_binds(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/my-number?fiscal_year=2026", view["id"]);
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let assessor = office.sign_in_as("assessor", Role::AssessmentOfficer, "").await;
        for (client, expected) in [(&other, StatusCode::NOT_FOUND), (&assessor, StatusCode::FORBIDDEN)] {
            assert_eq!(office.request(client, Method::GET, &path).send().await.unwrap().status(), expected);
            let body = binding(&view, 1, &number("12345678901"));
            assert_eq!(office.request(client, Method::PUT, &path).json(&body).send().await.unwrap().status(), expected);
        }
    }
}
