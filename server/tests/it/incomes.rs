//! 所得の内訳: what the tax file says by kind is netted here too, and both must agree.

use crate::both;
use crate::office::Office;
use kokuho_shared::api::import::FileKind;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The first line of the city's incomes with more columns.
fn file(more: &[(&str, i64)], other: i64, total: i64) -> String {
    let columns: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
    let amounts: Vec<String> = more.iter().map(|(_, amount)| amount.to_string()).collect();
    format!(
        "宛名番号,所得年,申告区分,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与,{}\n\
         1000000001,2025,1,4500000,3160000,,0,{other},{total},0,0,0,0,{}\n#合計,1,{total}\n",
        columns.join(","),
        amounts.join(",")
    )
}

async fn taken(office: &Office, text: String) -> Value {
    office.import(FileKind::Incomes, text.into_bytes()).await
}

both! {
    async fn incident_a04_a_carried_loss_of_listed_shares_is_set_against_dividends(office: Office) {
        office.with_city().await;
        let shares = [("上場株式等の配当（分離）", 281_010), ("上場株式等の損失の繰越", 200_000)];
        // The tax office forgot the carried loss: our own figure differs, and nothing is taken in.
        let before = office.rows().await;
        let wrong = taken(&office, file(&shares, 281_010, 3_441_010)).await;
        assert_eq!(wrong["state"], "failed", "{wrong}");
        let message = wrong["problem"]["message"].as_str().unwrap();
        assert!(message.contains("81010円 と合いません"), "{message}");
        assert_eq!((wrong["problem"]["line"].as_i64(), wrong["problem"]["column"].as_str()), (Some(2), Some("その他所得")));
        assert_eq!(office.rows().await, before);
        let right = taken(&office, file(&shares, 81_010, 3_441_010)).await;
        assert_eq!(right["state"], "done", "{right}");
        let head = office.household().await["members"][0].clone();
        assert_eq!((head["income"]["other_income"].as_i64(), head["income"]["total_income"].as_i64()), (Some(81_010), Some(3_441_010)));
    }
}

both! {
    async fn a_loss_comes_in_as_it_is_and_only_where_there_can_be_one(office: Office) {
        office.with_city().await;
        let loss = [("営業等・農業所得", -1_000_000), ("分離長期譲渡", -9_000_000)];
        let done = taken(&office, file(&loss, 0, 2_160_000)).await;
        assert_eq!(done["state"], "done", "{done}");
        let head = office.household().await["members"][0].clone();
        assert_eq!(head["income"]["salary_income"], 2_160_000);
        let wrong = taken(&office, file(&[("上場株式等の配当（分離）", -1)], 0, 3_160_000)).await;
        assert_eq!(wrong["state"], "failed", "{wrong}");
        assert_eq!(wrong["problem"]["column"], "上場株式等の配当（分離）");
    }
}

both! {
    /// 令29条の7: in the reduction test the owner's business is looked at without the pay of the family.
    async fn of_family_pay_that_made_a_loss_only_what_is_income_without_it_is_added_back(office: Office) {
        office.with_city().await;
        let with_pay = |business: i64, total: i64| {
            let text = file(&[("営業等・農業所得", business)], 0, total);
            text.replace(&format!(",0,0,{business}"), &format!(",860000,0,{business}"))
        };
        // Without the pay the loss is 3,140,000 and leaves 20,000 of the salary.
        for (business, total, added) in [(-4_000_000, 0, 20_000), (-5_000_000, 0, 0), (-500_000, 2_660_000, 860_000)] {
            let done = taken(&office, with_pay(business, total)).await;
            assert_eq!(done["state"], "done", "{done}");
            let head = office.household().await["members"][0].clone();
            assert_eq!(head["income"]["family_pay_deducted"].as_i64(), Some(added), "{business}");
        }
    }
}

both! {
    async fn what_a_clerk_typed_by_kind_is_kept_while_it_makes_the_income(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/facts", view["id"]);
        let kinds = json!({"business": -1_000_000, "land_long": 40_000_000, "land_special_deduction": 30_000_000});
        let entered = json!({"salary_income": 3_160_000, "pension_income": 0, "kinds": kinds});
        let edit = |view: &Value, other: i64, entered: Value| {
            let member = &view["members"][0];
            let mut income = member["income"].clone();
            income["salary_income"] = 2_160_000.into();
            income["other_income"] = other.into();
            income["total_income"] = 42_160_000.into();
            income["transfer_special_deduction"] = 30_000_000.into();
            let mut member = json!({"person_id": member["person_id"], "eligibility": member["eligibility"],
                "income": income, "income_status": "known"});
            if !entered.is_null() {
                member["entered"] = entered;
            }
            json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "申告書", "members": [member]})
        };
        let before = office.rows().await;
        let (status, problem) = office.send(Method::PUT, &path, edit(&view, 10_000_001, entered.clone())).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("members[0].entered")), "{problem}");
        assert_eq!(office.rows().await, before);
        let (status, saved) = office.send(Method::PUT, &path, edit(&view, 10_000_000, entered.clone())).await;
        assert_eq!(status, StatusCode::OK, "{saved}");
        for seen in [&saved, &office.household().await] {
            let kept = &seen["members"][0]["entered"];
            assert_eq!((&kept["salary_income"], &kept["kinds"]["business"]), (&json!(3_160_000), &json!(-1_000_000)), "{kept}");
        }
        // Said again it is not written again, and an income of another origin hides it.
        let before = office.rows().await;
        let (_, same) = office.send(Method::PUT, &path, edit(&saved, 10_000_000, entered)).await;
        assert_eq!(office.rows().await, before + 1, "only the change itself");
        let (status, other) = office.send(Method::PUT, &path, edit(&same, 9_000_000, Value::Null)).await;
        assert_eq!((status, &other["members"][0]["entered"]), (StatusCode::OK, &Value::Null), "{other}");
    }
}
