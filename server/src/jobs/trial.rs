//! 試行: what a work would do, piece by piece, without writing anything.

use super::plan::Plan;
use super::work::{Report, Work};
use super::{Job, Piece};
use crate::city::City;
use crate::clock::Instant;
use crate::error::ServiceError;
use kokuho_shared::api::job::JobState;
use kokuho_shared::ids::{JobId, RunId};

/// What each piece would report now. Numbers that it would take are counted from one.
pub async fn reports<W: Work>(
    work: &W,
    city: &City,
    plan: &Plan,
) -> Result<Vec<Report>, ServiceError> {
    let job = job(work, city, plan);
    let mut reports = Vec::new();
    for (number, slice) in (1..).zip(&plan.slices) {
        let counters = plan.reserve.iter().map(|reserve| &reserve.counter);
        let piece = Piece {
            job_id: job.id,
            number,
            first: slice.first,
            last: slice.last,
            items: slice.items,
            reserved: counters.map(|counter| (counter.clone(), 1)).collect(),
            attempts: 0,
        };
        let facts = work.read(city, &job, &piece).await?;
        let (own, of, at, which) = (work.clone(), job.clone(), city.clone(), piece.clone());
        let made = tokio::task::spawn_blocking(move || own.make(&at, &of, &which, facts)).await;
        let mut made = made.map_err(|ended| ServiceError::Internal(ended.to_string()))??;
        let mut tx = city.db.read().await?;
        work.look_again(&mut tx, &job, &piece, &mut made).await?;
        tx.commit().await?;
        reports.push(work.report(&made)?);
    }
    Ok(reports)
}

fn job<W: Work>(work: &W, city: &City, plan: &Plan) -> Job {
    Job {
        id: JobId(0),
        kind: work.key().to_owned(),
        name: work.name().to_owned(),
        fiscal_year: plan.fiscal_year,
        run_id: RunId::NONE,
        state: JobState::Running,
        created_at: Instant::LATEST,
        created_by: String::new(),
        created_role: String::new(),
        business_date: city.clock.today(),
        known_at: Instant::LATEST,
        message: String::new(),
        outcome: String::new(),
        for_day: plan.for_day,
    }
}
