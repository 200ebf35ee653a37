//! How a letter ended: answered, returned, replaced by another one, or come back without having found anybody.

use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::api::document::DocumentState;
use kokuho_shared::ids::PersonId;

/// How and when a letter ended.
pub struct Ending<'a> {
    pub state: DocumentState,
    pub on: NaiveDate,
    pub remark: &'a str,
    /// The change that wrote what came back.
    pub reply_change: Option<i64>,
}

/// Notes how an open letter ended; `false` where it had ended before.
pub async fn end(tx: &mut Tx, number: &str, ending: &Ending<'_>) -> Result<bool, ServiceError> {
    const SQL: &str = "UPDATE letter SET state = $1, closed_on = $2, remark = $3, reply_change = $4 \
        WHERE number = $5 AND state = 'open'";
    let ended = on_tx!(tx, c => sqlx::query(SQL).bind(ending.state.key()).bind(ending.on).bind(ending.remark)
        .bind(ending.reply_change).bind(number).execute(c).await?.rows_affected());
    Ok(ended == 1)
}

/// 差替え: another letter takes the place of one that is still open.
pub async fn void(tx: &mut Tx, number: &str, on: NaiveDate) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE letter SET state = 'void', closed_on = $1 WHERE number = $2 AND state = 'open'";
    on_tx!(tx, c => sqlx::query(SQL).bind(on).bind(number).execute(c).await?.rows_affected());
    Ok(())
}

/// 差替え of whatever of a kind a person holds.
pub async fn void_of(
    tx: &mut Tx,
    person: PersonId,
    kind: &str,
    on: NaiveDate,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE letter SET state = 'void', closed_on = $1 \
        WHERE person_id = $2 AND state = 'open' AND kind = $3";
    on_tx!(tx, c => sqlx::query(SQL).bind(on).bind(person).bind(kind).execute(c).await?.rows_affected());
    Ok(())
}
