//! From imported files to a decided premium.

use crate::both;
use crate::office::{Kind, Office};
use kokuho_server::assessment::verify;
use kokuho_shared::calendar::FiscalYear;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn decide_path(view: &Value) -> String {
    format!("/api/households/{}/decisions", view["id"])
}

fn facts(view: &Value, other_income: i64) -> Value {
    let mut member = json!({
        "person_id": view["members"][0]["person_id"],
        "eligibility": view["members"][0]["eligibility"],
        "income": view["members"][0]["income"],
        "income_status": "known",
    });
    member["income"]["other_income"] = other_income.into();
    json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "修正申告", "members": [member]})
}

both! {
    async fn the_published_household_is_decided_at_645854_yen(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (status, decision) = office.send(Method::POST, &decide_path(&view), wish).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        assert_eq!(decision["summary"]["total"], 645_854);
        assert_eq!(decision["assessment"]["explanation"][0]["yen"], 645_854);
        let (_, again) = office.get(&format!("/api/decisions/{}", decision["summary"]["id"])).await;
        assert_eq!(again, decision);
        let view = office.household().await;
        assert_eq!(view["decisions"][0]["total"], 645_854);
    }
}

both! {
    async fn a_preview_that_differs_from_the_server_is_refused_and_nothing_is_decided(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let before = office.rows().await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_853});
        let (status, problem) = office.send(Method::POST, &decide_path(&view), wish).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("preview_total")));
        assert!(problem["message"].as_str().unwrap().contains("645854円"));
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn an_edited_income_changes_the_premium_and_the_old_facts_stay_known(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let before = kokuho_server::clock::Clock::default().now().text().replace('+', "%2B");
        let earlier = format!("/api/households/{}?fiscal_year=2026&known_at={before}", view["id"]);
        // Times are told to the second: wait for the next one by asking, not by sleeping.
        while kokuho_server::clock::Clock::default().now().text().replace('+', "%2B") == before {
            tokio::task::yield_now().await;
        }
        let path = format!("/api/households/{}/facts", view["id"]);
        let (status, changed) = office.send(Method::PUT, &path, facts(&view, 1_000_000)).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        assert_eq!(changed["members"][0]["income"]["other_income"], 1_000_000);
        assert_ne!(changed["revision"], view["revision"]);
        let (status, old) = office.get(&earlier).await;
        // The city came in within the same second: it is known or not, but never as edited.
        let known = old["members"][0]["income"]["other_income"].as_i64();
        assert!(status == StatusCode::NOT_FOUND || known == Some(0), "{old}");
    }
}

both! {
    async fn an_edit_on_facts_that_moved_is_refused_and_changes_nothing(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/facts", view["id"]);
        let (status, _) = office.send(Method::PUT, &path, facts(&view, 1)).await;
        assert_eq!(status, StatusCode::OK);
        let before = office.rows().await;
        let (status, problem) = office.send(Method::PUT, &path, facts(&view, 2)).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::CONFLICT, Some("revision")));
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_wrong_edit_is_refused_with_its_field_and_changes_nothing(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/facts", view["id"]);
        let before = office.rows().await;
        let mut negative = facts(&view, -1);
        let cases = [
            (negative.clone(), "members[0].income.other_income"),
            ({ negative["reason"] = " ".into(); negative.clone() }, "reason"),
            ({ let mut f = facts(&view, 0); f["members"][0]["person_id"] = 1.into(); f }, "members"),
            ({ let mut f = facts(&view, 0); f["members"][0]["eligibility"]["acquired_on"] = "1980-01-01".into(); f },
             "members[0].eligibility.acquired_on"),
            ({ let mut f = facts(&view, 0); f["members"][0]["eligibility"]["lost_on"] = "2020-03-31".into(); f },
             "members[0].eligibility.lost_on"),
            ({ let mut f = facts(&view, 0); f["fiscal_year"] = 2031.into(); f }, "fiscal_year"),
        ];
        for (wanted, field) in cases {
            let (status, problem) = office.send(Method::PUT, &path, wanted).await;
            assert!(status.is_client_error(), "{field}: {status}");
            assert_eq!(problem["field"], field, "{problem}");
        }
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_year_without_parameters_is_not_decided(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let wish = json!({"fiscal_year": 2031, "revision": view["revision"], "preview_total": 0});
        let (status, problem) = office.send(Method::POST, &decide_path(&view), wish).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")));
        assert!(problem["message"].as_str().unwrap().contains("泉佐野市の2031年度"));
    }
}

