//! 月次賦課 (更正): who changed after the year was decided is decided again, and told what was told before.

use crate::both;
use crate::office::Office;
use kokuho_server::assessment::verify;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::to_household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CITY: &str = "27100";
const HOUSEHOLDS: u32 = 60;

fn preview(view: &Value) -> i64 {
    let view: HouseholdView = serde_json::from_value(view.clone()).unwrap();
    let assessor = figures::assessor(CITY, FiscalYear(2026)).unwrap();
    let household = to_household(&view.members, FiscalYear(2026), Some(75));
    assessor.assess(&household).unwrap().premium.total.0
}

fn monthly() -> Value {
    json!({"fiscal_year": 2026, "monthly": true})
}

async fn letters(office: &Office, view: &Value) -> Value {
    office.release(&view["job"], CITY).await;
    let path = format!("/api/runs/{}/letters", view["job"]["id"]);
    let (status, job) = office.send(Method::POST, &path, json!(null)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    office
        .worker(CITY, "letters")
        .run_until_idle()
        .await
        .unwrap();
    let (_, view) = office
        .get(&format!("/api/runs/{}", view["job"]["id"]))
        .await;
    view["letters_outcome"].clone()
}

/// Everything of the run is printed.
async fn print(office: &Office, view: &Value) {
    let path = format!("/api/runs/{}/batches", view["job"]["id"]);
    let (_, list) = office.get(&path).await;
    assert!(!list.as_array().unwrap().is_empty(), "{list}");
    for batch in list.as_array().unwrap() {
        let path = format!("{path}/{}/printed", batch["number"]);
        let (status, printed) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!(status, StatusCode::OK, "{printed}");
    }
}

/// A household with a premium, its head insured the whole year, and nobody hidden.
async fn plain(office: &Office) -> Value {
    let sql = "SELECT household_id FROM letter ORDER BY household_id";
    let ids: Vec<i64> = kokuho_server::on_db!(&office.db, pool =>
        sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
    for id in ids {
        let (_, view) = office
            .get(&format!("/api/households/{id}?fiscal_year=2026"))
            .await;
        let head = &view["members"][0];
        let known = head["income_status"] == "known" && head["head"] == true;
        let insured = !head["eligibility"].is_null() && head["eligibility"]["lost_on"].is_null();
        if known && insured && view["decisions"][0]["total"].as_i64() < Some(400_000) {
            return view;
        }
    }
    panic!("no such household");
}

/// A clerk writes other incomes of the head.
async fn correct(office: &Office, view: &Value) -> Value {
    let head = &view["members"][0];
    let mut income = head["income"].clone();
    income["other_income"] = (income["other_income"].as_i64().unwrap_or(0) + 1_500_000).into();
    let member = json!({
        "person_id": head["person_id"], "income_status": "known",
        "eligibility": head["eligibility"], "income": income,
    });
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": [member]});
    let path = format!("/api/households/{}/facts", view["id"]);
    let (status, changed) = office.send(Method::PUT, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    changed
}

/// What the newest letter of a household says.
async fn letter(office: &Office, household: &Value) -> Value {
    let sql = "SELECT content FROM letter WHERE household_id = $1 ORDER BY subject_id DESC LIMIT 1";
    let text: String = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql)
        .bind(household.as_i64()).fetch_one(pool).await.unwrap());
    let letter = serde_json::from_str::<Value>(&text).unwrap();
    assert_eq!(letter["addressee"]["barcode"], true, "{letter}");
    assert!(!letter["content"]["insured"].as_array().unwrap().is_empty());
    letter["content"].clone()
}

both! {
    async fn who_changed_after_the_year_was_decided_is_decided_and_told_why_the_amount_is_another(office: Office) {
        office.with_demo(CITY, HOUSEHOLDS).await;
        let yearly = office.done(json!({"fiscal_year": 2026}), CITY).await;
        letters(&office, &yearly).await;
        print(&office, &yearly).await;
        let view = plain(&office).await;
        assert!(letter(&office, &view["id"]).await["replaces"].is_null());
        correct(&office, &view).await;
        let before = view["decisions"][0]["total"].as_i64().unwrap();
        let changed = office.done(monthly(), CITY).await;
        let outcome = &changed["outcome"];
        assert_eq!((changed["job"]["kind"].as_str(), outcome["households"].as_i64(), outcome["decided"].as_i64()),
            (Some("monthly"), Some(1), Some(1)), "{changed}");
        let total = outcome["decided_total"].as_i64().unwrap();
        assert_eq!(outcome["replaced_total"], before);
        assert_eq!(outcome["booked_total"], total - before);
        assert!(total > before);
        let told = letters(&office, &changed).await;
        assert_eq!((told["letters"].as_i64(), told["decided_total"].as_i64(), told["slips_total"].as_i64()),
            (Some(1), Some(total), Some(total)), "{told}");
        let replaces = letter(&office, &view["id"]).await["replaces"].clone();
        assert_eq!((replaces["total"].as_i64(), replaces["told_on"].as_str()), (Some(before), Some("2026-06-10")));
        let steps = replaces["steps"].as_array().unwrap();
        assert_eq!(steps.iter().map(|step| step["yen"].as_i64().unwrap()).sum::<i64>(), total - before);
        let income = steps.iter().find(|step| step["cause"] == "所得").unwrap();
        assert_eq!(income["people"][0]["name"], view["members"][0]["name"], "{replaces}");
        assert_eq!(income["people"][0]["on"], "2026-06-10", "{replaces}");
        // Nothing is left to do, and everything is as if it had been decided at once.
        let (status, problem) = office.send(Method::POST, "/api/runs", monthly()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["message"].as_str().unwrap().contains("変わった世帯"), "{problem}");
        assert_eq!(verify::verify(&office.db).await.unwrap().differences, []);
        assert_eq!(kokuho_server::rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
    }
}

both! {
    async fn a_change_at_the_counter_is_told_with_what_was_told_before_and_not_with_what_was_never_told(office: Office) {
        office.with_demo(CITY, HOUSEHOLDS).await;
        let yearly = office.done(json!({"fiscal_year": 2026}), CITY).await;
        letters(&office, &yearly).await;
        print(&office, &yearly).await;
        let view = plain(&office).await;
        let told = view["decisions"][0]["total"].as_i64().unwrap();
        let mut last = Value::Null;
        // Two corrections: of the first no letter was sent.
        for _ in 0..2 {
            let (_, view) = office.get(&format!("/api/households/{}?fiscal_year=2026", view["id"])).await;
            let changed = correct(&office, &view).await;
            let total = preview(&changed);
            let wish = json!({"fiscal_year": 2026, "revision": changed["revision"], "preview_total": total});
            let (status, decision) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
            assert_eq!(status, StatusCode::OK, "{decision}");
            last = decision;
        }
        let path = format!("/api/decisions/{}/notice", last["summary"]["id"]);
        let (status, issued) = office.send(Method::POST, &path, json!(null)).await;
        assert_eq!(status, StatusCode::OK, "{issued}");
        let content = letter(&office, &view["id"]).await;
        assert_eq!(content["replaces"]["total"].as_i64(), Some(told));
        assert_eq!(content["total"], last["summary"]["total"]);
    }
}

both! {
    async fn what_was_never_printed_was_never_told_and_its_slips_come_with_the_next_letter(office: Office) {
        office.with_demo(CITY, HOUSEHOLDS).await;
        let yearly = office.done(json!({"fiscal_year": 2026}), CITY).await;
        letters(&office, &yearly).await;
        let view = plain(&office).await;
        correct(&office, &view).await;
        let changed = office.done(monthly(), CITY).await;
        letters(&office, &changed).await;
        assert!(letter(&office, &view["id"]).await["replaces"].is_null());
        let sql = "SELECT COUNT(*) FROM payment_slip p JOIN letter l ON l.number = p.letter_number \
            WHERE l.household_id = $1 AND l.run_id = $2 AND p.principal > 0";
        let run_id = changed["job"]["id"].as_i64();
        let slips: i64 = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql)
            .bind(view["id"].as_i64()).bind(run_id).fetch_one(pool).await.unwrap());
        assert_eq!(slips, 10);
    }
}

both! {
    async fn a_monthly_run_comes_after_the_yearly_one_and_is_no_other_kind(office: Office) {
        office.with_demo(CITY, HOUSEHOLDS).await;
        let before = office.rows().await;
        let both = json!({"fiscal_year": 2026, "monthly": true, "provisional": true});
        for (wish, field) in [(monthly(), "fiscal_year"), (both, "monthly")] {
            let (status, problem) = office.send(Method::POST, "/api/runs", wish).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        assert_eq!(office.rows().await, before);
    }
}
