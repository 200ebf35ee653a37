//! Looks that are written together, and once: by their server, or later from the file beside the database.

use super::entry::{Entry, random_id, write_all};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use serde::{Deserialize, Serialize};

/// A line of the file beside the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub id: i64,
    pub entries: Vec<Entry>,
}

impl Parcel {
    pub fn of(entries: Vec<Entry>) -> Result<Parcel, ServiceError> {
        Ok(Parcel {
            id: random_id()?,
            entries,
        })
    }

    /// Writes the records unless they are there already, and forgets parcels that nothing writes again.
    pub async fn write(&self, db: &Db, at: Instant, settled: &[i64]) -> Result<(), ServiceError> {
        const CLAIM: &str =
            "INSERT INTO audit_taken (id, taken_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let mut tx = db.write(Lock::Nothing).await?;
        let claimed = on_tx!(&mut tx, c => sqlx::query(CLAIM).bind(self.id).bind(at.0)
            .execute(c).await?.rows_affected());
        if claimed == 1 {
            write_all(&self.entries, &mut tx).await?;
        }
        forget(settled, &mut tx).await?;
        tx.commit().await
    }
}

async fn forget(settled: &[i64], tx: &mut Tx) -> Result<(), ServiceError> {
    const FORGET: &str = "DELETE FROM audit_taken WHERE id = $1";
    for id in settled {
        on_tx!(&mut *tx, c => sqlx::query(FORGET).bind(*id).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Which database this is; a copy that was brought back is the same one.
pub async fn origin(db: &Db) -> Result<String, ServiceError> {
    const SQL: &str = "SELECT id FROM audit_origin";
    Ok(on_db!(db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?))
}
