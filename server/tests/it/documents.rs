//! 文書: each person gets the paper that fits, with what it must show, and what is asked comes back.

use crate::both;
use crate::city::file_of;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::api::import::FileKind::{Incomes, Residents};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub async fn papers(office: &Office, id: &Value) -> Value {
    let (status, plans) = office
        .get(&format!("/api/households/{id}/papers?fiscal_year=2026"))
        .await;
    assert_eq!(status, StatusCode::OK, "{plans}");
    plans
}

pub async fn keep(office: &Office, id: &Value, facts: Value) -> (StatusCode, Value) {
    let path = format!("/api/households/{id}/papers?fiscal_year=2026");
    office.send(Method::PUT, &path, facts).await
}

async fn issue(office: &Office, view: &Value, kind: &str, place: usize) -> (StatusCode, Value) {
    let wish = json!({"fiscal_year": 2026, "kind": kind, "person_id": view["members"][place]["person_id"], "remark": "申請"});
    let path = format!("/api/households/{}/documents", view["id"]);
    office.send(Method::POST, &path, wish).await
}

pub async fn issue_applied(
    office: &Office,
    view: &Value,
    kind: &str,
    place: usize,
    application: Value,
    remark: &str,
) -> (StatusCode, Value) {
    let wish = json!({"fiscal_year": 2026, "kind": kind, "person_id": view["members"][place]["person_id"], "application": application,
        "remark": remark});
    let path = format!("/api/households/{}/documents", view["id"]);
    office.send(Method::POST, &path, wish).await
}

pub async fn close(office: &Office, issued: &Value, state: &str, on: &str) -> (StatusCode, Value) {
    let path = format!(
        "/api/documents/{}/closing",
        issued["number"].as_str().unwrap()
    );
    let wish = json!({"person_id": issued["person_id"], "state": state, "on": on, "remark": ""});
    office.send(Method::POST, &path, wish).await
}

