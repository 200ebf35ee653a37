//! 月次賦課: the households of a decided year that wait for another decision, or have none yet.

use crate::error::ServiceError;
use crate::store::{Db, Row, Span, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, JobId};
use std::collections::BTreeSet;

/// Those whose facts changed since they were decided, and those insured in the year who were not.
/// `city`: household ids of the run, sorted. Refused before the yearly run is done, and if no household is left.
pub async fn households(
    tx: &mut Tx,
    fiscal_year: FiscalYear,
    city: &[HouseholdId],
) -> Result<BTreeSet<HouseholdId>, ServiceError> {
    const RAN: &str =
        "SELECT COUNT(*) FROM job WHERE kind = 'yearly' AND state = 'done' AND fiscal_year = $1";
    const WAITING: &str = "SELECT household_id FROM decision_due WHERE fiscal_year = $1";
    const NEW: &str = "SELECT DISTINCT m.household_id FROM membership m JOIN eligibility_fact e \
        ON e.person_id = m.person_id AND e.superseded_at IS NULL WHERE m.superseded_at IS NULL \
        AND e.valid_from < $1 AND (e.valid_until IS NULL OR e.valid_until > $2) \
        AND (m.valid_until IS NULL OR NOT m.moved_out OR (m.valid_until > $3 AND m.valid_until > e.valid_from)) AND NOT EXISTS \
        (SELECT 1 FROM decision d WHERE d.household_id = m.household_id AND d.fiscal_year = $4 AND NOT d.provisional)";
    let year = fiscal_year;
    let ran: i64 = on_tx!(tx, c => sqlx::query_scalar(RAN).bind(year).fetch_one(c).await?);
    if ran == 0 {
        let text = "この年度の年次賦課がまだ完了していません。月次賦課は、その後に変わった世帯だけを決定します";
        return Err(ServiceError::invalid_at("fiscal_year", text));
    }
    let (april, next) = (fiscal_year.april(), fiscal_year.after().april());
    let waiting: Vec<HouseholdId> =
        on_tx!(tx, c => sqlx::query_scalar(WAITING).bind(year).fetch_all(c).await?);
    let new: Vec<HouseholdId> = on_tx!(tx, c => sqlx::query_scalar(NEW).bind(next).bind(april).bind(april).bind(year)
        .fetch_all(c).await?);
    let mut all: BTreeSet<HouseholdId> = waiting.into_iter().chain(new).collect();
    all.retain(|id| city.binary_search(id).is_ok());
    if all.is_empty() {
        let text = "決定の後に変わった世帯も、新しく加入した世帯もありません";
        return Err(ServiceError::invalid_at("fiscal_year", text));
    }
    Ok(all)
}

/// Keeps them for the run: what changes meanwhile waits for the next one.
pub async fn keep(
    tx: &mut Tx,
    job: JobId,
    households: impl Iterator<Item = HouseholdId>,
) -> Result<(), ServiceError> {
    let row = |household_id| row! { job_id: job, household_id };
    let rows: Vec<Row> = households.map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.insert("job_household", &rows).await
}

/// Those of a run in a span.
pub async fn chosen(
    db: &Db,
    job: JobId,
    span: Span,
) -> Result<BTreeSet<HouseholdId>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM job_household WHERE job_id = $1 AND household_id BETWEEN $2 AND $3";
    let ids: Vec<HouseholdId> = on_db!(db, pool => sqlx::query_scalar(SQL).bind(job).bind(span.first).bind(span.last)
        .fetch_all(pool).await?);
    Ok(ids.into_iter().collect())
}
