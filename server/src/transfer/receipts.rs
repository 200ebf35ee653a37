//! 受領の記録: every file of another office, with the business day on which it came in.

use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::on_db;
use crate::store::bulk::Value;
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
    let row = vec![
        Value::Int(id),
        Value::Text(arrival.kind.to_owned()),
        Value::Date(clock.today()),
        Value::Int(clock.now().0),
        Value::Text(arrival.file_name.to_owned()),
        Value::Text(arrival.sha256.to_owned()),
        Value::Int(i64::try_from(arrival.lines).unwrap_or(i64::MAX)),
        Value::OptInt(arrival.control_total),
    ];
    let columns = &[
        "id",
        "kind",
        "received_on",
        "received_at",
        "file_name",
        "sha256",
        "lines",
        "control_total",
    ];
    tx.insert("arrival", columns, &[row]).await
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
    let row = vec![
        Value::Int(id),
        Value::Text(arrival.file_name.to_owned()),
        Value::Text(arrival.sha256.to_owned()),
        Value::Text(arrival.kind.to_owned()),
        Value::Int(now.0),
        Value::Int(i64::try_from(arrival.lines).unwrap_or(i64::MAX)),
    ];
    let columns = &["id", "name", "sha256", "kind", "received_at", "lines"];
    tx.insert("inbound_file", columns, &[row]).await?;
    Ok(id)
}