/// The printed words without spaces.
pub async fn printed(office: &Office, number: &Value) -> String {
    let path = format!("/api/documents/{}", number.as_str().unwrap());
    let answer = office
        .request(&office.client, Method::GET, &path)
        .send()
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = answer.bytes().await.unwrap();
    let text = pdf_extract::extract_text_from_mem(&bytes).unwrap();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The head is 72 on the business day, with the incomes of 2024 that decide until July 2026.
pub async fn with_senior(office: &Office, other_income: i64) {
    office.with_city().await;
    let residents = file_of(Residents).replace("1981-04-02", "1954-05-05");
    let incomes = file_of(Incomes);
    let header = incomes.lines().next().unwrap();
    let of_2024 = format!(
        "{header}\n1000000001,2024,1,,0,,0,{other_income},{other_income},0,0,0,0\n#合計,1,{other_income}\n"
    );
    for (kind, text) in [(Residents, residents), (Incomes, of_2024)] {
        let job = office.import(kind, text.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
    }
}

both! {
    async fn flow_1_15_whoever_has_no_card_on_record_gets_a_certificate_that_says_who_until_when_and_by_whom(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let plan = papers(&office, &view["id"]).await;
        assert_eq!(plan[1]["kinds"], json!(["eligibility_certificate"]));
        assert_eq!((&plan[1]["card"], &plan[1]["ratio_tenths"]), (&json!("unknown"), &json!(null)));
        let (status, issued) = issue(&office, &view, "eligibility_certificate", 1).await;
        assert_eq!(status, StatusCode::OK, "{issued}");
        assert_eq!((&issued["state"], &issued["valid_until"]), (&json!("open"), &plan[1]["valid_until"]));
        let text = printed(&office, &issued["number"]).await;
        for said in ["資格確認書", "見辺二子", "女", "見辺一郎", "12345678", "枝番02", "0027999", "令和2年4月1日", "有効期限", issued["number"].as_str().unwrap()] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
        assert!(!text.contains("一部負担金の割合"), "{text}");
    }
}

both! {
    async fn with_the_card_registered_it_is_a_notice_of_eligibility_and_the_newer_paper_voids_the_older(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, first) = issue(&office, &view, "eligibility_certificate", 1).await;
        let facts = json!({"person_id": view["members"][1]["person_id"], "card": "registered", "income_year": 2024});
        let (status, plan) = keep(&office, &view["id"], facts).await;
        assert_eq!((status, &plan[1]["kinds"]), (StatusCode::OK, &json!(["eligibility_notice"])));
        let (_, second) = issue(&office, &view, "eligibility_notice", 1).await;
        assert_eq!(second["valid_until"], json!(null));
        assert!(printed(&office, &second["number"]).await.contains("この通知だけでは受診できません"));
        let (_, list) = office.get(&format!("/api/households/{}/documents?fiscal_year=2026", view["id"])).await;
        let states: Vec<(&Value, &Value)> = list.as_array().unwrap().iter().map(|one| (&one["number"], &one["state"])).collect();
        assert_eq!(states, [(&second["number"], &json!("open")), (&first["number"], &json!("void"))]);
        // What is void is not closed again.
        assert_eq!(close(&office, &first, "returned", "2026-06-10").await.0, StatusCode::CONFLICT);
    }
}

both! {
    async fn a_paper_comes_back_once_on_a_day_that_can_be(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, issued) = issue(&office, &view, "eligibility_certificate", 2).await;
        for (state, on, field) in [("replied", "2026-06-10", "state"), ("open", "2026-06-10", "state"), ("lost", "2026-06-11", "on"), ("lost", "2026-06-09", "on")] {
            let (status, problem) = close(&office, &issued, state, on).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        let (status, closed) = close(&office, &issued, "lost", "2026-06-10").await;
        assert_eq!((status, &closed["state"], &closed["closed_on"]), (StatusCode::OK, &json!("lost"), &json!("2026-06-10")));
    }
}

both! {
    async fn flow_1_09_and_1_10_a_certificate_of_somebody_from_70_on_shows_the_ratio_or_is_refused_until_it_is_known(office: Office) {
        with_senior(&office, 4_000_000).await;
        let view = office.household().await;
        let plan = papers(&office, &view["id"]).await;
        assert_eq!((&plan[0]["income_year"], &plan[0]["ratio_tenths"]), (&json!(2024), &json!(null)));
        assert!(plan[0]["undecided"].as_str().unwrap().contains("課税所得が分からない"), "{plan}");
        let (status, problem) = issue(&office, &view, "recipient_certificate", 0).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        let person = &view["members"][0]["person_id"];
        let facts = |taxable: i64, receipts: Value| json!({"person_id": person, "card": "not_registered", "income_year": 2024, "taxable_income": taxable, "receipts": receipts});
        let (_, plan) = keep(&office, &view["id"], facts(2_500_000, json!(null))).await;
        assert_eq!((&plan[0]["ratio_tenths"], &plan[0]["step"]), (&json!(3), &json!(6)));
        // 基準収入額: below 3,830,000 of one person it is two tenths again.
        let (_, plan) = keep(&office, &view["id"], facts(2_500_000, json!(3_829_999))).await;
        assert_eq!((&plan[0]["ratio_tenths"], &plan[0]["step"]), (&json!(2), &json!(3)));
        let (status, issued) = issue(&office, &view, "recipient_certificate", 0).await;
        assert_eq!((status, &issued["valid_until"]), (StatusCode::OK, &json!("2026-07-31")), "{issued}");
        let text = printed(&office, &issued["number"]).await;
        assert!(text.contains("一部負担金の割合2割") && text.contains("発効期日令和7年8月1日"), "{text}");
    }
}

both! {
    async fn incomes_too_low_to_matter_need_no_taxable_income_and_others_get_no_recipient_certificate(office: Office) {
        with_senior(&office, 1_000_000).await;
        let view = office.household().await;
        let plan = papers(&office, &view["id"]).await;
        assert_eq!((&plan[0]["ratio_tenths"], &plan[0]["step"]), (&json!(2), &json!(1)));
        let (status, problem) = issue(&office, &view, "recipient_certificate", 1).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("kind")));
        let facts = json!({"person_id": view["members"][0]["person_id"], "card": "unknown", "income_year": 2024, "receipts": -1});
        let (status, problem) = keep(&office, &view["id"], facts).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("receipts")));
    }
}

