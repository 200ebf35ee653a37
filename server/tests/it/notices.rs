//! 届出: from the counter's request to periods, numbers and the premium.

use crate::both;
use crate::office::Office;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::api::notification::{NotificationEdit, preview};
use kokuho_shared::assessment::facts::to_household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn notice(view: &Value, event: Value, event_on: &str, members: &[usize]) -> Value {
    let persons: Vec<&Value> = members
        .iter()
        .map(|at| &view["members"][*at]["person_id"])
        .collect();
    let mut notice = json!({"fiscal_year": 2026, "revision": view["revision"], "event_on": event_on,
        "notified_on": "2026-06-10", "persons": persons, "memo": "資格取得証明"});
    for (key, value) in event.as_object().unwrap() {
        notice[key] = value.clone();
    }
    notice
}

async fn send(office: &Office, view: &Value, notice: Value) -> (StatusCode, Value) {
    let path = format!("/api/households/{}/notices", view["id"]);
    office.send(Method::POST, &path, notice).await
}

async fn accepted(office: &Office, view: &Value, notice: Value) -> Value {
    let (status, after) = send(office, view, notice).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    after
}

/// The second member joins a company on 10 May and leaves it on 1 June: the household after each.
async fn gone_and_back(office: &Office, view: &Value) -> [Value; 2] {
    let gone = json!({"kind": "lose", "reason": "employee_insurance_joined"});
    let gone = accepted(office, view, notice(view, gone, "2026-05-10", &[1])).await;
    let back = json!({"kind": "acquire", "reason": "left_employee_insurance"});
    let back = accepted(office, &gone, notice(&gone, back, "2026-06-01", &[1])).await;
    [gone, back]
}

fn total(members: &Value) -> i64 {
    let members: Vec<_> = serde_json::from_value(members.clone()).unwrap();
    let assessor = figures::assessor("27213", FiscalYear(2026)).unwrap();
    let household = to_household(&members, FiscalYear(2026), Some(75));
    assessor.assess(&household).unwrap().premium.total.0
}

both! {
    async fn flow_1_01_joining_a_company_ends_the_eligibility_on_the_day_after_and_the_preview_said_so(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let wanted = notice(&view, json!({"kind": "lose", "reason": "employee_insurance_joined"}), "2026-05-31", &[0, 1, 2]);
        let shown: HouseholdView = serde_json::from_value(view.clone()).unwrap();
        let edit: NotificationEdit = serde_json::from_value(wanted.clone()).unwrap();
        let rules = figures::assessor("27213", FiscalYear(2026)).unwrap().parameters.eligibility.value;
        let previewed = preview(&shown.members, &edit, &rules).unwrap();
        let after = accepted(&office, &view, wanted).await;
        assert_eq!(serde_json::to_value(&previewed).unwrap(), after["members"]);
        for member in after["members"].as_array().unwrap() {
            assert_eq!(member["eligibility"]["lost_on"], "2026-06-01");
            assert_eq!(member["eligibility"]["loss_ground"], "art6_1_8");
        }
        // A loss on 1 June by 法6条1号 counts as one on 31 May: one month, April.
        let parts = figures::assessor("27213", FiscalYear(2026)).unwrap();
        let household = to_household(&previewed, FiscalYear(2026), Some(75));
        assert_eq!(parts.assess(&household).unwrap().premium.parts.medical.unwrap().months, 1);
        let (_, list) = office.get(&format!("/api/households/{}/notices", view["id"])).await;
        assert_eq!((list.as_array().unwrap().len(), list[0]["due_on"].as_str()), (3, Some("2026-06-15")));
        assert_eq!((list[0]["reason"].as_str(), list[0]["memo"].as_str()), (Some("employee_insurance_joined"), Some("資格取得証明")));
    }
}

both! {
    async fn coming_back_from_a_company_keeps_number_and_branch_and_charges_both_periods(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let [gone, back] = gone_and_back(&office, &view).await;
        let member = &back["members"][1];
        assert_eq!((member["eligibility"]["acquired_on"].as_str(), member["earlier"][0]["lost_on"].as_str()),
            (Some("2026-06-01"), Some("2026-05-11")));
        assert_eq!(member["insured_number"], view["members"][1]["insured_number"]);
        assert!(total(&back["members"]) < 645_854);
        // The acquisition never was: everything is as after the loss.
        let void = notice(&back, json!({"kind": "void"}), "2026-06-01", &[1]);
        let void = accepted(&office, &back, void).await;
        assert_eq!(void["members"], gone["members"]);
    }
}

