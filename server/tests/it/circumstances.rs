//! 特例の事情 and people who come back, from the screen's request to the decided premium.

use crate::both;
use crate::office::Office;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::assessment::facts::to_household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn edit(view: &Value, member: usize, circumstances: Value) -> Value {
    let known = &view["members"][member];
    let member = json!({"person_id": known["person_id"], "eligibility": known["eligibility"], "income": known["income"],
        "income_status": known["income_status"], "circumstances": circumstances});
    json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "届出", "members": [member]})
}

/// What the browser shows for a household.
fn previewed(view: &Value) -> i64 {
    let view: HouseholdView = serde_json::from_value(view.clone()).unwrap();
    let household = to_household(&view.members, FiscalYear(2026), Some(75));
    let assessor = figures::assessor("27213", FiscalYear(2026)).unwrap();
    assessor.assess(&household).unwrap().premium.total.0
}

async fn save(office: &Office, view: &Value, member: usize, circumstances: Value) -> Value {
    let path = format!("/api/households/{}/facts", view["id"]);
    let (status, saved) = office
        .send(Method::PUT, &path, edit(view, member, circumstances))
        .await;
    assert_eq!(status, StatusCode::OK, "{saved}");
    saved
}

async fn decide(office: &Office, view: &Value) -> Value {
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": previewed(view)});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, decision) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    decision
}

fn has(decision: &Value, code: &str) -> bool {
    let lines = decision["assessment"]["explanation"].as_array().unwrap();
    lines.iter().any(|line| line["code"] == code)
}

both! {
    async fn a_lost_job_counts_the_salary_at_30_percent_and_the_decision_says_so(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        assert_eq!(previewed(&view), 645_854);
        let saved = save(&office, &view, 0, json!({"involuntary": {"left_on": "2026-03-31"}})).await;
        assert_eq!(saved["members"][0]["circumstances"]["involuntary"]["left_on"], "2026-03-31");
        assert_ne!(saved["revision"], view["revision"]);
        let decision = decide(&office, &saved).await;
        // 3,160,000 × 30/100 = 948,000: 5割 (threshold 1,360,000), and a base of 518,000.
        let (total, tier) = (&decision["summary"]["total"], &decision["assessment"]["premium"]["tier"]);
        assert_eq!((total.as_i64(), tier.as_i64()), (Some(previewed(&saved)), Some(50)));
        assert_eq!(decision["assessment"]["premium"]["test_income"], 948_000);
        assert!(has(&decision, "income_levy_of_involuntary"));
        // Taken back, the premium is what it was; the circumstance stays known as it was.
        let back = save(&office, &saved, 0, json!({})).await;
        assert_eq!(previewed(&back), 645_854);
        let sql = "SELECT COUNT(*) FROM circumstance_fact WHERE superseded_at IS NOT NULL";
        let kept: i64 = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
        assert_eq!(kept, 1);
    }
}

both! {
    async fn a_birth_frees_the_mother_of_her_share_of_four_months(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let saved = save(&office, &view, 1, json!({"maternity": {"expected_on": "2026-09-15"}})).await;
        let decision = decide(&office, &saved).await;
        // Her own units of the four parts, a third of a year: 34,990/3, 11,191/3, 18,682/3 and 1,841/3.
        let parts = &decision["assessment"]["premium"]["parts"];
        let free = |part: &str| parts[part]["maternity_reduction"].as_i64().unwrap();
        assert_eq!(["medical", "support", "child"].map(free), [11_663, 3_730, 613]);
        assert_eq!(free("care"), 6_227);
        // Each part is cut to the yen once more, after the months.
        assert_eq!(decision["summary"]["total"].as_i64().unwrap(), 645_854 - 11_664 - 3_731 - 6_228 - 614);
        assert!(has(&decision, "maternity_relief"));
        let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
        let (status, letter) = office.send(Method::POST, &path, json!({})).await;
        assert_eq!(status, StatusCode::OK, "{letter}");
    }
}

