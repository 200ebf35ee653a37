//! A work whose calculation panics: the job stops, and what the panic says reaches nobody.

use crate::both;
use crate::office::Office;
use kokuho_server::audit::AuditAction;
use kokuho_server::city::City;
use kokuho_server::error::ServiceError;
use kokuho_server::jobs::work::{JobOutcome, Report, Work};
use kokuho_server::jobs::{Job, Piece};
use kokuho_server::store::Tx;
use kokuho_shared::api::run::RunKind;
use reqwest::{Method, StatusCode};
use serde_json::json;

const CITY: &str = "27100";
const SECRET: &str = "国保 太郎の内部";

/// In the place of 年次賦課.
#[derive(Clone)]
struct Panicking;

impl Work for Panicking {
    type Facts = ();
    type Output = ();
    type Rest = ();

    fn key(&self) -> &'static str {
        RunKind::Yearly.key()
    }

    fn name(&self) -> &'static str {
        "年次賦課"
    }

    fn conflicting_works(&self) -> &'static [&'static str] {
        &[]
    }

    fn audit_action(&self) -> AuditAction {
        AuditAction::Decide
    }

    async fn read(&self, _: &City, _: &Job, _: &Piece) -> Result<(), ServiceError> {
        Ok(())
    }

    fn make(&self, _: &City, _: &Job, _: &Piece, (): ()) -> Result<(), ServiceError> {
        panic!("{SECRET}")
    }

    fn report(&self, (): &()) -> Result<Report, ServiceError> {
        unreachable!("nothing was made")
    }

    async fn write(&self, _: &mut Tx, _: &Job, _: &Piece, (): ()) -> Result<(), ServiceError> {
        unreachable!("nothing was made")
    }

    async fn finish(
        &self,
        _: &City,
        _: &Job,
        _: Vec<String>,
    ) -> Result<JobOutcome<()>, ServiceError> {
        unreachable!("no piece was done")
    }
}

both! {
    async fn a_calculation_that_panics_stops_the_job_in_words_of_the_worker(office: Office) {
        office.with_demo(CITY, 5).await;
        let (status, job) = office.send(Method::POST, "/api/runs", json!({"fiscal_year": 2026})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let mut worker = office.worker(CITY, "one");
        worker.works = vec![&Panicking];
        worker.run_until_idle().await.unwrap();
        let (_, view) = office.get(&format!("/api/runs/{}", job["id"])).await;
        assert_eq!(view["job"]["state"], "failed", "{view}");
        let told = view["job"]["message"].as_str().unwrap();
        assert!(told.contains("内部エラー"), "{told}");
        assert!(!view.to_string().contains(SECRET), "{view}");
    }
}
