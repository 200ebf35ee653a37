//! 受領の記録: every file of another office, with the business day on which it came in.

use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::on_db;
use crate::row;
use crate::store::{Db, Tx};

/// A file that is taken in whole.
pub struct Arrival<'a> {
    pub kind: &'a str,
    pub file_name: &'a str,
    pub sha256: &'a str,
    pub lines: usize,
    pub control_total: Option<i64>,
}

/// Notes a file together with what it brought.
pub async fn note(tx: &mut Tx, arrival: &Arrival<'_>, clock: Clock) -> Result<(), ServiceError> {
    let id = tx.take_ids("arrival", 1).await?;
    let row = row! {
        id,
        kind: arrival.kind.to_owned(),
        received_on: clock.today(),
        received_at: clock.now(),
        file_name: arrival.file_name.to_owned(),
        sha256: arrival.sha256.to_owned(),
        lines: i64::try_from(arrival.lines).unwrap_or(i64::MAX),
        control_total: arrival.control_total,
    };
    tx.insert("arrival", &[row]).await
}

/// Whether a file of these bytes was taken in before.
pub async fn is_known(db: &Db, sha256: &str) -> Result<bool, ServiceError> {
    const SEEN: &str = "SELECT COUNT(*) FROM inbound_file WHERE sha256 = $1";
    let seen: i64 =
        on_db!(db, pool => sqlx::query_scalar(SEEN).bind(sha256).fetch_one(pool).await?);
    Ok(seen > 0)
}

/// Notes that a file is never to be taken in again; returns its number.
pub async fn note_bytes(
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    now: Instant,
) -> Result<i64, ServiceError> {
    let id = tx.take_ids("inbound_file", 1).await?;
    let row = row! {
        id,
        name: arrival.file_name.to_owned(),
        sha256: arrival.sha256.to_owned(),
        kind: arrival.kind.to_owned(),
        received_at: now,
        lines: i64::try_from(arrival.lines).unwrap_or(i64::MAX),
    };
    tx.insert("inbound_file", &[row]).await?;
    Ok(id)
}
