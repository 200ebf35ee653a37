//! How far jobs are, and what they left out.

use super::{Job, queue};
use crate::error::ServiceError;
use crate::store::{Db, Reach};
use crate::{on_any, on_db};
use kokuho_shared::api::job::{FindingView, JobView};
use kokuho_shared::ids::{HouseholdId, JobId, RunId};
use sqlx::FromRow;

#[derive(FromRow)]
struct Counts {
    households: i64,
    households_done: i64,
    pieces: i64,
    pieces_done: i64,
}

pub async fn view(db: &Db, job: &Job) -> Result<JobView, ServiceError> {
    const COUNTS: &str = "SELECT CAST(COALESCE(SUM(items), 0) AS BIGINT) AS households, \
        CAST(COALESCE(SUM(CASE WHEN state = 'done' THEN items ELSE 0 END), 0) AS BIGINT) AS households_done, \
        COUNT(*) AS pieces, CAST(COALESCE(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0) AS BIGINT) AS pieces_done \
        FROM job_piece WHERE job_id = $1";
    const FINDINGS: &str = "SELECT COUNT(*) FROM job_finding WHERE job_id = $1";
    let (counts, findings): (Counts, i64) = on_db!(db, pool => (
        sqlx::query_as(COUNTS).bind(job.id).fetch_one(pool).await?,
        sqlx::query_scalar(FINDINGS).bind(job.id).fetch_one(pool).await?,
    ));
    Ok(JobView {
        id: job.id,
        kind: job.kind.clone(),
        name: job.name.clone(),
        fiscal_year: job.fiscal_year,
        run_id: job.run_id,
        state: job.state,
        created_at: job.created_at.text(),
        created_by: job.created_by.clone(),
        message: job.message.clone(),
        households: counts.households,
        households_done: counts.households_done,
        pieces: counts.pieces,
        pieces_done: counts.pieces_done,
        findings,
        for_day: job.for_day,
    })
}

pub async fn newest(db: &Db) -> Result<Vec<JobView>, ServiceError> {
    let mut views = Vec::new();
    for job in queue::newest(db).await? {
        views.push(view(db, &job).await?);
    }
    Ok(views)
}

/// The newest job of a kind that belongs to a run.
pub async fn of_run(
    reach: impl Into<Reach<'_>>,
    run: RunId,
    kind: &str,
) -> Result<Option<Job>, ServiceError> {
    const SQL: &str = "SELECT id FROM job WHERE run_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1";
    let mut reach = reach.into();
    let id: Option<JobId> = on_any!(reach.again(), c => sqlx::query_scalar(SQL).bind(run).bind(kind)
        .fetch_optional(c).await?);
    match id {
        Some(id) => Ok(Some(queue::find(reach, id).await?)),
        None => Ok(None),
    }
}

/// The most findings that one answer lists.
const LISTED: i64 = 500;

#[derive(FromRow)]
struct FindingRow {
    household_id: HouseholdId,
    household_number: String,
    reason: String,
}

/// Households that were left out, by number. `wards` of the account are looked at by the caller.
pub async fn findings(db: &Db, job: JobId) -> Result<Vec<FindingView>, ServiceError> {
    const SQL: &str = "SELECT household_id, household_number, reason FROM job_finding WHERE job_id = $1 \
        ORDER BY household_number, household_id LIMIT $2";
    let rows: Vec<FindingRow> = on_db!(db, pool => sqlx::query_as(SQL).bind(job)
        .bind(LISTED).fetch_all(pool).await?);
    let view = |row: FindingRow| FindingView {
        household_id: row.household_id,
        household_number: row.household_number,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What the pieces of a job reported.
pub async fn outcomes(db: &Db, job: JobId) -> Result<Vec<String>, ServiceError> {
    const SQL: &str =
        "SELECT outcome FROM job_piece WHERE job_id = $1 AND state = 'done' ORDER BY number";
    Ok(on_db!(db, pool => sqlx::query_scalar(SQL).bind(job).fetch_all(pool).await?))
}
