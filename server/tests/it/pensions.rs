//! 特別徴収: from the pension body's list through the decision and the request to its result, and to its end.

use crate::both;
use crate::city::{self, file_of};
use crate::linkage::Exchange;
use crate::office::Office;
use kokuho_partners::Fault;
use kokuho_server::assessment::verify;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::calendar::FiscalYear;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The pension body's list comes in, or is refused.
pub async fn listed(body: &mut Exchange, birth: &str, annual: i64) -> bool {
    let people = [("1000000001", birth, annual, 10_000)];
    body.partners.list_pensions("2026-05-25", &people).unwrap();
    body.courier.round().await.unwrap();
    let mut refused = body.files("in/rejected").into_iter();
    !refused.any(|name| name.starts_with("pension_list"))
}

/// A household of two who are 67 and 65, without incomes.
pub async fn pensioners(office: &Office) {
    for (kind, _) in city::files() {
        let text = file_of(kind);
        let text = match kind {
            FileKind::Residents => text
                .replace("1981-04-02", "1959-04-02")
                .replace("1985-04-02", "1961-01-02"),
            FileKind::Incomes => text
                .replace(
                    "4500000,3160000,,0,0,3160000",
                    ",0,2600000,1500000,0,1500000",
                )
                .replace("#合計,2,3160000", "#合計,2,1500000"),
            FileKind::Eligibility => text,
        };
        // The child is gone: somebody insured under 65 would keep the pension free.
        let lines = text.lines().filter(|line| !line.contains("1000000003"));
        let text: Vec<String> = lines.map(str::to_owned).collect();
        let text = text
            .join("\n")
            .replace("#合計,3,1", "#合計,2,1")
            .replace("#合計,3,3", "#合計,2,2");
        let job = office.import(kind, format!("{text}\n").into_bytes()).await;
        assert_eq!(job["state"], "done", "{job}");
    }
}

pub async fn decide(office: &Office) -> Value {
    let view = office.household().await;
    let facts: kokuho_shared::api::household::HouseholdView =
        serde_json::from_value(view.clone()).unwrap();
    let assessor = kokuho_shared::figures::assessor("27213", FiscalYear(2026)).unwrap();
    let preview = assessor
        .assess_on(
            &assessor.household(&facts.members, &facts.reliefs),
            facts.schedule.as_ref(),
        )
        .unwrap();
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": preview.premium.total});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, decision) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    // The screen showed the instalments that were decided.
    assert_eq!(
        serde_json::to_value(&preview.instalments).unwrap(),
        decision["assessment"]["instalments"]
    );
    decision
}

/// Number and amount of the instalments of a decision.
fn instalments(decision: &Value) -> Vec<(i64, i64)> {
    let all = decision["assessment"]["instalments"].as_array().unwrap();
    all.iter()
        .map(|each| {
            (
                each["number"].as_i64().unwrap(),
                each["amount"].as_i64().unwrap(),
            )
        })
        .collect()
}

async fn states(office: &Office) -> (String, String) {
    let (status, list) = office.get("/api/pensions?fiscal_year=2026").await;
    assert_eq!(status, StatusCode::OK, "{list}");
    let row = &list["rows"][0];
    (
        row["state"].as_str().unwrap_or_default().to_owned(),
        row["obstacles"].as_str().unwrap_or_default().to_owned(),
    )
}