both! {
    /// 資格 5, 6 and 賦課 3, 4: asked on paper, and what came back is noted.
    async fn questions_to_people_are_printed_with_their_day_and_a_form_and_their_reply_is_noted(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        for (kind, says, state) in [("residence_inquiry", "施設・病院の名称", "replied"), ("income_report", "給与収入", "undeliverable")] {
            let (status, issued) = issue(&office, &view, kind, 1).await;
            assert_eq!((status, &issued["reply_by"]), (StatusCode::OK, &json!("2026-06-24")), "{issued}");
            let text = printed(&office, &issued["number"]).await;
            for said in ["見辺二子", "令和8年6月24日", says, issued["number"].as_str().unwrap()] {
                assert!(text.contains(said), "{said} is missing: {text}");
            }
            let (status, closed) = close(&office, &issued, state, "2026-06-10").await;
            assert_eq!((status, &closed["state"]), (StatusCode::OK, &json!(state)));
        }
    }
}

both! {
    async fn of_another_ward_or_a_protected_household_no_document_is_issued_or_shown(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, issued) = issue(&office, &view, "eligibility_certificate", 1).await;
        let number = issued["number"].as_str().unwrap().to_owned();
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let counter = office.sign_in_as("counter", Role::CounterClerk, "").await;
        let get = async |client, path: String| office.request(client, Method::GET, &path).send().await.unwrap().status();
        for path in [format!("/api/documents/{number}"), format!("/api/households/{}/documents?fiscal_year=2026", view["id"]), format!("/api/households/{}/papers?fiscal_year=2026", view["id"])] {
            assert_eq!(get(&other, path.clone()).await, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(get(&counter, path.clone()).await, StatusCode::OK, "{path}");
        }
        let measure = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-01", "until": "2027-06-01", "reason": "申出"});
        let (status, _) = office.send(Method::PUT, &format!("/api/households/{}/protection?fiscal_year=2026", view["id"]), measure).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(get(&counter, format!("/api/documents/{number}")).await, StatusCode::FORBIDDEN);
        assert_eq!(get(&office.client, format!("/api/documents/{number}")).await, StatusCode::OK);
        // The card may be in other hands: a certificate, whatever was registered.
        let facts = json!({"person_id": view["members"][1]["person_id"], "card": "registered", "income_year": 2024});
        let (_, plan) = keep(&office, &view["id"], facts).await;
        assert_eq!(plan[1]["kinds"], json!(["eligibility_certificate"]));
    }
}