both! {
    async fn months_in_a_facility_without_care_insurance_are_free_of_the_care_levy(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let whole = decide(&office, &view).await;
        let care = |decision: &Value| decision["assessment"]["premium"]["parts"]["care"].clone();
        assert_eq!(care(&whole)["months"], 12);
        // Both adults go there on 15 June: care is lost on the 16th, and two months are left.
        let stay = json!({"care_exempt": {"entered_on": "2026-06-15"}});
        let saved = save(&office, &view, 0, stay.clone()).await;
        let saved = save(&office, &saved, 1, stay).await;
        let there = decide(&office, &saved).await;
        assert_eq!(care(&there)["months"], 2);
        let sixth = care(&whole)["amount"].as_i64().unwrap() / 6;
        assert_eq!(care(&there)["amount"].as_i64(), Some(sixth));
        // One comes back in November: the other stays without.
        let back = json!({"care_exempt": {"entered_on": "2026-06-15", "left_on": "2026-11-02"}});
        let saved = save(&office, &saved, 1, back).await;
        assert_eq!(saved["members"][1]["circumstances"]["care_exempt"]["left_on"], "2026-11-02");
        assert_eq!(care(&decide(&office, &saved).await)["months"], 7);
        let sql = "SELECT COUNT(*) FROM circumstance_fact WHERE kind = 'care_exempt'";
        let kept: i64 = kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap());
        assert_eq!(kept, 3);
        let wrong = json!({"care_exempt": {"entered_on": "2026-06-15", "left_on": "2026-06-14"}});
        let path = format!("/api/households/{}/facts", view["id"]);
        let (status, problem) = office.send(Method::PUT, &path, edit(&saved, 0, wrong)).await;
        let field = "members[0].circumstances.care_exempt.left_on";
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
    }
}

both! {
    async fn a_circumstance_without_effect_is_refused_by_its_field_and_nothing_is_written(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let before = office.rows().await;
        let path = format!("/api/households/{}/facts", view["id"]);
        let cases = [
            (json!({"maternity": {"expected_on": "2023-10-31"}}), "members[0].circumstances.maternity.expected_on"),
            (json!({"former_dependant_since": "2026-05-01"}), "members[0].circumstances.former_dependant_since"),
            (json!({"involuntary": {"left_on": "1980-01-01"}}), "members[0].circumstances.involuntary.left_on"),
        ];
        for (circumstances, field) in cases {
            let (status, problem) = office.send(Method::PUT, &path, edit(&view, 0, circumstances)).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn an_edit_that_says_nothing_of_circumstances_leaves_them(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let saved = save(&office, &view, 0, json!({"involuntary": {"left_on": "2026-03-31"}})).await;
        let mut without = edit(&saved, 0, Value::Null);
        without["members"][0]["income"]["other_income"] = 10_000.into();
        without["members"][0].as_object_mut().unwrap().remove("circumstances");
        let path = format!("/api/households/{}/facts", view["id"]);
        let (status, after) = office.send(Method::PUT, &path, without).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        assert_eq!(after["members"][0]["circumstances"], saved["members"][0]["circumstances"]);
    }
}

both! {
    async fn somebody_who_left_and_came_back_pays_for_the_months_of_both_periods(office: Office) {
        office.with_city().await;
        let [.., (_, eligibility)] = crate::city::files();
        // The second member leaves on 10 June and is back from 5 October on.
        let line = eligibility.lines().nth(2).unwrap().to_owned();
        let gone = line.replace("2020-04-01,12,,", "2020-04-01,12,2026-06-10,22");
        let back = line.replace("2020-04-01,12,,", "2026-10-05,12,,");
        let file = eligibility.replace(&line, &format!("{gone}\n{back}")).replace("#合計,3,3", "#合計,4,3");
        let job = office.import(FileKind::Eligibility, file.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let view = office.household().await;
        assert_eq!(view["obstacles"], json!([]), "{view}");
        let member = &view["members"][1];
        assert_eq!((member["earlier"][0]["lost_on"].as_str(), member["eligibility"]["acquired_on"].as_str()),
            (Some("2026-06-10"), Some("2026-10-05")));
        let decision = decide(&office, &view).await;
        // Four months (June to September) without her: the states of the medical part are 8 and 4.
        let lines = decision["assessment"]["explanation"].as_array().unwrap();
        let states = lines.iter().filter(|line| line["code"] == "state" && line["part"] == "medical");
        let months: Vec<i64> = states.map(|line| line["inputs"][1].as_i64().or(line["inputs"]["months"].as_i64()).unwrap()).collect();
        assert_eq!(months, [8, 4]);
    }
}
