//! 封印: numbers what was written and closes it into a batch. Of several servers one at a time.

use super::chain::{self, Row};
use super::entry::Entry;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::bulk::Value;
use crate::store::{Db, Lock, Tx};

const AT_ONCE: i64 = 5_000;

/// Seals everything that is pending; returns how many records.
pub async fn seal(db: &Db, clock: Clock) -> Result<usize, ServiceError> {
    let mut sealed = 0;
    loop {
        let count = one_batch(db, clock).await?;
        sealed += count;
        if i64::try_from(count).unwrap_or(0) < AT_ONCE {
            return Ok(sealed);
        }
    }
}

async fn one_batch(db: &Db, clock: Clock) -> Result<usize, ServiceError> {
    const ANY: &str = "SELECT id FROM audit_pending LIMIT 1";
    // Looking first keeps an idle server from writing.
    let any: Option<i64> =
        crate::on_db!(db, pool => sqlx::query_scalar(ANY).fetch_optional(pool).await?);
    if any.is_none() {
        return Ok(0);
    }
    let mut tx = db.write(Lock::Audit).await?;
    const PENDING: &str = "SELECT id, content FROM audit_pending ORDER BY at, id LIMIT $1";
    let pending: Vec<(i64, String)> = on_tx!(&mut tx, connection => sqlx::query_as(PENDING)
        .bind(AT_ONCE).fetch_all(connection).await?);
    if pending.is_empty() {
        return Ok(0);
    }
    let (number, first, previous) = end_of_chain(&mut tx).await?;
    let rows: Vec<Row> = pending
        .iter()
        .zip(first..)
        .map(|((_, content), seq)| Row {
            seq,
            content: content.clone(),
        })
        .collect();
    let batch = chain::close(number, &previous, &rows);
    let values = rows.iter().map(columns).collect::<Result<Vec<_>, _>>()?;
    tx.insert(
        "audit_entry",
        &["seq", "login", "household", "content"],
        &values,
    )
    .await?;
    let columns = &[
        "number",
        "first_seq",
        "count",
        "digests",
        "previous",
        "sha256",
        "sealed_at",
    ];
    let row = vec![
        Value::Int(batch.number),
        Value::Int(batch.first_seq),
        Value::Int(batch.count),
        Value::Text(batch.digests),
        Value::Text(batch.previous),
        Value::Text(batch.sha256),
        Value::Int(clock.now().0),
    ];
    tx.insert("audit_batch", columns, &[row]).await?;
    let ids: Vec<i64> = pending.iter().map(|(id, _)| *id).collect();
    const SEALED: &str = "DELETE FROM audit_pending WHERE id";
    tx.run_in(SEALED, "", &[], &ids).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// The record, and beside it what it is found by.
fn columns(row: &Row) -> Result<Vec<Value>, ServiceError> {
    let entry: Entry = serde_json::from_str(&row.content)?;
    Ok(vec![
        Value::Int(row.seq),
        Value::Text(entry.login),
        Value::OptInt(entry.household),
        Value::Text(row.content.clone()),
    ])
}

/// Number of the next batch and record, and the hash they follow.
async fn end_of_chain(tx: &mut Tx) -> Result<(i64, i64, String), ServiceError> {
    const LAST: &str =
        "SELECT number, first_seq + count, sha256 FROM audit_batch ORDER BY number DESC LIMIT 1";
    let last: Option<(i64, i64, String)> =
        on_tx!(tx, connection => sqlx::query_as(LAST).fetch_optional(connection).await?);
    Ok(last.map_or(
        (1, 1, chain::BEGINNING.to_owned()),
        |(number, next, sha256)| (number + 1, next, sha256),
    ))
}
