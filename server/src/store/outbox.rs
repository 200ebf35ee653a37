//! 送信待ち: changes of 資格 that other offices are told, written with the change itself.

use super::Tx;
use super::due::Change;
use crate::error::ServiceError;
use crate::on_tx;

/// INSERT of one record for each person a SELECT finds, unless one still waits to leave.
macro_rules! queue {
    ($from:literal) => {
        concat!(
            "INSERT INTO interchange (kind, person_id, change_id, queued_on, state, code, message, settled_by) \
             SELECT DISTINCT k.kind, e.person_id, $1, $2, 'queued', '', '', '' FROM ",
            $from,
            " CROSS JOIN (SELECT 'federation' AS kind UNION ALL SELECT 'resident_mark') k \
             WHERE NOT EXISTS (SELECT 1 FROM interchange w WHERE w.person_id = e.person_id AND w.kind = k.kind \
             AND w.state = 'queued')"
        )
    };
}

/// Everybody of whom a change wrote 資格.
pub async fn after_eligibility(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    const SQL: &str = queue!("(SELECT person_id FROM eligibility_fact WHERE change_id = $1) e");
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// Somebody whose 資格 a change took away.
pub async fn after_person(tx: &mut Tx, change: Change, person: i64) -> Result<(), ServiceError> {
    const SQL: &str = queue!("(SELECT CAST($3 AS BIGINT) AS person_id) e");
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(person).execute(c).await?.rows_affected());
    Ok(())
}
