//! 証の一斉更新: everybody without a paper that holds gets one, once, and nobody else.

use crate::both;
use crate::documents::{issue_applied, keep, printed};
use crate::office::Office;
use kokuho_shared::access::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn renew(office: &Office, from: &str) -> Value {
    let (status, job) = office.papers("/api/renewals", json!({"from": from})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    office
        .worker("27213", "one")
        .run_until_idle()
        .await
        .unwrap();
    let (_, view) = office.get(&format!("/api/renewals/{}", job["id"])).await;
    assert_eq!(view["job"]["state"], "done", "{view}");
    view
}

async fn documents(office: &Office, view: &Value) -> Value {
    let path = format!("/api/households/{}/documents?fiscal_year=2026", view["id"]);
    office.get(&path).await.1
}

async fn batches(office: &Office, renewal: &Value) -> Value {
    let path = format!("/api/renewals/{}/batches", renewal["job"]["id"]);
    office.get(&path).await.1
}

async fn pages(office: &Office, renewal: &Value, number: i64) -> (StatusCode, String) {
    let path = format!("/api/renewals/{}/batches/{number}", renewal["job"]["id"]);
    let answer = office
        .request(&office.client, Method::GET, &path)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    if status != StatusCode::OK {
        return (status, String::new());
    }
    let text = pdf_extract::extract_text_from_mem(&bytes).unwrap();
    (
        status,
        text.chars().filter(|c| !c.is_whitespace()).collect(),
    )
}

both! {
    async fn everybody_without_a_paper_gets_one_from_the_day_on_and_a_second_run_changes_nothing(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let card = json!({"person_id": view["members"][1]["person_id"], "card": "registered", "income_year": 2025});
        keep(&office, &view["id"], card).await;
        let first = renew(&office, "2026-08-01").await;
        let expected = json!({"households": 1, "certificates": 2, "notices": 1, "kept": 0, "left_out": 0, "batches": 2});
        assert_eq!(first["outcome"], expected);
        let all = documents(&office, &view).await;
        assert_eq!(all.as_array().unwrap().len(), 3);
        assert!(all.as_array().unwrap().iter().all(|one| one["issued_on"] == "2026-06-10" && one["state"] == "open"), "{all}");
        // Certificates by registered mail, notices apart from them.
        let list = batches(&office, &first).await;
        let told: Vec<_> = list.as_array().unwrap().iter().map(|one| (one["sort"].clone(), one["letters"].clone())).collect();
        assert_eq!(told, [(json!("registered"), json!(2)), (json!("ordinary"), json!(1))]);
        let (_, text) = pages(&office, &first, 1).await;
        assert!(text.contains("資格確認書") && text.contains("見辺一郎") && !text.contains("資格情報のお知らせ"), "{text}");
        assert!(text.contains("有効期限"), "{text}");
        let (_, text) = pages(&office, &first, 2).await;
        assert!(text.contains("資格情報のお知らせ") && text.contains("見辺二子"), "{text}");
        let second = renew(&office, "2026-08-01").await;
        let expected = json!({"households": 1, "certificates": 0, "notices": 0, "kept": 3, "left_out": 0, "batches": 0});
        assert_eq!(second["outcome"], expected);
        assert_eq!(documents(&office, &view).await, all);
    }
}

both! {
    async fn a_paper_that_ends_before_stays_until_then_and_one_of_another_kind_is_replaced(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (_, held) = issue_applied(&office, &view, "eligibility_certificate", 1, json!({}), "").await;
        let until: chrono::NaiveDate = held["valid_until"].as_str().unwrap().parse().unwrap();
        // The day after its end is still within three months here.
        let from = until.succ_opt().unwrap();
        let renewed = renew(&office, &from.to_string()).await;
        assert_eq!((&renewed["outcome"]["certificates"], &renewed["outcome"]["kept"]), (&json!(3), &json!(0)));
        let all = documents(&office, &view).await;
        let of = |number: &Value| all.as_array().unwrap().iter().find(|one| one["number"] == *number).unwrap()["state"].clone();
        assert_eq!(of(&held["number"]), "open", "{all}");
        let newest = all.as_array().unwrap().iter().find(|one| one["person_id"] == held["person_id"]).unwrap();
        assert!(newest["valid_until"].as_str().unwrap() > held["valid_until"].as_str().unwrap(), "{newest}");
        assert!(printed(&office, &newest["number"]).await.contains("交付年月日令和8年6月10日"));
        // With the card registered a notice takes the place of the certificate.
        let card = json!({"person_id": view["members"][1]["person_id"], "card": "registered", "income_year": 2025});
        keep(&office, &view["id"], card).await;
        let again = renew(&office, &from.to_string()).await;
        assert_eq!((&again["outcome"]["notices"], &again["outcome"]["kept"]), (&json!(1), &json!(2)));
        let (_, after) = office.get(&format!("/api/households/{}/documents?fiscal_year=2026", view["id"])).await;
        let void = after.as_array().unwrap().iter().filter(|one| one["state"] == "void").count();
        assert_eq!(void, 1, "{after}");
    }
}

both! {
    async fn a_protected_household_gets_its_papers_at_the_counter_and_leaves_batches_that_were_made_before(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let first = renew(&office, "2026-06-10").await;
        let measure = json!({"person_id": view["members"][1]["person_id"], "from": "2026-06-01", "until": "2027-06-01", "reason": "申出"});
        let path = format!("/api/households/{}/protection?fiscal_year=2026", view["id"]);
        assert_eq!(office.send(Method::PUT, &path, measure).await.0, StatusCode::OK);
        assert_eq!(pages(&office, &first, 1).await.0, StatusCode::CONFLICT);
        assert_eq!(batches(&office, &first).await[0]["left_out"].as_array().unwrap().len(), 3);
        for paper in documents(&office, &view).await.as_array().unwrap() {
            let path = format!("/api/documents/{}/closing", paper["number"].as_str().unwrap());
            let wish = json!({"person_id": paper["person_id"], "state": "void", "on": "2026-06-10", "remark": ""});
            assert_eq!(office.send(Method::POST, &path, wish).await.0, StatusCode::OK);
        }
        let second = renew(&office, "2026-06-10").await;
        assert_eq!((&second["outcome"]["left_out"], &second["outcome"]["certificates"]), (&json!(1), &json!(0)));
        assert!(second["findings"][0]["reason"].as_str().unwrap().contains("支援措置"), "{second}");
    }
}

both! {
    async fn whoever_lost_the_資格_while_it_ran_is_left_out_and_the_rest_is_done(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let (status, job) = office.papers("/api/renewals", json!({"from": "2026-08-01"})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let notice = json!({"fiscal_year": 2026, "revision": view["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [view["members"][1]["person_id"]]});
        assert_eq!(office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await.0, StatusCode::OK);
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let (_, done) = office.get(&format!("/api/renewals/{}", job["id"])).await;
        assert_eq!((&done["job"]["state"], &done["outcome"]["certificates"], &done["outcome"]["left_out"]), (&json!("done"), &json!(2), &json!(1)), "{done}");
        // What is printed later leaves out whoever lost it after the paper was made.
        let after = office.household().await;
        let notice = json!({"fiscal_year": 2026, "revision": after["revision"], "kind": "lose", "reason": "employee_insurance_joined",
            "event_on": "2026-06-01", "notified_on": "2026-06-10", "persons": [after["members"][0]["person_id"]]});
        assert_eq!(office.send(Method::POST, &format!("/api/households/{}/notices", view["id"]), notice).await.0, StatusCode::OK);
        let (_, text) = pages(&office, &done, 1).await;
        assert!(text.contains("見辺三太") && !text.contains("氏名見辺一郎生年月日"), "{text}");
    }
}

both! {
    async fn numbers_follow_the_papers_also_where_somebody_moved_to_another_household_in_the_year(office: Office) {
        office.with_city().await;
        let split = crate::city::RESIDENTS
            .replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主")
            .replace("#合計,3,1", "#合計,3,2")
            .replace("消除日", "消除日,世帯異動日");
        let split: String = split.lines().map(|line| match line.starts_with("1000") {
            true => format!("{line},2026-06-01\n"),
            false => format!("{line}\n"),
        }).collect();
        let job = office.import(kokuho_shared::api::import::FileKind::Residents, split.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let renewed = renew(&office, "2026-08-01").await;
        assert_eq!((&renewed["outcome"]["households"], &renewed["outcome"]["certificates"]), (&json!(2), &json!(3)), "{renewed}");
        // The next number at the counter is a new one.
        let view = office.household().await;
        let (status, issued) = issue_applied(&office, &view, "eligibility_certificate", 0, json!({}), "").await;
        assert_eq!(status, StatusCode::OK, "{issued}");
    }
}

both! {
    async fn a_certificate_for_whoever_needs_help_is_renewed_as_one_and_who_turns_75_before_gets_none(office: Office) {
        office.with_city().await;
        let residents = crate::city::RESIDENTS.replace("1981-04-02", "1951-07-15");
        let job = office.import(kokuho_shared::api::import::FileKind::Residents, residents.into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
        let view = office.household().await;
        let place = view["members"].as_array().unwrap().iter().position(|one| one["name"] == "見辺　二子").unwrap();
        let card = json!({"person_id": view["members"][place]["person_id"], "card": "registered", "income_year": 2025});
        keep(&office, &view["id"], card).await;
        let (status, held) = issue_applied(&office, &view, "eligibility_certificate", place, json!({}), "介助が必要").await;
        assert_eq!(status, StatusCode::OK, "{held}");
        let renewed = renew(&office, "2026-08-01").await;
        assert_eq!((&renewed["outcome"]["certificates"], &renewed["outcome"]["notices"], &renewed["outcome"]["left_out"]), (&json!(2), &json!(0), &json!(0)), "{renewed}");
        let all = documents(&office, &view).await;
        let newest = all.as_array().unwrap().iter().find(|one| one["person_id"] == held["person_id"]).unwrap();
        assert_eq!((&newest["kind"], &newest["remark"]), (&json!("eligibility_certificate"), &json!("介助が必要")));
    }
}

both! {
    async fn a_renewal_for_a_day_that_is_past_or_far_or_by_an_account_of_one_ward_is_refused(office: Office) {
        office.with_city().await;
        for from in ["2026-06-09", "2026-09-11"] {
            let (status, problem) = office.papers("/api/renewals", json!({"from": from})).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("from")), "{problem}");
        }
        let other = office.sign_in_as("other", Role::Supervisor, "港区").await;
        let request = office.request(&other, Method::POST, "/api/renewals").json(&json!({"from": "2026-08-01", "letters": 3}));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}

both! {
    async fn the_paper_of_a_foreign_resident_ends_with_the_stay_and_a_stay_that_is_over_gets_none(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let stay = |until: &str| json!({"person_id": view["members"][1]["person_id"], "card": "unknown", "income_year": 2025, "stay_until": until});
        keep(&office, &view["id"], stay("2026-08-20")).await;
        let renewed = renew(&office, "2026-08-01").await;
        assert_eq!(renewed["outcome"]["certificates"], json!(3));
        let all = documents(&office, &view).await;
        let own = all.as_array().unwrap().iter().find(|one| one["person_id"] == view["members"][1]["person_id"]).unwrap();
        assert_eq!(own["valid_until"], json!("2026-08-20"));
        keep(&office, &view["id"], stay("2026-07-31")).await;
        let again = renew(&office, "2026-09-01").await;
        assert!(again["findings"][0]["reason"].as_str().unwrap().contains("在留期間が過ぎています"), "{again}");
    }
}

both! {
    async fn a_renewal_is_counted_first_and_begins_when_somebody_else_releases_the_same_count(office: Office) {
        office.with_city().await;
        let preview = office.get("/api/renewals/preview?from=2026-06-10").await.1;
        let certificates = json!([{"kind": "eligibility_certificate", "name": "資格確認書", "mailing": "registered", "letters": 3}]);
        assert_eq!((&preview["letters"], &preview["kinds"], &preview["last"]), (&json!(3), &certificates, &json!(null)), "{preview}");
        assert_eq!(preview["findings"][0]["key"], "card_unknown", "{preview}");
        assert_eq!(preview["findings"][0]["count"], 3, "{preview}");
        let start = |letters: i64| json!({"from": "2026-06-10", "letters": letters});
        let (status, problem) = office.send(Method::POST, "/api/renewals", start(2)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("letters")), "{problem}");
        let (status, asked) = office.send(Method::POST, "/api/renewals", start(3)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{asked}");
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let written = "SELECT COUNT(*) FROM letter";
        let letters = async || -> i64 { kokuho_server::on_db!(&office.db, pool => sqlx::query_scalar(written).fetch_one(pool).await.unwrap()) };
        assert_eq!(letters().await, 0, "nothing is issued before the release");
        assert_eq!(office.get("/api/run-requests").await.1[0]["id"], asked["id"]);
        let (status, _) = office.send(Method::POST, "/api/renewals", start(3)).await;
        assert_eq!(status, StatusCode::CONFLICT, "one waits already");
        let release = format!("/api/run-requests/{}/release", asked["id"]);
        let note = json!({"note": "確かめた"});
        assert_eq!(office.send(Method::POST, &release, note.clone()).await.0, StatusCode::CONFLICT, "by who asked");
        let officer = office.other(Role::EligibilityOfficer).await;
        assert_eq!(office.send_as(&officer, Method::POST, &release, note.clone()).await.0, StatusCode::FORBIDDEN);
        let other = office.other(Role::Supervisor).await;
        // Somebody gets a paper at the counter meanwhile: what was counted is no longer what would leave.
        let view = office.household().await;
        let (_, held) = issue_applied(&office, &view, "eligibility_certificate", 1, json!({}), "").await;
        assert_eq!(held["state"], "open", "{held}");
        let (status, problem) = office.send_as(&other, Method::POST, &release, note.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        let withdrawn = format!("/api/run-requests/{}", asked["id"]);
        assert_eq!(office.send(Method::DELETE, &withdrawn, Value::Null).await.0, StatusCode::NO_CONTENT);
        assert_eq!(office.send_as(&other, Method::POST, &release, note).await.0, StatusCode::NOT_FOUND);
        let (status, job) = office.papers("/api/renewals", json!({"from": "2026-06-10"})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        office.worker("27213", "one").run_until_idle().await.unwrap();
        assert_eq!(letters().await, 3);
        let last = office.get("/api/renewals/preview?from=2026-06-10").await.1;
        assert_eq!((&last["letters"], &last["last"]["id"]), (&json!(0), &job["id"]), "{last}");
    }
}

both! {
    async fn a_year_that_is_decided_already_says_so_before_it_is_started_again(office: Office) {
        office.with_city().await;
        let before = office.get("/api/runs/preview?fiscal_year=2026").await.1;
        assert_eq!((&before["decided"], &before["households"], &before["last"]), (&json!(0), &json!(1), &json!(null)), "{before}");
        let run = office.done(json!({"fiscal_year": 2026}), "27213").await;
        let after = office.get("/api/runs/preview?fiscal_year=2026").await.1;
        assert_eq!((&after["decided"], &after["last"]["id"]), (&json!(1), &run["job"]["id"]), "{after}");
        let first = &after["findings"][0];
        assert_eq!(first["key"], "decided");
        assert!(first["text"].as_str().unwrap().contains("すでに決定しています"), "{after}");
    }
}
