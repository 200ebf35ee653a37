//! 検証 of the records: follows the whole chain and names the first that is not as it was.

use super::chain::{Batch, Broken, Follower, Row};
use super::entry::Entry;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::ids::HouseholdId;
use sqlx::FromRow;

/// What the verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainVerification {
    pub batches: i64,
    pub entries: i64,
    /// The hash of the last batch: kept elsewhere, it shows that none behind it was taken away.
    pub head: String,
    pub broken: Option<Broken>,
}

pub async fn verify(db: &Db) -> Result<ChainVerification, ServiceError> {
    const BATCH: &str = "SELECT number, first_seq, count, digests, previous, sha256 FROM audit_batch \
        WHERE number >= $1 ORDER BY number LIMIT 1";
    const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM audit_entry";
    let mut follower = Follower::default();
    let broken = loop {
        let (number, seq) = follower.next();
        let batch: Option<Batch> =
            on_db!(db, pool => sqlx::query_as(BATCH).bind(number).fetch_optional(pool).await?);
        let Some(batch) = batch else {
            let last: i64 = on_db!(db, pool => sqlx::query_scalar(LAST).fetch_one(pool).await?);
            break (last >= seq).then_some(Broken::Batch(number));
        };
        let rows = rows(db, seq, seq.saturating_add(batch.count)).await?;
        if let Err(broken) = follower.check(&batch, &rows) {
            break Some(broken);
        }
    };
    let (next, seq) = follower.next();
    Ok(ChainVerification {
        batches: next - 1,
        entries: seq - 1,
        head: follower.head().to_owned(),
        broken,
    })
}

#[derive(FromRow)]
struct Found {
    seq: i64,
    login: String,
    household: Option<HouseholdId>,
    content: String,
}

impl Found {
    /// What a record is found by must say the same as the record.
    fn is_findable(&self) -> bool {
        let entry: Result<Entry, _> = serde_json::from_str(&self.content);
        entry.is_ok_and(|entry| entry.login == self.login && entry.household == self.household)
    }
}

async fn rows(db: &Db, from: i64, until: i64) -> Result<Vec<Row>, ServiceError> {
    const ROWS: &str = "SELECT seq, login, household, content FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    let rows: Vec<Found> =
        on_db!(db, pool => sqlx::query_as(ROWS).bind(from).bind(until).fetch_all(pool).await?);
    let row = |found: Found| {
        let content = if found.is_findable() {
            found.content
        } else {
            String::new()
        };
        Row {
            seq: found.seq,
            content,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}