both! {
    async fn a_newborn_of_the_register_is_insured_from_birth_with_the_next_branch(office: Office) {
        office.with_city().await;
        let born = "1000000004,2000000001,0,子,見辺　四葉,ミペ　ヨツバ,2026-05-20,2,598-0001,泉佐野市上瓦屋１,,2026-05-20,\n#合計,4,1";
        let file = crate::city::RESIDENTS.replace("#合計,3,1", born);
        let job = office.import(FileKind::Residents, file.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let view = office.household().await;
        let at = view["members"].as_array().unwrap().iter().position(|member| member["birth_date"] == "2026-05-20").unwrap();
        assert_eq!(view["members"][at]["eligibility"], Value::Null);
        let after = accepted(&office, &view, notice(&view, json!({"kind": "acquire", "reason": "birth"}), "2026-05-20", &[at])).await;
        assert_eq!(after["members"][at]["eligibility"]["acquired_on"], "2026-05-20");
        assert_eq!(after["members"][at]["insured_number"], "12345678-04");
    }
}

both! {
    async fn what_cannot_be_is_refused_by_its_field_for_everybody_and_nothing_is_written(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let before = office.rows().await;
        let joined = json!({"kind": "lose", "reason": "employee_insurance_joined"});
        let left = json!({"kind": "acquire", "reason": "left_employee_insurance"});
        let mut late = notice(&view, joined.clone(), "2026-06-01", &[0]);
        late["notified_on"] = "2026-06-11".into();
        let mut twice = notice(&view, joined.clone(), "2026-06-01", &[0]);
        twice["persons"] = json!([view["members"][0]["person_id"], view["members"][0]["person_id"]]);
        let mut stranger = notice(&view, joined.clone(), "2026-06-01", &[0]);
        stranger["persons"] = json!([view["members"][0]["person_id"], 1]);
        let mut address = notice(&view, json!({"kind": "lose", "reason": "moved_other_prefecture"}), "2026-06-01", &[0]);
        address["new_address_on"] = "2026-05-31".into();
        let ahead = notice(&view, json!({"kind": "lose", "reason": "death"}), "2026-06-11", &[0]);
        let birth = notice(&view, json!({"kind": "acquire", "reason": "birth"}), "2026-06-01", &[2]);
        let cases = [
            (ahead, "event_on"), (birth, "persons[0]"),
            (notice(&view, left, "2026-06-01", &[0]), "persons[0]"),
            (notice(&view, joined.clone(), "2019-06-01", &[1, 0]), "persons[0]"),
            (notice(&view, json!({"kind": "lose", "reason": "age_75"}), "2026-06-01", &[0]), "persons[0]"),
            (notice(&view, joined, "2026-06-01", &[]), "persons"),
            (late, "notified_on"), (twice, "persons"), (stranger, "persons[1]"), (address, "new_address_on"),
        ];
        for (wanted, field) in cases {
            let (status, problem) = send(&office, &view, wanted).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_notice_on_facts_that_moved_is_refused(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let death = notice(&view, json!({"kind": "lose", "reason": "death"}), "2026-05-31", &[1]);
        let after = accepted(&office, &view, death.clone()).await;
        assert_eq!(after["members"][1]["eligibility"]["lost_on"], "2026-06-01");
        let (status, problem) = send(&office, &view, death).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("revision")), "{problem}");
    }
}

both! {
    async fn after_something_was_only_ended_the_old_screen_cannot_write_it_back(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let [_, back] = gone_and_back(&office, &view).await;
        // Another change of the household, and the void ends a period without a row of its own.
        let seen = accepted(&office, &back, notice(&back, json!({"kind": "lose", "reason": "death"}), "2026-06-01", &[2])).await;
        accepted(&office, &seen, notice(&seen, json!({"kind": "void"}), "2026-06-01", &[1])).await;
        let member = &seen["members"][1];
        let mut income = member["income"].clone();
        income["other_income"] = 1_000_000.into();
        let edit = json!({"fiscal_year": 2026, "revision": seen["revision"], "reason": "所得の更正", "members": [{
            "person_id": member["person_id"], "eligibility": member["eligibility"], "income": income, "income_status": "known"}]});
        let (status, problem) = office.send(Method::PUT, &format!("/api/households/{}/facts", view["id"]), edit).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("revision")), "{problem}");
    }
}