both! {
    async fn every_stored_decision_is_computed_again_and_a_changed_one_is_found(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        office.send(Method::POST, &decide_path(&view), wish).await;
        let good = verify::verify(&office.db).await.unwrap();
        assert_eq!((good.decisions, good.differences.len()), (1, 0));
        office.unguard("decision").await;
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE decision SET total = total - 1").execute(pool).await.unwrap();
        });
        assert_eq!(verify::verify(&office.db).await.unwrap().differences.len(), 1);
    }
}

#[tokio::test]
async fn in_shinjuku_the_published_single_person_pays_190859_yen_in_ten_instalments() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::open(kind, "13104").await;
        office.with_city().await;
        let view = office.household().await;
        let member = |place: usize, income: Value, period: Value| json!({"person_id": view["members"][place]["person_id"], "income": income, "income_status": "known", "eligibility": period});
        let lost =
            json!({"acquired_on": "2020-04-01", "lost_on": "2026-03-31", "loss_ground": "other"});
        let members = json!([
            member(
                0,
                json!({"salary_receipts": 2_400_000, "salary_income": 1_600_000}),
                view["members"][0]["eligibility"].clone()
            ),
            member(1, json!({}), lost.clone()),
            member(2, json!({}), lost),
        ]);
        // A person of forty pays the care part too: 190,859 is the example of one of twenty.
        let wanted = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": members});
        let (status, view) = office
            .send(
                Method::PUT,
                &format!("/api/households/{}/facts", view["id"]),
                wanted,
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{view}");
        let care = (1_600_000 - 430_000) * 243 / 10_000 + 17_800;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 190_859 + care});
        let (status, decision) = office.send(Method::POST, &decide_path(&view), wish).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        assert_eq!(
            decision["assessment"]["instalments"]
                .as_array()
                .unwrap()
                .len(),
            10
        );
    }
}

both! {
    async fn of_two_edits_of_the_same_state_at_the_same_moment_one_is_refused(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}/facts", view["id"]);
        let edit = |income: i64| {
            let first = &view["members"][0];
            let member = json!({"person_id": first["person_id"], "income": {"other_income": income},
                                "income_status": "known", "eligibility": first["eligibility"]});
            json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": [member]})
        };
        let mut running = tokio::task::JoinSet::new();
        for nth in 1..=8 {
            let request = office.request(&office.client, Method::PUT, &path).json(&edit(nth * 1_000));
            running.spawn(async move { request.send().await.unwrap().status() });
        }
        let answers = running.join_all().await;
        let of = |status| answers.iter().filter(|answer| **answer == status).count();
        assert_eq!((of(StatusCode::OK), of(StatusCode::CONFLICT)), (1, 7), "{answers:?}");
    }
}

/// Decides a year of the test household; the total is asked for first.
async fn decided(office: &Office, year: i32) -> (StatusCode, Value) {
    let view = office.household().await;
    let (_, view) = office
        .get(&format!(
            "/api/households/{}?fiscal_year={year}",
            view["id"]
        ))
        .await;
    let wish = |total: i64| json!({"fiscal_year": year, "revision": view["revision"], "preview_total": total});
    let (status, refused) = office
        .send(Method::POST, &decide_path(&view), wish(-1))
        .await;
    if status != StatusCode::CONFLICT {
        return (status, refused);
    }
    let message = refused["message"].as_str().unwrap();
    let total = message
        .split("計算 ")
        .nth(1)
        .unwrap()
        .split('円')
        .next()
        .unwrap();
    office
        .send(
            Method::POST,
            &decide_path(&view),
            wish(total.parse().unwrap()),
        )
        .await
}

