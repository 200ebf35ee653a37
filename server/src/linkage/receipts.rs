//! 受領の記録: every file of another office, with the business day on which it came in.

use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::Tx;
use crate::store::bulk::Value;

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
