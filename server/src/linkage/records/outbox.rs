//! 送信待ち: changes of 資格 that other offices are told, written with the change itself. Each 資格期間
//! is told by itself.

use crate::error::ServiceError;
use crate::facts::{Change, FactChange, Listener, Reaction};
use crate::on_tx;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::ids::PersonId;

/// Other offices are told of changes of 資格, and of who is guarded.
pub struct RecordQueue;

impl Listener for RecordQueue {
    fn on_change<'a>(
        &'a self,
        tx: &'a mut Tx,
        change: Change,
        news: FactChange<'a>,
    ) -> Reaction<'a> {
        Box::pin(async move {
            match news {
                FactChange::Residents => after_moves(tx, change).await,
                FactChange::Eligibility => after_import(tx, change).await,
                FactChange::Period {
                    person,
                    acquired_on,
                } => after_period(tx, change, person, acquired_on).await,
                FactChange::Protection { person } => after_protection(tx, change, person).await,
                FactChange::Moved { .. } | FactChange::Incomes | FactChange::Household { .. } => {
                    Ok(())
                }
            }
        })
    }
}

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
async fn after_import(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    const SQL: &str = queue!(
        "(SELECT person_id, valid_from AS acquired_on FROM eligibility_fact WHERE change_id = $1) e"
    );
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// 支援措置: 資格 of those whose place may be guarded from now on, or no longer, is told again; whether it is
/// guarded is looked up when the record leaves. `$1` the change, `$2` its day, `$3` what `concerned` asks for.
macro_rules! tell_guard {
    ($concerned:literal) => {
        concat!(
            "INSERT INTO interchange (kind, person_id, acquired_on, change_id, queued_on, state, code, message, settled_by) \
             SELECT 'federation', e.person_id, e.valid_from, $1, $2, 'queued', '', '', '' FROM eligibility_fact e \
             WHERE e.superseded_at IS NULL AND e.valid_until IS NULL AND e.person_id IN (\
               WITH concerned AS (",
            $concerned,
            ") SELECT person_id FROM concerned UNION \
               SELECT o.person_id FROM concerned c JOIN person_fact o ON o.place = c.place AND o.superseded_at IS NULL \
               WHERE c.place <> '') \
             AND NOT EXISTS (SELECT 1 FROM interchange w WHERE w.person_id = e.person_id AND w.kind = 'federation' \
             AND w.acquired_on = e.valid_from AND w.state = 'queued')"
        )
    };
}

/// A measure began, was extended or ended: everybody who ever shared a household with the person, and who
/// lives where one of them lives.
async fn after_protection(
    tx: &mut Tx,
    change: Change,
    person: PersonId,
) -> Result<(), ServiceError> {
    const SQL: &str = tell_guard!(
        "SELECT o.person_id, p.place FROM membership m \
         JOIN membership o ON o.household_id = m.household_id AND o.superseded_at IS NULL \
         JOIN person_fact p ON p.person_id = o.person_id AND p.superseded_at IS NULL \
         WHERE m.person_id = $3 AND m.superseded_at IS NULL"
    );
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(person)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// People moved, or changed their household: those of them who came to a guarded place, left one, or belong or
/// belonged to a guarded household, and who lives where they live now or lived until now.
async fn after_moves(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM protection_fact WHERE superseded_at IS NULL LIMIT 1) AS one";
    const SQL: &str = tell_guard!(
        "SELECT f.person_id, f.place FROM person_fact f WHERE (f.superseded_at IS NULL OR f.superseded_at = $3) \
         AND f.person_id IN (SELECT person_id FROM person_fact WHERE change_id = $1 \
           UNION SELECT person_id FROM membership_fact WHERE change_id = $1) \
         AND (f.place IN (SELECT place FROM guarded_place) OR f.person_id IN (SELECT m.person_id FROM membership m \
           JOIN guarded_household g ON g.household_id = m.household_id WHERE m.superseded_at IS NULL))"
    );
    let protected: i64 = on_tx!(tx, c => sqlx::query_scalar(ANY).fetch_one(c).await?);
    if protected == 0 {
        return Ok(());
    }
    let at = tx.at();
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

/// A period of somebody that began, ended, was corrected or never was.
async fn after_period(
    tx: &mut Tx,
    change: Change,
    person: PersonId,
    acquired_on: NaiveDate,
) -> Result<(), ServiceError> {
    // PostgreSQL is told the types by what is bound; SQLite keeps what is bound as it is.
    const SQL: &str = queue!("(SELECT $3 AS person_id, $4 AS acquired_on) e");
    on_tx!(tx, c => sqlx::query(SQL).bind(change.id).bind(change.day).bind(person).bind(acquired_on)
        .execute(c).await?.rows_affected());
    Ok(())
}