both! {
    async fn a_year_that_is_past_is_asked_for_in_one_late_instalment_and_verified_as_such(office: Office) {
        office.with_city().await;
        // The business day is 10 June 2026.
        let (status, decision) = decided(&office, 2025).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let asked = decision["assessment"]["instalments"].as_array().unwrap();
        assert_eq!((asked.len(), &asked[0]["number"], asked[0]["due_on"].as_str()), (1, &json!(21), Some("2026-07-31")));
        assert_eq!(asked[0]["amount"], decision["summary"]["total"]);
        let (_, ledger) = office.get(&format!("/api/households/{}/ledger?fiscal_year=2025", decision["household_id"])).await;
        assert_eq!(ledger["instalments"][0]["number"], 21);
        let verified = verify::verify(&office.db).await.unwrap();
        assert_eq!((verified.decisions, verified.differences), (1, vec![]));
    }
}

#[tokio::test]
async fn a_year_whose_two_years_are_over_is_decided_no_more() {
    let office = Office::open(Kind::Sqlite, "27100").await;
    office.with_city().await;
    let before = office.rows().await;
    let (status, problem) = decided(&office, 2022).await;
    assert_eq!(
        (status, problem["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year"))
    );
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("110条の2"), "{problem}");
    assert_eq!(office.rows().await, before);
}

both! {
    async fn after_two_years_only_a_decrease_with_its_reason_is_decided(office: Office) {
        office.with_city().await;
        let (status, decision) = decided(&office, 2025).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let view = office.household().await;
        let id = view["id"].clone();
        // The same office two years and a half later.
        let office = office.on("2028-01-10").await;
        let path = format!("/api/households/{id}?fiscal_year=2025");
        let (_, view) = office.get(&path).await;
        let total = decision["summary"]["total"].as_i64().unwrap();
        let wish = |view: &Value, total: i64, reason: Option<&str>| json!({"fiscal_year": 2025, "revision": view["revision"], "preview_total": total, "adjustment": reason});
        let (status, closed) = office.send(Method::POST, &decide_path(&view), wish(&view, total, None)).await;
        assert_eq!((status, closed["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")));
        let (status, same) = office.send(Method::POST, &decide_path(&view), wish(&view, total, Some("社保の遡及"))).await;
        assert_eq!((status, same["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("adjustment")), "{same}");
        // The head was insured by an employer from October 2025 on.
        let mut edit = facts(&view, 0);
        edit["fiscal_year"] = json!(2025);
        edit["members"][0]["eligibility"]["lost_on"] = json!("2025-10-02");
        edit["members"][0]["eligibility"]["loss_ground"] = json!("art6_1_8");
        let (status, changed) = office.send(Method::PUT, &format!("/api/households/{id}/facts"), edit).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        let (_, view) = office.get(&path).await;
        let facts: kokuho_shared::api::household::HouseholdView = serde_json::from_value(view.clone()).unwrap();
        let assessor = kokuho_shared::figures::assessor("27213", FiscalYear(2025)).unwrap();
        let less = assessor.assess(&assessor.household(&facts.members, &facts.reliefs)).unwrap().premium.total.0;
        assert!(less < total);
        let (status, blank) = office.send(Method::POST, &decide_path(&view), wish(&view, less, Some(" "))).await;
        assert_eq!((status, blank["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("adjustment")), "{blank}");
        let (status, decision) = office.send(Method::POST, &decide_path(&view), wish(&view, less, Some("社保の遡及"))).await;
        assert_eq!((status, decision["summary"]["total"].as_i64()), (StatusCode::OK, Some(less)), "{decision}");
    }
}

both! {
    async fn an_acquisition_that_is_dated_back_makes_the_year_before_due_again_and_closed_years_are_not_listed(office: Office) {
        office.with_city().await;
        let (status, decision) = decided(&office, 2025).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let view = office.household().await;
        let mut edit = facts(&view, 0);
        edit["members"][0]["eligibility"]["acquired_on"] = json!("2025-07-01");
        let (status, changed) = office.send(Method::PUT, &format!("/api/households/{}/facts", view["id"]), edit).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        let due = async || {
            let (_, groups) = office.get("/api/queue").await;
            let group = groups.as_array().unwrap().iter().find(|group| group["kind"] == "decision_due").unwrap().clone();
            group["items"].as_array().unwrap().iter().map(|item| item["fiscal_year"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(due().await, [2025]);
        // What can be decided no more is nobody's work.
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE decision_due SET fiscal_year = 2022").execute(pool).await.unwrap();
        });
        assert_eq!(due().await, Vec::<i64>::new());
    }
}
