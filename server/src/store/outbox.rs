//! 送信待ち: changes of 資格 that other offices are told, written with the change itself. Each 資格期間
//! is told by itself.

use super::Tx;
use super::due::Change;
use crate::error::ServiceError;
use crate::on_tx;
use chrono::NaiveDate;

/// INSERT of one record for each 資格期間 a SELECT finds, unless one still waits to leave.
macro_rules! queue {
    ($from:literal) => {
        concat!(
            "INSERT INTO interchange (kind, person_id, acquired_on, change_id, queued_on, state, code, message, settled_by) \
             SELECT DISTINCT k.kind, e.person_id, e.acquired_on, $1, $2, 'queued', '', '', '' FROM ",
            $from,
            " CROSS JOIN (SELECT 'federation' AS kind UNION ALL SELECT 'resident_mark') k \
             WHERE NOT EXISTS (SELECT 1 FROM interchange w WHERE w.person_id = e.person_id AND w.kind = k.kind \
             AND w.acquired_on = e.acquired_on AND w.state = 'queued')"
        )
    };
}

/// Everything that an import wrote.
pub async fn after_import(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    const SQL: &str = queue!(
        "(SELECT person_id, valid_from AS acquired_on FROM eligibility_fact WHERE change_id = $1) e"
    );
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// 支援措置: 資格 of everybody who lives where somebody under a measure lives is told again, with whether
/// their place is guarded. `$1` the change, `$2` its day, `$3` whom it is about.
macro_rules! tell_guard {
    ($whom:literal) => {
        concat!(
            "INSERT INTO interchange (kind, person_id, acquired_on, change_id, queued_on, state, code, message, settled_by) \
             SELECT 'federation', e.person_id, e.valid_from, $1, $2, 'queued', '', '', '' FROM eligibility_fact e \
             WHERE e.superseded_at IS NULL AND e.valid_until IS NULL AND e.person_id IN (",
            $whom,
            ") AND NOT EXISTS (SELECT 1 FROM interchange w WHERE w.person_id = e.person_id AND w.kind = 'federation' \
             AND w.acquired_on = e.valid_from AND w.state = 'queued')"
        )
    };
}

/// A measure began, was extended or ended.
pub async fn after_protection(
    tx: &mut Tx,
    change: Change,
    person: i64,
) -> Result<(), ServiceError> {
    const SQL: &str = tell_guard!(
        "SELECT o.person_id FROM person_fact p JOIN person_fact o ON o.place = p.place AND o.superseded_at IS NULL \
         WHERE p.person_id = $3 AND p.superseded_at IS NULL \
         UNION SELECT o.person_id FROM membership_fact m JOIN membership_fact o ON o.household_id = m.household_id \
         AND o.superseded_at IS NULL WHERE m.person_id = $3 AND m.superseded_at IS NULL"
    );
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(person)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// People moved to a guarded place, or away from one.
pub async fn after_moves(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    const SQL: &str = tell_guard!(
        "SELECT p.person_id FROM person_fact p WHERE p.change_id = $1 AND (p.place IN (SELECT place FROM guarded_place) \
         OR EXISTS (SELECT 1 FROM person_fact b WHERE b.person_id = p.person_id AND b.superseded_at = p.recorded_at \
           AND b.place IN (SELECT place FROM guarded_place)))"
    );
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// A period of somebody that began, ended, was corrected or never was.
pub async fn after_period(
    tx: &mut Tx,
    change: Change,
    person: i64,
    acquired_on: NaiveDate,
) -> Result<(), ServiceError> {
    // PostgreSQL is told the types by what is bound; SQLite keeps what is bound as it is.
    const SQL: &str = queue!("(SELECT $3 AS person_id, $4 AS acquired_on) e");
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(person).bind(acquired_on)
        .execute(c).await?.rows_affected());
    Ok(())
}
