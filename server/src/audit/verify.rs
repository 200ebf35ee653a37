//! 検証 of the records: follows the whole chain and names the first that is not as it was.

use super::chain::{Batch, Broken, Follower, Row};
use super::entry::Entry;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;

/// What the verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub batches: i64,
    pub entries: i64,
    /// The hash of the last batch: kept elsewhere, it shows that none behind it was taken away.
    pub head: String,
    pub broken: Option<Broken>,
}

pub async fn verify(db: &Db) -> Result<Verified, ServiceError> {
    const BATCH: &str = "SELECT number, first_seq, count, digests, previous, sha256 FROM audit_batch \
        WHERE number >= $1 ORDER BY number LIMIT 1";
    const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM audit_entry";
    let mut follower = Follower::default();
    let broken = loop {
        let (number, seq) = follower.next();
        let batch: Option<(i64, i64, i64, String, String, String)> =
            on_db!(db, pool => sqlx::query_as(BATCH).bind(number).fetch_optional(pool).await?);
        let Some((number, first_seq, count, digests, previous, sha256)) = batch else {
            let last: i64 = on_db!(db, pool => sqlx::query_scalar(LAST).fetch_one(pool).await?);
            break (last >= seq).then_some(Broken::Batch(number));
        };
        let batch = Batch {
            number,
            first_seq,
            count,
            digests,
            previous,
            sha256,
        };
        let rows = rows(db, seq, seq.saturating_add(batch.count)).await?;
        if let Err(broken) = follower.check(&batch, &rows) {
            break Some(broken);
        }
    };
    let (next, seq) = follower.next();
    Ok(Verified {
        batches: next - 1,
        entries: seq - 1,
        head: follower.head().to_owned(),
        broken,
    })
}

/// What a record is found by must say the same as the record.
fn is_findable(content: &str, login: &str, household: Option<i64>) -> bool {
    let entry: Result<Entry, _> = serde_json::from_str(content);
    entry.is_ok_and(|entry| entry.login == login && entry.household == household)
}

async fn rows(db: &Db, from: i64, until: i64) -> Result<Vec<Row>, ServiceError> {
    const ROWS: &str = "SELECT seq, login, household, content FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    let rows: Vec<(i64, String, Option<i64>, String)> =
        on_db!(db, pool => sqlx::query_as(ROWS).bind(from).bind(until).fetch_all(pool).await?);
    let row = |(seq, login, household, content): (i64, String, Option<i64>, String)| {
        let content = if is_findable(&content, &login, household) {
            content
        } else {
            String::new()
        };
        Row { seq, content }
    };
    Ok(rows.into_iter().map(row).collect())
}
