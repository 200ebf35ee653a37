//! 証の一斉更新: whoever has no paper that holds on a day gets one, piece by piece over the city.

mod piece;
pub mod printing;
pub mod routes;

pub use piece::piece;

use super::prepared::counter;
use crate::access::user::User;
use crate::audit::{Entry, What};
use crate::clock::Clock;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::jobs::{self, Job, batches, progress, queue};
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use chrono::{Days, NaiveDate};
use kokuho_shared::api::document::DocumentKind;
use kokuho_shared::api::job::{JobKind, RenewalOutcome};
use kokuho_shared::calendar::FiscalYear;
use std::collections::HashMap;

/// Papers are made at most so long before they hold.
const MOST_DAYS: u64 = 92;

/// Plans a renewal: the pieces, and the numbers kept for them.
pub async fn plan(
    db: &Db,
    from: NaiveDate,
    user: &User,
    clock: Clock,
) -> Result<Job, ServiceError> {
    let today = clock.today();
    let last = today.checked_add_days(Days::new(MOST_DAYS));
    if from < today || last.is_none_or(|last| from > last) {
        let text = format!("業務日から{MOST_DAYS}日後までの日にしてください");
        return Err(ServiceError::invalid_at("from", text));
    }
    let mut tx = db.write(Lock::Everything).await?;
    let now = tx.at();
    let fiscal_year = FiscalYear::of(from).0;
    let households = household::ids(&mut tx, now, fiscal_year).await?;
    if households.is_empty() {
        let text = "世帯がありません。先に住基・税・資格台帳のファイルを取り込んでください";
        return Err(ServiceError::invalid_at("from", text));
    }
    let members = members(&mut tx).await?;
    let id = tx.take_ids("job", 1).await?;
    let job = Job {
        for_day: Some(from),
        ..Job::new(JobKind::Renewal, fiscal_year, (id, id), user, (now, today))
    };
    let all: usize = members
        .values()
        .filter_map(|count| usize::try_from(*count).ok())
        .sum();
    let mut serial = tx.take_numbers(&counter(today), all).await?;
    let pieces = jobs::cut(id, &households, |piece, ids| {
        piece.first_letter = serial;
        serial += ids.iter().filter_map(|id| members.get(id)).sum::<i64>();
    });
    queue::add(&mut tx, &job, &pieces).await?;
    let entry = Entry::new(user, What::Print, now);
    let detail = format!("renewal {id} of papers from {from}");
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    Ok(job)
}

/// How many people belong to each household: so many numbers are kept for it.
async fn members(tx: &mut Tx) -> Result<HashMap<i64, i64>, ServiceError> {
    const SQL: &str = "SELECT household_id, COUNT(*) FROM membership_fact WHERE superseded_at IS NULL GROUP BY household_id";
    let rows: Vec<(i64, i64)> = on_tx!(tx, c => sqlx::query_as(SQL).fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

/// Forms the batches, adds up what the pieces did, and closes the job.
pub async fn finish(db: &Db, job: &Job) -> Result<(), ServiceError> {
    db.analyze(&["document"]).await;
    let formed = printing::form(db, job.id).await?;
    let mut outcome = RenewalOutcome::default();
    for text in progress::outcomes(db, job.id).await? {
        let part: RenewalOutcome = serde_json::from_str(&text)?;
        outcome.households += part.households;
        outcome.certificates += part.certificates;
        outcome.notices += part.notices;
        outcome.kept += part.kept;
        outcome.left_out += part.left_out;
        outcome.reports += part.reports;
        outcome.reminded += part.reminded;
    }
    outcome.batches = i64::try_from(formed.len()).unwrap_or(0);
    let mut tx = db.write(Lock::Nothing).await?;
    if queue::close(&mut tx, job.id, &serde_json::to_string(&outcome)?).await? {
        batches::write(&mut tx, job.id, &formed).await?;
    }
    tx.commit().await
}

/// 郵送の別: a certificate is worth money in other hands, a notice alone is nothing.
fn sort(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::EligibilityNotice | DocumentKind::IncomeReport => "ordinary",
        _ => "registered",
    }
}
