//! 発送前の点検と承認: no letter leaves before a second calculation and a second person agree.

use crate::both;
use crate::office::Office;
use kokuho_shared::access::Role;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::job::JobState;
use kokuho_shared::api::run::RunProgress;
use kokuho_shared::assessment::facts::to_household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CITY: &str = "27213";

async fn decided(office: &Office) -> Value {
    let (status, job) = office
        .send(Method::POST, "/api/runs", json!({"fiscal_year": 2026}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    work(office).await;
    job
}

async fn work(office: &Office) {
    office.worker(CITY, "one").run_until_idle().await.unwrap();
}

async fn checked(office: &Office, job: &Value) -> Value {
    let path = format!("/api/runs/{}/check", job["id"]);
    let (status, check) = office.send(Method::POST, &path, Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{check}");
    work(office).await;
    let (_, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
    assert_eq!(view["check"]["state"], "done", "{view}");
    view["check_outcome"].clone()
}

/// What the browser shows for a household of a year.
fn preview(view: &Value, year: i32) -> i64 {
    let view: HouseholdView = serde_json::from_value(view.clone()).unwrap();
    let assessor = figures::assessor(CITY, FiscalYear(year)).unwrap();
    let assessed = assessor
        .assess(&to_household(&view.members, FiscalYear(year), Some(75)))
        .unwrap();
    assessed.premium.total.0
}

/// A release by whoever has the client.
async fn release(
    office: &Office,
    job: &Value,
    by: &reqwest::Client,
    note: &str,
) -> (StatusCode, Value) {
    let path = format!("/api/runs/{}/release", job["id"]);
    let request = office.request(by, Method::POST, &path);
    let answer = request.json(&json!({"note": note})).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn listed(office: &Office, job: &Value, sort: &str) -> Vec<Value> {
    let path = format!("/api/runs/{}/check/{sort}", job["id"]);
    let (status, list) = office.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    list.as_array().unwrap().clone()
}

fn says(answer: &(StatusCode, Value), status: StatusCode, part: &str) {
    assert_eq!(answer.0, status, "{}", answer.1);
    let message = answer.1["message"].as_str().unwrap();
    assert!(message.contains(part), "{message}");
}

both! {
    async fn letters_wait_for_a_check_and_for_somebody_else_than_who_started_the_run(office: Office) {
        office.with_city().await;
        let job = decided(&office).await;
        let letters = format!("/api/runs/{}/letters", job["id"]);
        let other = office.other(Role::Supervisor).await;
        let early = office.send(Method::POST, &letters, Value::Null).await;
        says(&early, StatusCode::CONFLICT, "承認");
        let (_, view) = office.get(&format!("/api/households/{}?fiscal_year=2026", office.household().await["id"])).await;
        let one = format!("/api/decisions/{}/notice", view["decisions"][0]["id"]);
        let alone = office.send(Method::POST, &one, Value::Null).await;
        says(&alone, StatusCode::CONFLICT, "承認");
        says(&release(&office, &job, &other, "").await, StatusCode::CONFLICT, "点検が済んでいません");
        let outcome = checked(&office, &job).await;
        assert_eq!((outcome["decisions"].as_i64(), outcome["second"].as_i64()), (Some(1), Some(0)));
        says(&release(&office, &job, &office.client, "見た").await, StatusCode::CONFLICT, "本人は承認できません");
        assert_eq!(release(&office, &job, &office.other(Role::AssessmentOfficer).await, "見た").await.0, StatusCode::FORBIDDEN);
        let (status, released) = release(&office, &job, &other, "見た").await;
        assert_eq!(status, StatusCode::OK, "{released}");
        says(&release(&office, &job, &other, "見た").await, StatusCode::CONFLICT, "承認済み");
        let again = office.send(Method::POST, &format!("/api/runs/{}/check", job["id"]), Value::Null).await;
        says(&again, StatusCode::CONFLICT, "承認済み");
        assert_eq!(office.send(Method::POST, &letters, Value::Null).await.0, StatusCode::ACCEPTED);
    }
}

/// Whether the newest run was checked, agrees and is released, and whether its letters are made.
async fn progress(office: &Office) -> (bool, bool, bool, bool) {
    let (status, runs) = office.get("/api/runs").await;
    assert_eq!(status, StatusCode::OK, "{runs}");
    let runs: Vec<RunProgress> = serde_json::from_value(runs).unwrap();
    let run = &runs[0];
    let done = |state: Option<JobState>| state == Some(JobState::Done);
    (done(run.check), run.agrees, run.released, done(run.letters))
}

both! {
    async fn how_far_a_run_is_is_told_step_by_step_without_looking_at_anybody(office: Office) {
        office.with_city().await;
        assert_eq!(office.get("/api/runs").await.1, json!([]));
        let job = decided(&office).await;
        assert_eq!(progress(&office).await, (false, false, false, false));
        checked(&office, &job).await;
        assert_eq!(progress(&office).await, (true, true, false, false));
        let other = office.other(Role::Supervisor).await;
        assert_eq!(release(&office, &job, &other, "見た").await.0, StatusCode::OK);
        assert_eq!(progress(&office).await, (true, true, true, false));
        let path = format!("/api/runs/{}/letters", job["id"]);
        assert_eq!(office.send(Method::POST, &path, Value::Null).await.0, StatusCode::ACCEPTED);
        work(&office).await;
        assert_eq!(progress(&office).await, (true, true, true, true));
    }
}

both! {
    async fn the_database_itself_refuses_a_release_by_who_started_the_run(office: Office) {
        office.with_city().await;
        let job = decided(&office).await;
        let sql = "INSERT INTO run_release (run_id, check_job, started_by, released_by, released_at, note) \
            VALUES ($1, $2, 'clerk', 'clerk', 0, '')";
        let id = job["id"].as_i64().unwrap();
        let written = kokuho_server::on_writer!(&office.db, pool =>
            sqlx::query(sql).bind(id).bind(id).execute(pool).await.map(|_| ()));
        let refused = written.unwrap_err().to_string();
        assert!(refused.to_lowercase().contains("check"), "{refused}");
    }
}

both! {
    async fn a_decision_on_which_the_second_calculation_does_not_agree_stops_the_release(office: Office) {
        office.with_city().await;
        let job = decided(&office).await;
        office.unguard("decision").await;
        let sql = "UPDATE decision SET total = total + 1";
        kokuho_server::on_writer!(&office.db, pool => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap());
        let outcome = checked(&office, &job).await;
        assert_eq!(outcome["second"], 1);
        let listed = listed(&office, &job, "second").await;
        assert_eq!(listed[0]["amount"], 1, "{listed:?}");
        assert!(listed[0]["reason"].as_str().unwrap().contains("検算"), "{listed:?}");
        // A long list comes in parts.
        let (_, rest) = office.get(&format!("/api/runs/{}/check/second?after=1", job["id"])).await;
        assert_eq!(rest, json!([]));
        let other = office.other(Role::Supervisor).await;
        says(&release(&office, &job, &other, "見た").await, StatusCode::CONFLICT, "検算と違う決定が1件");
    }
}

both! {
    async fn a_premium_far_from_last_years_is_listed_with_its_reason_and_wants_a_word(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let path = format!("/api/households/{}?fiscal_year=2025", view["id"]);
        let (_, last) = office.get(&path).await;
        let before = preview(&last, 2025);
        let wish = json!({"fiscal_year": 2025, "revision": last["revision"], "preview_total": before});
        let path = format!("/api/households/{}/decisions", view["id"]);
        let (status, decision) = office.send(Method::POST, &path, wish).await;
        assert_eq!(status, StatusCode::OK, "{decision}");
        let job = decided(&office).await;
        let outcome = checked(&office, &job).await;
        assert_eq!((outcome["compared"].as_i64(), outcome["anomalies"].as_i64()), (Some(1), Some(1)), "{outcome}");
        let (this, last) = (outcome["this_year_total"].as_i64().unwrap(), outcome["last_year_total"].as_i64().unwrap());
        let causes: i64 = outcome["causes"].as_array().unwrap().iter().map(|cause| cause["yen"].as_i64().unwrap()).sum();
        assert_eq!((last, causes), (before, this - last));
        let listed = listed(&office, &job, "anomaly").await;
        assert_eq!(listed[0]["amount"].as_i64(), Some(this - last));
        assert_eq!(listed[0]["household_number"], view["number"]);
        assert!(listed[0]["reason"].as_str().unwrap().contains("所得 +"), "{listed:?}");
        let other = office.other(Role::Supervisor).await;
        says(&release(&office, &job, &other, " ").await, StatusCode::UNPROCESSABLE_ENTITY, "確かめた内容");
        assert_eq!(release(&office, &job, &other, "前年は未申告").await.0, StatusCode::OK);
    }
}
