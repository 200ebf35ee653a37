//! 異動の記録: a change of facts, by whom, when and why.

use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::store::Tx;
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::import::ImportRun;
use kokuho_shared::ids::HouseholdId;

/// A change of facts and the business day on which it came in.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub id: i64,
    pub day: NaiveDate,
}

/// Who changes something, at what moment and on what business day.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub login: &'a str,
    pub now: Instant,
    pub day: NaiveDate,
}

impl<'a> By<'a> {
    pub fn of(login: &'a str, now: Instant, clock: &Clock) -> By<'a> {
        let day = clock.today();
        By { login, now, day }
    }
}

/// Records a change of a household, by whom and why.
pub async fn record(
    tx: &mut Tx,
    household: HouseholdId,
    reason: &str,
    by: By<'_>,
) -> Result<Change, ServiceError> {
    const NEWEST: &str = "INSERT INTO household_change (household_id, change_id) VALUES ($1, $2) \
        ON CONFLICT (household_id) DO UPDATE SET change_id = $3";
    let change = tx.take_ids("change_record", 1).await?;
    let row = row! {
        id: change,
        kind: "edit",
        recorded_at: by.now,
        recorded_by: by.login.to_owned(),
        reason: reason.to_owned(),
        business_date: by.day,
        lines: 0,
        control_total: 0,
        added: 0,
        changed: 0,
        unchanged: 0,
    };
    tx.insert("change_record", &[row]).await?;
    on_tx!(tx, connection => sqlx::query(NEWEST).bind(household).bind(change).bind(change)
        .execute(connection).await?.rows_affected());
    Ok(Change {
        id: change,
        day: by.day,
    })
}

/// Records an import; it comes first, for the facts refer to it.
pub async fn record_import(
    tx: &mut Tx,
    run: &ImportRun,
    now: Instant,
    day: NaiveDate,
) -> Result<(), ServiceError> {
    let row = row! {
        id: run.id,
        kind: run.kind.key(),
        recorded_at: now,
        recorded_by: run.recorded_by.clone(),
        reason: "",
        file_name: run.file_name.clone(),
        sha256: run.sha256.clone(),
        lines: run.lines,
        control_total: run.control_total,
        business_date: day,
        added: 0,
        changed: 0,
        unchanged: 0,
    };
    tx.insert("change_record", &[row]).await
}

/// What the import wrote, once it is in.
pub async fn count_import(tx: &mut Tx, run: &ImportRun) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE change_record SET added = $1, changed = $2, unchanged = $3 WHERE id = $4";
    on_tx!(tx, connection => sqlx::query(SQL)
        .bind(run.added).bind(run.changed).bind(run.unchanged).bind(run.id).execute(connection).await?.rows_affected());
    Ok(())
}
