//! 封印: numbers what was written and closes it into a batch. Of several servers one at a time.

use super::chain::{self, Row};
use super::entry::Entry;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::on_tx;
use crate::row;
use crate::store::{self, Db, Lock, Tx};
use sqlx::FromRow;

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
    let next = end_of_chain(&mut tx).await?;
    let rows: Vec<Row> = pending
        .iter()
        .zip(next.seq..)
        .map(|((_, content), seq)| Row {
            seq,
            content: content.clone(),
        })
        .collect();
    let batch = chain::close(next.number, &next.previous, &rows);
    let entries = rows.iter().map(entry_row).collect::<Result<Vec<_>, _>>()?;
    tx.insert("audit_entry", &entries).await?;
    let row = row! {
        number: batch.number,
        first_seq: batch.first_seq,
        count: batch.count,
        digests: batch.digests,
        previous: batch.previous,
        sha256: batch.sha256,
        sealed_at: clock.now(),
    };
    tx.insert("audit_batch", &[row]).await?;
    let ids: Vec<i64> = pending.iter().map(|(id, _)| *id).collect();
    const SEALED: &str = "DELETE FROM audit_pending WHERE id";
    tx.run_in(SEALED, "", &[], &ids).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// The record, and beside it what it is found by.
fn entry_row(row: &Row) -> Result<store::Row, ServiceError> {
    let entry: Entry = serde_json::from_str(&row.content)?;
    Ok(row! {
        seq: row.seq,
        login: entry.login,
        household: entry.household,
        content: row.content.clone(),
    })
}

/// Number of the next batch and record, and the hash they follow.
#[derive(FromRow)]
struct Next {
    number: i64,
    seq: i64,
    previous: String,
}

async fn end_of_chain(tx: &mut Tx) -> Result<Next, ServiceError> {
    const NEXT: &str = "SELECT number + 1 AS number, first_seq + count AS seq, sha256 AS previous \
        FROM audit_batch ORDER BY audit_batch.number DESC LIMIT 1";
    let next: Option<Next> =
        on_tx!(tx, connection => sqlx::query_as(NEXT).fetch_optional(connection).await?);
    Ok(next.unwrap_or_else(|| Next {
        number: 1,
        seq: 1,
        previous: chain::BEGINNING.to_owned(),
    }))
}
