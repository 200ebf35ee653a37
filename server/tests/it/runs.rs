//! 年次賦課: the whole city decided, booked and told, with every sum the same.

use crate::both;
use crate::office::Office;
use kokuho_server::assessment::verify;
use kokuho_server::jobs::queue;
use kokuho_shared::access::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CITY: &str = "27100";
const HOUSEHOLDS: u32 = 80;

async fn city(office: &Office) {
    office.with_demo(CITY, HOUSEHOLDS).await;
}

async fn start(office: &Office) -> Value {
    let (status, job) = office
        .send(Method::POST, "/api/runs", json!({"fiscal_year": 2026}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    job
}

async fn work(office: &Office) {
    office.worker(CITY, "one").run_until_idle().await.unwrap();
}

async fn run(office: &Office, job: &Value) -> Value {
    let (status, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

both! {
    async fn what_is_decided_is_booked_and_asked_for_to_the_yen(office: Office) {
        city(&office).await;
        let job = start(&office).await;
        work(&office).await;
        let view = run(&office, &job).await;
        let outcome = &view["outcome"];
        assert_eq!((view["job"]["state"].as_str(), outcome["households"].as_u64()), (Some("done"), Some(HOUSEHOLDS.into())));
        let counted: i64 = ["decided", "unchanged", "not_insured", "left_out"].iter().map(|key| outcome[key].as_i64().unwrap()).sum();
        assert_eq!(counted, i64::from(HOUSEHOLDS));
        let decided = outcome["decided_total"].as_i64().unwrap();
        assert!(decided > 1_000_000);
        assert_eq!(outcome["booked_total"], decided);
        let bars: i64 = outcome["premiums"].as_array().unwrap().iter().map(|bar| bar["households"].as_i64().unwrap()).sum();
        assert_eq!(bars, outcome["decided"].as_i64().unwrap());

        office.release(&job, CITY).await;
        let (status, letters) = office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{letters}");
        work(&office).await;
        let view = run(&office, &job).await;
        let told = &view["letters_outcome"];
        assert_eq!(told["letters"], outcome["decided"]);
        assert_eq!((told["slips_total"].as_i64(), told["decided_total"].as_i64()), (Some(decided), Some(decided)));
        assert_eq!(kokuho_server::rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
        assert_eq!(verify::verify(&office.db).await.unwrap().differences, []);
    }
}

both! {
    async fn the_same_run_again_changes_nothing(office: Office) {
        city(&office).await;
        start(&office).await;
        work(&office).await;
        let before = kokuho_server::rooms::state(&office.db).await.unwrap();
        let again = start(&office).await;
        work(&office).await;
        assert_eq!(kokuho_server::rooms::state(&office.db).await.unwrap(), before);
        let outcome = run(&office, &again).await["outcome"].clone();
        assert_eq!((outcome["decided"].as_i64(), outcome["booked_total"].as_i64()), (Some(0), Some(0)));
    }
}

both! {
    async fn a_second_run_of_the_year_is_refused_while_one_is_running(office: Office) {
        city(&office).await;
        let first = start(&office).await;
        let before = office.rows().await;
        let (status, problem) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains(&first["id"].to_string()), "{problem}");
        assert_eq!(office.rows().await, before);
    }
}

both! {
    async fn a_year_without_parameters_or_an_empty_city_cannot_be_run(office: Office) {
        let (status, problem) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("まだ届いていません"), "{problem}");
        let (status, problem) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2031})).await;
        assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("fiscal_year")));
    }
}

both! {
    async fn a_cancelled_run_goes_on_where_it_stopped(office: Office) {
        city(&office).await;
        let job = start(&office).await;
        let path = |what: &str| format!("/api/jobs/{}/{what}", job["id"]);
        let (status, cancelled) = office.send(Method::POST, &path("cancel"), json!(null)).await;
        assert_eq!((status, cancelled["state"].as_str()), (StatusCode::OK, Some("cancelled")));
        work(&office).await;
        assert_eq!(run(&office, &job).await["job"]["households_done"], 0);
        assert_eq!(office.send(Method::POST, &path("cancel"), json!(null)).await.0, StatusCode::CONFLICT);
        assert_eq!(office.send(Method::POST, &path("resume"), json!(null)).await.0, StatusCode::OK);
        work(&office).await;
        assert_eq!(run(&office, &job).await["job"]["state"], "done");
    }
}