both! {
    /// 賦課 3, 4: the reply to 所得申告書 becomes the income of its year, once.
    async fn flow_2_03_and_2_04_the_reply_to_an_income_report_becomes_the_income_and_is_taken_in_once(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let undeclared = file_of(Incomes).replace("1000000002,2025,1", "1000000002,2025,2");
        assert_eq!(office.import(Incomes, undeclared.into_bytes()).await["state"], "done");
        let (_, issued) = issue(&office, &view, "income_report", 1).await;
        let (_, known) = issue(&office, &view, "income_report", 0).await;
        let mut of_known = json!({"on": "2026-06-10", "salary_receipts": 0, "pension_receipts": 0, "other_income": 0});
        of_known["person_id"] = view["members"][0]["person_id"].clone();
        let (status, problem) = office.send(Method::POST, &format!("/api/documents/{}/income", known["number"].as_str().unwrap()), of_known).await;
        assert_eq!(status, StatusCode::CONFLICT, "what is known is not overwritten: {problem}");
        let (_, paper) = issue(&office, &view, "eligibility_certificate", 1).await;
        let path = |number: &Value| format!("/api/documents/{}/income", number.as_str().unwrap());
        let reply = |on: &str, salary: i64| json!({"person_id": view["members"][1]["person_id"], "on": on, "salary_receipts": salary, "pension_receipts": 0, "other_income": 50_000});
        for (number, body, field) in [
            (&issued["number"], reply("2026-06-11", 1), Some("on")),
            (&issued["number"], reply("2026-06-10", -1), Some("salary_receipts")),
            (&paper["number"], reply("2026-06-10", 1), None),
        ] {
            let (status, problem) = office.send(Method::POST, &path(number), body).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{problem}");
        }
        let (status, closed) = office.send(Method::POST, &path(&issued["number"]), reply("2026-06-10", 1_500_000)).await;
        assert_eq!((status, &closed["state"]), (StatusCode::OK, &json!("replied")), "{closed}");
        let after = office.household().await;
        let income = &after["members"][1]["income"];
        assert_eq!((&income["salary_receipts"], &income["salary_income"], &income["other_income"]), (&json!(1_500_000), &json!(850_000), &json!(50_000)));
        let (status, _) = office.send(Method::POST, &path(&issued["number"]), reply("2026-06-10", 0)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(office.household().await["revision"], after["revision"]);
    }
}

both! {
    /// 賦課 3, 4: who does not answer is asked again, once, and the newer form is the one that counts.
    async fn flow_2_03_who_does_not_answer_in_time_is_listed_and_asked_again(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let undeclared = file_of(Incomes).replace("1000000002,2025,1", "1000000002,2025,2");
        assert_eq!(office.import(Incomes, undeclared.into_bytes()).await["state"], "done");
        let (_, first) = issue(&office, &view, "income_report", 1).await;
        let overdue = async |office: &Office| {
            let (_, groups) = office.get("/api/queue").await;
            let mut groups = groups.as_array().unwrap().clone();
            groups.retain(|group| group["kind"] == "reply_overdue");
            groups[0]["items"].clone()
        };
        let last_day = office.of("27213", "2026-06-24").await;
        assert_eq!(overdue(&last_day).await, json!([]));
        let later = office.of("27213", "2026-06-25").await;
        let waiting = overdue(&later).await;
        assert_eq!((waiting[0]["name"].as_str(), waiting[0]["on"].as_str()), (Some("見辺　二子"), Some("2026-06-24")), "{waiting}");
        let (status, again) = issue(&later, &view, "income_report", 1).await;
        assert_eq!((status, &again["reminders"], &again["reply_by"]), (StatusCode::OK, &json!(1), &json!("2026-07-09")), "{again}");
        let text = printed(&later, &again["number"]).await;
        for said in ["所得申告書（再度のお願い）", "令和8年6月10日にお願いしましたが"] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
        assert_eq!(overdue(&later).await, json!([]));
        let (_, list) = later.get(&format!("/api/households/{}/documents?fiscal_year=2026", view["id"])).await;
        let states: Vec<(&Value, &Value)> = list.as_array().unwrap().iter().map(|one| (&one["number"], &one["state"])).collect();
        assert_eq!(states, [(&again["number"], &json!("open")), (&first["number"], &json!("void"))]);
        let reply = json!({"person_id": view["members"][1]["person_id"], "on": "2026-06-25", "salary_receipts": 0, "pension_receipts": 0, "other_income": 0});
        let path = |number: &Value| format!("/api/documents/{}/income", number.as_str().unwrap());
        let (status, problem) = later.send(Method::POST, &path(&first["number"]), reply.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("新しい文書番号で受け付けてください"), "{problem}");
        let (status, closed) = later.send(Method::POST, &path(&again["number"]), reply).await;
        assert_eq!((status, &closed["state"]), (StatusCode::OK, &json!("replied")), "{closed}");
        // Whoever answered in time is not asked again with other words.
        let (_, other) = issue(&later, &view, "income_report", 1).await;
        assert_eq!(other["reminders"], 0);
    }
}

both! {
    /// 賦課 3: the whole city is asked at once, and nobody twice.
    async fn flow_2_03_everybody_whose_income_is_not_known_is_asked_once_and_again_after_the_day(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let undeclared = file_of(Incomes).replace("1000000002,2025,1", "1000000002,2025,2");
        assert_eq!(office.import(Incomes, undeclared.into_bytes()).await["state"], "done");
        let ask = async |office: &Office, today: &str| {
            let (status, job) = office.papers("/api/income-reports", json!({"fiscal_year": 2026})).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{job}");
            let mut worker = office.worker("27213", "one");
            worker.city.clock.today = today.parse().ok();
            worker.run_until_idle().await.unwrap();
            let (_, view) = office.get(&format!("/api/renewals/{}", job["id"])).await;
            assert_eq!(view["job"]["state"], "done", "{view}");
            view
        };
        let first = ask(&office, "2026-06-10").await;
        // The child has nothing to declare, and the head's income is known.
        assert_eq!((&first["outcome"]["reports"], &first["outcome"]["kept"]), (&json!(1), &json!(0)), "{first}");
        let batches = format!("/api/renewals/{}/batches", first["job"]["id"]);
        let (_, list) = office.get(&batches).await;
        assert_eq!((&list[0]["sort"], &list[0]["letters"]), (&json!("ordinary"), &json!(1)), "{list}");
        let answer = office.request(&office.client, Method::GET, &format!("{batches}/1")).send().await.unwrap();
        let text = pdf_extract::extract_text_from_mem(&answer.bytes().await.unwrap()).unwrap();
        assert!(text.replace(char::is_whitespace, "").contains("所得申告書"), "{text}");
        let again = ask(&office, "2026-06-10").await;
        assert_eq!((&again["outcome"]["reports"], &again["outcome"]["kept"]), (&json!(null), &json!(1)), "{again}");
        // After the day for the reply the same person is asked again.
        let later = office.of("27213", "2026-06-25").await;
        let reminder = ask(&later, "2026-06-25").await;
        assert_eq!((&reminder["outcome"]["reports"], &reminder["outcome"]["reminded"]), (&json!(1), &json!(1)), "{reminder}");
        let (_, list) = later.get(&format!("/api/households/{}/documents?fiscal_year=2026", view["id"])).await;
        let told: Vec<_> = list.as_array().unwrap().iter().map(|one| (one["state"].clone(), one["reminders"].clone())).collect();
        assert_eq!(told, [(json!("open"), json!(1)), (json!("void"), json!(0))], "{list}");
        // The first letter, had it not been printed yet, is left out now.
        let (_, list) = later.get(&batches).await;
        assert_eq!(list[0]["left_out"].as_array().unwrap().len(), 1, "{list}");
        // Without anybody to ask there is nothing to do.
        let all = file_of(Incomes).replace("#合計,2,3160000", "1000000003,2025,1,,0,,0,0,0,0,0,0,0\n#合計,3,3160000");
        assert_eq!(later.import(Incomes, all.into_bytes()).await["state"], "done");
        // One income that a clerk entered is not the tax office's file.
        let (_, earlier) = later.get(&format!("/api/households/{}?fiscal_year=2025", view["id"])).await;
        let head = &earlier["members"][0];
        let member = json!({"person_id": head["person_id"], "income_status": "known", "eligibility": head["eligibility"],
            "income": view["members"][0]["income"]});
        let wish = json!({"fiscal_year": 2025, "revision": earlier["revision"], "reason": "前住所地の回答", "members": [member]});
        let (status, changed) = later.send(Method::PUT, &format!("/api/households/{}/facts", view["id"]), wish).await;
        assert_eq!((status, changed["members"][0]["income_status"].as_str()), (StatusCode::OK, Some("known")), "{changed}");
        let (status, problem) = later.papers("/api/income-reports", json!({"fiscal_year": 2025})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert!(problem["message"].as_str().unwrap().contains("まだ届いていません"), "{problem}");
        let (status, problem) = later.papers("/api/income-reports", json!({"fiscal_year": 2026})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")), "{problem}");
    }
}

both! {
    async fn who_moved_within_the_city_is_asked_in_the_new_household_only(office: Office) {
        office.with_city().await;
        let undeclared = file_of(Incomes).replace("1000000001,2025,1,4500000,3160000", "1000000001,2025,2,4500000,3160000").replace("1000000002,2025,1", "1000000002,2025,2");
        assert_eq!(office.import(Incomes, undeclared.into_bytes()).await["state"], "done");
        // The second moves into a household of her own in the city.
        let moved = crate::city::since(&file_of(Residents), "2026-05-01").replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主").replace("#合計,3,1", "#合計,3,2");
        let job = office.import(Residents, moved.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let (status, job) = office.papers("/api/income-reports", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let sql = "SELECT household_id, person_id FROM document ORDER BY number";
        let asked: Vec<(i64, i64)> = kokuho_server::on_db!(&office.db, pool => sqlx::query_as(sql).fetch_all(pool).await.unwrap());
        let sql = "SELECT household_id, person_id FROM membership_fact WHERE superseded_at IS NULL";
        let members: Vec<(i64, i64)> = kokuho_server::on_db!(&office.db, pool => sqlx::query_as(sql).fetch_all(pool).await.unwrap());
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked.iter().all(|one| members.contains(one)), "{asked:?} {members:?}");
        assert_ne!(asked[0].0, asked[1].0);
    }
}