both! {
    async fn a_premium_is_planned_asked_for_deducted_and_stopped(office: Office) {
        pensioners(&office).await;
        let mut body = Exchange::of(&office);
        let before = instalments(&decide(&office).await);
        assert_eq!(before.len(), 10);
        let total: i64 = before.iter().map(|each| each.1).sum();
        assert!(listed(&mut body, "1959-04-02", 2_600_000).await);
        let planned = instalments(&decide(&office).await);
        let of_pension: i64 = planned.iter().filter(|each| each.0 > 30).map(|each| each.1).sum();
        assert_eq!(planned.iter().map(|each| each.0).collect::<Vec<_>>(), [1, 2, 3, 4, 34, 35, 36]);
        assert_eq!((of_pension, planned.iter().map(|each| each.1).sum::<i64>()), (total - total / 2, total));
        assert_eq!(states(&office).await, ("planned".into(), String::new()));
        let (status, after) = office.send(Method::POST, "/api/pensions", json!({"fiscal_year": 2026})).await;
        assert_eq!((status, after["rows"][0]["state"].as_str()), (StatusCode::OK, Some("queued")), "{after}");
        body.there_and_back().await;
        assert_eq!(states(&office).await.0, "accepted");
        // The same list again changes nothing, and nothing is asked for twice.
        assert!(listed(&mut body, "1959-04-02", 2_600_000).await);
        let (status, _) = office.send(Method::POST, "/api/pensions", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        // 口座振替 from now on: what can no longer be stopped is none, so all goes back to instalments.
        let id = office.household().await["id"].clone();
        let path = format!("/api/households/{id}/pension");
        let (status, wrong) = office.send(Method::POST, &path, json!({"fiscal_year": 2026, "reason": " "})).await;
        assert_eq!((status, wrong["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
        let wish = json!({"fiscal_year": 2026, "reason": "口座振替の申出", "account_transfer": true});
        let (status, after) = office.send(Method::POST, &path, wish).await;
        assert_eq!((status, after["rows"][0]["state"].as_str()), (StatusCode::OK, Some("stop_queued")), "{after}");
        body.there_and_back().await;
        assert_eq!(states(&office).await.0, "stopped");
        let ended = instalments(&decide(&office).await);
        assert!(ended.iter().all(|each| each.0 <= 10), "{ended:?}");
        assert_eq!(ended.iter().map(|each| each.1).sum::<i64>(), total);
        assert!(verify::verify(&office.db).await.unwrap().differences.is_empty());
    }
}

both! {
    async fn what_the_pension_body_refuses_is_asked_for_by_instalments_again(office: Office) {
        pensioners(&office).await;
        let mut body = Exchange::of(&office);
        body.partners.fault("1000000001", Fault::Error);
        assert!(listed(&mut body, "1959-04-02", 2_600_000).await);
        assert_eq!(instalments(&decide(&office).await).len(), 7);
        office.send(Method::POST, "/api/pensions", json!({"fiscal_year": 2026})).await;
        body.there_and_back().await;
        assert_eq!(states(&office).await.0, "refused");
        assert_eq!(instalments(&decide(&office).await).len(), 10);
    }
}

both! {
    async fn a_pension_that_is_too_small_or_a_list_of_somebody_else_deducts_nothing(office: Office) {
        pensioners(&office).await;
        let mut body = Exchange::of(&office);
        assert!(listed(&mut body, "1959-04-02", 179_999).await);
        assert_eq!(instalments(&decide(&office).await).len(), 10);
        let (state, obstacles) = states(&office).await;
        assert_eq!(state, "excluded");
        assert!(obstacles.contains("年金の年額が18万円に満たない"), "{obstacles}");
        let before = office.rows().await;
        assert!(!listed(&mut body, "1959-04-03", 2_600_000).await);
        assert_eq!(office.rows().await, before);
        let reason = body.files("in/rejected").into_iter().find(|name| name.ends_with("reason.txt")).unwrap();
        let reason = std::fs::read_to_string(body.folder.join("in/rejected").join(reason)).unwrap();
        assert!(reason.contains("生年月日が違います"), "{reason}");
    }
}

both! {
    async fn an_end_that_crosses_the_answer_to_the_request_refuses_no_file(office: Office) {
        pensioners(&office).await;
        let mut body = Exchange::of(&office);
        assert!(listed(&mut body, "1959-04-02", 2_600_000).await);
        decide(&office).await;
        office.send(Method::POST, "/api/pensions", json!({"fiscal_year": 2026})).await;
        body.courier.round().await.unwrap();
        assert_eq!(states(&office).await.0, "sent");
        let path = format!("/api/households/{}/pension", office.household().await["id"]);
        let (status, after) = office.send(Method::POST, &path, json!({"fiscal_year": 2026, "reason": "世帯主の申出"})).await;
        assert_eq!(status, StatusCode::OK, "{after}");
        body.partners.round().unwrap();
        body.there_and_back().await;
        assert_eq!(states(&office).await.0, "stopped");
        assert!(body.files("in/rejected").is_empty());
        // Ended for the year: no decision plans it again.
        assert_eq!(instalments(&decide(&office).await).len(), 10);
        assert_eq!(states(&office).await.0, "stopped");
    }
}

/// Decides 2025 on what is known; the total is asked for first.
async fn decide_2025(office: &Office) -> (StatusCode, Value) {
    let id = office.household().await["id"].clone();
    let path = format!("/api/households/{id}?fiscal_year=2025");
    let (_, view) = office.get(&path).await;
    let wish = |total: &str| json!({"fiscal_year": 2025, "revision": view["revision"], "preview_total": total.parse::<i64>().unwrap()});
    let path = format!("/api/households/{id}/decisions");
    let (status, refused) = office.send(Method::POST, &path, wish("-1")).await;
    if status != StatusCode::CONFLICT {
        return (status, refused);
    }
    let message = refused["message"].as_str().unwrap_or_default();
    let total = message
        .split("計算 ")
        .nth(1)
        .and_then(|rest| rest.split('円').next());
    office.send(Method::POST, &path, wish(total.unwrap())).await
}

/// Whether 2025 of the household stands in the list of what is to be decided again.
async fn is_listed(office: &Office) -> bool {
    let (_, groups) = office.get("/api/queue").await;
    let groups = groups.as_array().unwrap();
    let due = groups.iter().find(|group| group["kind"] == "decision_due");
    due.unwrap()["count"] == 1
}

async fn to_be_decided_again(office: &Office) {
    let id = office.household().await["id"].as_i64().unwrap();
    const SQL: &str = "INSERT INTO decision_due (household_id, fiscal_year, change_id, since) SELECT $1, 2025, MAX(id), $2 FROM change_record";
    let since: chrono::NaiveDate = "2027-05-01".parse().unwrap();
    kokuho_server::on_writer!(&office.db, pool => {
        sqlx::query(SQL).bind(id).bind(since).execute(pool).await.unwrap();
    });
}

both! {
    async fn a_year_that_a_pension_has_paid_from_april_on_is_closed_two_years_after_10_may(office: Office) {
        pensioners(&office).await;
        let mut body = Exchange::of(&office);
        assert!(listed(&mut body, "1959-04-02", 2_600_000).await);
        // The deduction of the year before goes on.
        let id = office.household().await["id"].as_i64().unwrap();
        const CASE: &str = "INSERT INTO pension_case (household_id, fiscal_year, person_id, state, payments, obstacles, reason, code, changed_at) \
            SELECT household_id, 2024, person_id, 'accepted', '[0,0,0,5000,5000,5000]', '', '', '', 1 FROM membership_fact \
            WHERE household_id = $1 AND head AND superseded_at IS NULL";
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query(CASE).bind(id).execute(pool).await.unwrap();
        });
        let (status, decision) = decide_2025(&office).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        assert!(instalments(&decision).iter().any(|each| each.0 == 31), "{decision}");
        to_be_decided_again(&office).await;
        let day = office.on("2027-05-11").await;
        assert!(!is_listed(&day).await);
        let (status, closed) = decide_2025(&day).await;
        assert_eq!((status, closed["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")), "{closed}");
        assert!(closed["message"].as_str().unwrap().contains("令和9年5月10日"), "{closed}");
        let day = office.on("2027-05-10").await;
        assert!(is_listed(&day).await);
        let (status, decision) = decide_2025(&day).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
    }
}

both! {
    async fn a_year_asked_for_by_instalments_is_open_until_two_years_after_the_first_of_them(office: Office) {
        pensioners(&office).await;
        let (status, decision) = decide_2025(&office).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        to_be_decided_again(&office).await;
        let day = office.on("2027-07-01").await;
        assert!(!is_listed(&day).await);
        assert_eq!(decide_2025(&day).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let day = office.on("2027-06-30").await;
        assert!(is_listed(&day).await);
        let (status, decision) = decide_2025(&day).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
    }
}