both! {
    async fn of_two_workers_on_one_piece_only_the_last_to_take_it_writes(office: Office) {
        city(&office).await;
        start(&office).await;
        let city = office.worker(CITY, "x").city;
        let clock = city.clock;
        let yearly = kokuho_server::rooms::work("yearly").unwrap();
        let lost = clock.now().plus_seconds(-60);
        let (job, piece) = queue::take(&office.db, "first", clock.now(), lost).await.unwrap().unwrap();
        // The first one is taken for dead: the second takes the same piece.
        let later = clock.now().plus_seconds(120);
        let (_, again) = queue::take(&office.db, "second", later, later.plus_seconds(-60)).await.unwrap().unwrap();
        assert_eq!(piece.number, again.number);
        let before = office.rows().await;
        let late = yearly.piece(&city, &job, &piece, "first").await;
        assert!(!late.unwrap());
        assert_eq!(office.rows().await, before);
        assert!(yearly.piece(&city, &job, &again, "second").await.unwrap());
        assert!(office.rows().await > before);
    }
}

both! {
    async fn several_workers_at_once_leave_the_state_of_one(office: Office) {
        city(&office).await;
        let job = start(&office).await;
        let mut all = tokio::task::JoinSet::new();
        for name in ["a", "b", "c", "d"] {
            all.spawn(office.worker(CITY, name).run_until_idle());
        }
        while let Some(ended) = all.join_next().await {
            ended.unwrap().unwrap();
        }
        let outcome = run(&office, &job).await["outcome"].clone();
        assert_eq!(outcome["booked_total"], outcome["decided_total"]);
        assert_eq!(kokuho_server::rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
        assert_eq!(office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await.0, StatusCode::ACCEPTED);
    }
}

both! {
    async fn a_household_decided_at_the_counter_after_the_start_keeps_that_decision(office: Office) {
        office.with_city().await;
        let job = start_of(&office, "27213").await;
        let view = office.household().await;
        let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": 645_854});
        let (status, _) = office.send(Method::POST, &format!("/api/households/{}/decisions", view["id"]), wish).await;
        assert_eq!(status, StatusCode::OK);
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let outcome = run(&office, &job).await["outcome"].clone();
        assert_eq!((outcome["decided"].as_i64(), outcome["unchanged"].as_i64()), (Some(0), Some(1)));
        assert_eq!(office.household().await["decisions"].as_array().unwrap().len(), 1);
    }
}

async fn start_of(office: &Office, municipality: &str) -> Value {
    assert_eq!(municipality, "27213", "the office of these tests");
    start(office).await
}

both! {
    async fn letters_are_printed_by_ward_and_postcode_with_their_counts_and_only_to_who_sees_the_ward(office: Office) {
        city(&office).await;
        let job = start(&office).await;
        work(&office).await;
        office.release(&job, CITY).await;
        office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        work(&office).await;
        let told = run(&office, &job).await["letters_outcome"].clone();
        let (status, batches) = office.get(&format!("/api/runs/{}/batches", job["id"])).await;
        assert_eq!(status, StatusCode::OK);
        let batches = batches.as_array().unwrap().clone();
        for key in ["letters", "slips", "pages"] {
            let sum: i64 = batches.iter().map(|batch| batch[key].as_i64().unwrap()).sum();
            assert_eq!(told[key], sum, "{key}");
        }
        let places: Vec<_> = batches.iter().map(|batch| (batch["ward"].to_string(), batch["first_postcode"].to_string())).collect();
        assert!(places.is_sorted(), "{places:?}");
        let path = format!("/api/runs/{}/batches/{}", job["id"], batches[0]["number"]);
        let answer = office.request(&office.client, Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let first = answer.bytes().await.unwrap();
        let again = office.request(&office.client, Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
        assert!(first.starts_with(b"%PDF") && first == again);
        let pages = pdf_extract::extract_text_by_pages(write(&first)).unwrap();
        assert_eq!(batches[0]["pages"], pages.len(), "as many pages as were counted");
        let (_, noted) = office.send(Method::POST, &format!("{path}/printed"), json!(null)).await;
        assert_eq!(noted["printed"], 1);
        let ward = batches[0]["ward"].as_str().unwrap();
        let other = batches.iter().find(|batch| batch["ward"] != batches[0]["ward"]).unwrap();
        let client = office.sign_in_as("warder", Role::AssessmentOfficer, ward).await;
        let other = format!("/api/runs/{}/batches/{}", job["id"], other["number"]);
        assert_eq!(office.request(&client, Method::GET, &other).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(office.request(&client, Method::GET, "/api/jobs").send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}

/// A file of its own for a document.
fn write(pdf: &[u8]) -> std::path::PathBuf {
    let name = format!(
        "kokuho-batch-{}-{}.pdf",
        std::process::id(),
        pdf.as_ptr() as usize
    );
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, pdf).unwrap();
    path
}

both! {
    async fn a_household_that_cannot_be_decided_is_left_out_with_the_reason_and_the_rest_goes_on(office: Office) {
        city(&office).await;
        // A person whose periods of eligibility overlap: no single answer.
        let sql = "INSERT INTO eligibility_fact (id, person_id, change_id, valid_from, recorded_at, insurer_number, \
            insured_number, branch, acquired_reason, lost_reason) SELECT 1, person_id, change_id, '2026-09-01', recorded_at, \
            insurer_number, insured_number, branch, acquired_reason, '' FROM eligibility_fact \
            WHERE superseded_at IS NULL AND valid_until IS NULL ORDER BY person_id LIMIT 1";
        let sql = match &office.db {
            kokuho_server::store::Db::Postgres(..) => sql.replace("'2026-09-01'", "DATE '2026-09-01'"),
            kokuho_server::store::Db::Sqlite(_) => sql.to_owned(),
        };
        kokuho_server::on_writer!(&office.db, pool =>
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await.map(|_| ()).unwrap());
        let job = start(&office).await;
        work(&office).await;
        let view = run(&office, &job).await;
        assert_eq!((view["job"]["state"].as_str(), view["outcome"]["left_out"].as_i64()), (Some("done"), Some(1)));
        assert!(view["findings"][0]["reason"].as_str().unwrap().contains("資格期間が重なっています"), "{view}");
        assert!(view["outcome"]["decided"].as_i64().unwrap() > 50);
    }
}

both! {
    async fn a_household_that_lost_its_people_is_told_with_what_it_still_owes(office: Office) {
        office.with_city().await;
        start(&office).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        // The head was never the head: everybody has belonged to another taxpayer all along.
        let files = crate::city::RESIDENTS.replace("1,世帯主", "0,夫").replace("0,妻", "1,世帯主");
        let files = crate::city::since(&files, "1981-04-02");
        let last = office.import(kokuho_shared::api::import::FileKind::Residents, files.into_bytes()).await;
        assert_eq!(last["state"], "done", "{last}");
        let again = start(&office).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let view = run(&office, &again).await;
        assert_eq!((view["outcome"]["decided"].as_i64(), view["outcome"]["left_out"].as_i64()), (Some(1), Some(1)), "{view}");
        assert!(view["findings"][0]["reason"].as_str().unwrap().contains("645854円の決定が残っています"), "{view}");
    }
}

both! {
    async fn an_older_run_does_not_go_on_after_a_newer_one(office: Office) {
        city(&office).await;
        let first = start(&office).await;
        let path = |what: &str| format!("/api/jobs/{}/{what}", first["id"]);
        office.send(Method::POST, &path("cancel"), json!(null)).await;
        start(&office).await;
        work(&office).await;
        let (status, problem) = office.send(Method::POST, &path("resume"), json!(null)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("古い時点"), "{problem}");
    }
}

/// Another income, decided at the counter.
async fn correct(office: &Office, view: &Value) {
    let mut member = json!({"person_id": view["members"][0]["person_id"], "eligibility": view["members"][0]["eligibility"],
        "income": view["members"][0]["income"], "income_status": "known"});
    member["income"]["other_income"] = 500_000.into();
    let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "修正申告", "members": [member]});
    let (status, changed) = office
        .send(
            Method::PUT,
            &format!("/api/households/{}/facts", view["id"]),
            edit,
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let path = format!("/api/households/{}/decisions", view["id"]);
    let mut wish =
        json!({"fiscal_year": 2026, "revision": changed["revision"], "preview_total": -1});
    let (_, problem) = office.send(Method::POST, &path, wish.clone()).await;
    let told = problem["message"]
        .as_str()
        .unwrap()
        .split("計算 ")
        .nth(1)
        .unwrap()
        .split('円')
        .next();
    wish["preview_total"] = told.unwrap().parse::<i64>().unwrap().into();
    assert_eq!(
        office.send(Method::POST, &path, wish).await.0,
        StatusCode::OK
    );
}

both! {
    async fn a_household_corrected_before_its_letter_is_told_and_one_corrected_after_is_left_out_of_the_batch(office: Office) {
        office.with_city().await;
        let job = start(&office).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let letters = format!("/api/runs/{}/letters", job["id"]);
        office.release(&job, "27213").await;
        correct(&office, &office.household().await).await;
        office.send(Method::POST, &letters, json!(null)).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        let view = run(&office, &job).await;
        assert_eq!(view["letters_outcome"]["letters"], 0);
        assert!(view["findings"][0]["reason"].as_str().unwrap().contains("別の決定"), "{view}");
        assert_eq!(office.send(Method::POST, &letters, json!(null)).await.0, StatusCode::CONFLICT, "letters are made once");
    }
}

both! {
    async fn a_batch_leaves_out_what_was_decided_anew_and_says_so(office: Office) {
        office.with_city().await;
        let job = start(&office).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        office.release(&job, "27213").await;
        office.send(Method::POST, &format!("/api/runs/{}/letters", job["id"]), json!(null)).await;
        office.worker("27213", "one").run_until_idle().await.unwrap();
        correct(&office, &office.household().await).await;
        let (_, batches) = office.get(&format!("/api/runs/{}/batches", job["id"])).await;
        assert_eq!(batches[0]["left_out"], json!([batches[0]["first_letter"]]));
        let (status, problem) = office.get(&format!("/api/runs/{}/batches/1", job["id"])).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["message"].as_str().unwrap().contains("除かれています"));
    }
}

both! {
    async fn a_piece_that_ends_its_worker_again_and_again_stops_the_job(office: Office) {
        city(&office).await;
        let job = start(&office).await;
        let mut now = office.worker(CITY, "x").city.clock.now();
        for _ in 0..queue::MOST_LOST {
            // Taken, and never heard of again.
            queue::take(&office.db, "dies", now, now.plus_seconds(-60)).await.unwrap().unwrap();
            now = now.plus_seconds(120);
        }
        let mut worker = office.worker(CITY, "lives");
        worker.lease = std::time::Duration::ZERO;
        // Rows that were seen in the future are not lost yet for a clock of today: make them old.
        kokuho_server::on_writer!(&office.db, pool =>
            sqlx::query("UPDATE job_piece SET seen_at = 0").execute(pool).await.map(|_| ()).unwrap());
        worker.run_until_idle().await.unwrap();
        let view = run(&office, &job).await;
        assert_eq!(view["job"]["state"], "failed", "{view}");
        assert!(view["job"]["message"].as_str().unwrap().contains("処理の単位 1"), "{view}");
    }
}
