//! 証の一斉更新: everybody without a valid paper on a day gets one, piece by piece over the city.

mod piece;
mod preview;
pub mod requests;
pub mod routes;

pub use piece::Renewal;

use super::document_record::counter;
use super::letters::{CERTIFICATE, INCOME_REPORT, NOTICE};
use crate::access::user::User;
use crate::city::City;
use crate::correspondence::batches::Batch;
use crate::correspondence::printing::RunPrinting;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::jobs::Job;
use crate::jobs::plan::{self, Plan, Reserve, cut};
use crate::jobs::work::JobOutcome;
use crate::on_tx;
use crate::store::Tx;
use chrono::{Days, NaiveDate};
use kokuho_shared::api::Problem;
use kokuho_shared::api::renewal::{INCOME_REPORTS, RENEWAL, RenewalOutcome};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use std::collections::HashMap;

/// Papers are made at most so long before they hold.
const MOST_DAYS: u64 = 92;

/// 一括印刷 of the papers: certificates apart from notices.
const PRINTING: RunPrinting = RunPrinting {
    name: "証の一斉更新",
    is_own: issues_papers,
    kinds: &[&CERTIFICATE, &NOTICE, &INCOME_REPORT],
};

/// Plans a renewal: the pieces, and the numbers kept for them.
pub async fn planned(tx: &mut Tx, city: &City, from: NaiveDate) -> Result<Plan, ServiceError> {
    let today = city.clock.today();
    let last = today.checked_add_days(Days::new(MOST_DAYS));
    if from < today || last.is_none_or(|last| from > last) {
        let text = format!("業務日から{MOST_DAYS}日後までの日にしてください");
        return Err(ServiceError::invalid_at("from", text));
    }
    let now = tx.at();
    let fiscal_year = FiscalYear::of(from);
    let households = household::ids(tx, now, fiscal_year).await?;
    if households.is_empty() {
        let text = "世帯がありません。先に住基・税・資格台帳のファイルを取り込んでください";
        return Err(ServiceError::invalid_at("from", text));
    }
    let members = members(tx).await?;
    Ok(Plan {
        fiscal_year,
        for_day: Some(from),
        slices: cut(&households, |id| members.get(&id).copied().unwrap_or(0)),
        reserve: vec![Reserve::on_paper(counter(today), 1)],
        ..Plan::default()
    })
}

/// Begins a renewal that was released.
pub async fn begin(
    tx: &mut Tx,
    city: &City,
    from: NaiveDate,
    user: &User,
) -> Result<Job, ServiceError> {
    let plan = planned(tx, city, from).await?;
    plan::begin(tx, &Renewal, plan, user, city.clock.today()).await
}

/// How many people belong to each household: so many numbers are kept for it.
async fn members(tx: &mut Tx) -> Result<HashMap<HouseholdId, i64>, ServiceError> {
    const SQL: &str = "SELECT household_id, COUNT(*) FROM membership_fact WHERE superseded_at IS NULL GROUP BY household_id";
    let rows: Vec<(HouseholdId, i64)> = on_tx!(tx, c => sqlx::query_as(SQL).fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

/// Forms the batches, and adds up what the pieces did.
pub(super) async fn finish(
    city: &City,
    job: &Job,
    outcomes: Vec<String>,
) -> Result<JobOutcome<Vec<Batch>>, ServiceError> {
    let formed = PRINTING.form(&city.db, job.run_id).await?;
    let mut outcome = added_up(&outcomes)?;
    outcome.batches = i64::try_from(formed.len()).unwrap_or(i64::MAX);
    Ok(JobOutcome {
        outcome: serde_json::to_string(&outcome)?,
        rest: formed,
    })
}

/// What the pieces did, together.
fn added_up<'a>(
    outcomes: impl IntoIterator<Item = &'a String>,
) -> Result<RenewalOutcome, ServiceError> {
    let mut outcome = RenewalOutcome::default();
    for text in outcomes {
        let part: RenewalOutcome = serde_json::from_str(text)?;
        outcome.households += part.households;
        outcome.certificates += part.certificates;
        outcome.notices += part.notices;
        outcome.kept += part.kept;
        outcome.left_out += part.left_out;
        outcome.reports += part.reports;
        outcome.reminded += part.reminded;
    }
    Ok(outcome)
}

/// Papers show the day on which they were begun: on another one the rest would not belong to them.
pub(super) fn refuse_another_day(job: &Job, today: NaiveDate) -> Result<(), ServiceError> {
    if job.business_date == today {
        return Ok(());
    }
    let text = "別の業務日に始めた一斉更新・一括発行は再開できません。新しく始めてください（済んだ文書は残ります）";
    Err(ServiceError::Conflict(Problem::new(text)))
}

/// Whether a job issues papers, which are printed in batches of their own.
pub(super) fn issues_papers(job: &Job) -> bool {
    [RENEWAL, INCOME_REPORTS].contains(&job.kind.as_str())
}