both! {
    async fn who_forms_a_household_of_ones_own_gets_a_number_of_its_own(office: Office) {
        office.with_city().await;
        let apart = crate::city::RESIDENTS
            .replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主")
            .replace("#合計,3,1", "#合計,3,2");
        let apart = crate::city::since(&apart, "2026-05-01");
        let job = office.import(FileKind::Residents, apart.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let (_, found) = office.find(json!({"number": "1000000002", "name": "ミ"})).await;
        let id = &found[0]["household_id"];
        let (_, own) = office.get(&format!("/api/households/{id}?fiscal_year=2026")).await;
        let gone = accepted(&office, &own, notice(&own, json!({"kind": "lose", "reason": "employee_insurance_joined"}), "2026-05-10", &[0])).await;
        let back = accepted(&office, &gone, notice(&gone, json!({"kind": "acquire", "reason": "left_employee_insurance"}), "2026-06-01", &[0])).await;
        let number = back["members"][0]["insured_number"].as_str().unwrap();
        assert!(number.starts_with('9') && number.ends_with("-01"), "{number}");
    }
}

both! {
    /// 資格 2 生保連絡票: everybody of the slip leaves on the day on which the assistance begins, and is
    /// insured again from the day on which it ends.
    async fn flow_1_02_public_assistance_ends_the_eligibility_of_all_on_its_day_and_its_end_begins_it_again(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let start = json!({"kind": "lose", "reason": "public_assistance_started"});
        let gone = accepted(&office, &view, notice(&view, start.clone(), "2026-05-11", &[0, 1, 2])).await;
        for member in gone["members"].as_array().unwrap() {
            assert_eq!((member["eligibility"]["lost_on"].as_str(), member["eligibility"]["loss_ground"].as_str()), (Some("2026-05-11"), Some("other")));
        }
        // A slip about somebody who is not insured is told by the person, and nobody is changed.
        let (status, problem) = send(&office, &gone, notice(&gone, start, "2026-06-01", &[0, 1])).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("persons[0]")), "{problem}");
        let end = json!({"kind": "acquire", "reason": "public_assistance_ended"});
        let back = accepted(&office, &gone, notice(&gone, end, "2026-06-05", &[1])).await;
        assert_eq!((back["members"][1]["eligibility"]["acquired_on"].as_str(), back["members"][0]["eligibility"]["lost_on"].as_str()), (Some("2026-06-05"), Some("2026-05-11")));
        let (_, accepted) = office.get(&format!("/api/households/{}/notices", view["id"])).await;
        assert_eq!(accepted.as_array().unwrap().len(), 4);
    }
}

both! {
    async fn why_somebody_is_insured_is_told_for_any_day_as_it_was_known_on_any_day(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let person = &view["members"][1]["person_id"];
        let path = |rest: &str| format!("/api/households/{}/timeline?fiscal_year=2026&person_id={person}{rest}", view["id"]);
        let (status, now) = office.get(&path("")).await;
        assert_eq!((status, &now["on"], &now["insured"]), (StatusCode::OK, &json!("2026-06-10"), &json!(true)), "{now}");
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-05-01", "notified_on": "2026-06-10", "persons": [person]});
        let (status, after) = office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        let (_, lost) = office.get(&path("")).await;
        assert_eq!(lost["insured"], json!(false));
        assert!(lost["answer"].as_str().unwrap().contains("令和8年5月2日に社保加入で喪失"), "{lost}");
        assert!(office.get(&path("&on=2026-05-01")).await.1["insured"].as_bool().unwrap());
        // Both versions are there, and yesterday nothing of it was known.
        let versions = lost["versions"].as_array().unwrap();
        assert_eq!(versions.len(), 2, "{lost}");
        assert_eq!((&versions[0]["lost_on"], &versions[0]["known"], &versions[0]["source"]), (&json!("2026-05-02"), &json!(true), &json!("届出")));
        assert_eq!((&versions[1]["lost_on"], &versions[1]["known"], &versions[1]["source"]), (&json!(null), &json!(false), &json!("資格台帳の取込")));
        let (_, before) = office.get(&path("&known_on=2020-01-01")).await;
        assert_eq!(before["insured"], json!(false));
        assert!(before["answer"].as_str().unwrap().contains("資格は登録されていません"), "{before}");
        assert_eq!(office.get(&path("&on=yesterday")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let stranger = format!("/api/households/{}/timeline?fiscal_year=2026&person_id=1", view["id"]);
        assert_eq!(office.get(&stranger).await.0, StatusCode::NOT_FOUND);
    }
}
