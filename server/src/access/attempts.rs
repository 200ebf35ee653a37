//! 試行の制限: after too many failures an account and an address must wait.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Db;
use crate::{on_db, on_writer};
use sha2::{Digest, Sha256};

/// Failures within the window after which an account waits.
const OF_ACCOUNT: i64 = 5;
/// Failures within the window after which an address waits; an office may share one.
const OF_ADDRESS: i64 = 30;
const MINUTES: i64 = 15;

/// The keys of a sign-in: who is meant, and from where. Only hashes are kept.
pub struct Keys {
    account: String,
    address: String,
}

impl Keys {
    pub fn new(login: &str, address: &str) -> Keys {
        let hash = |kind: &str, text: &str| {
            super::hex(&Sha256::digest(format!("{kind}:{text}").as_bytes()))
        };
        Keys {
            account: hash("account", &login.to_lowercase()),
            address: hash("address", address),
        }
    }

    /// Refuses before anything is checked; says how long to wait.
    pub async fn refuse_too_many(&self, db: &Db, now: Instant) -> Result<(), ServiceError> {
        const SQL: &str = "SELECT COUNT(*), COALESCE(MIN(at), 0) FROM sign_in_failure WHERE subject = $1 AND at > $2";
        let since = now.plus_minutes(-MINUTES);
        for (subject, most) in [(&self.account, OF_ACCOUNT), (&self.address, OF_ADDRESS)] {
            let (failures, oldest): (i64, i64) = on_db!(db, pool => sqlx::query_as(SQL).bind(subject).bind(since.0).fetch_one(pool).await?);
            if failures >= most {
                let left = Instant(oldest)
                    .plus_minutes(MINUTES)
                    .seconds()
                    .saturating_sub(now.seconds());
                return Err(ServiceError::TooMany {
                    seconds: left.max(1),
                });
            }
        }
        Ok(())
    }

    pub async fn failed(&self, db: &Db, now: Instant) -> Result<(), ServiceError> {
        const SQL: &str = "INSERT INTO sign_in_failure (subject, at) VALUES ($1, $2), ($3, $2)";
        const OLD: &str = "DELETE FROM sign_in_failure WHERE at <= $1";
        on_writer!(db, pool => {
            sqlx::query(OLD).bind(now.plus_minutes(-MINUTES).0).execute(pool).await?;
            sqlx::query(SQL).bind(&self.account).bind(now.0).bind(&self.address).execute(pool).await?;
        });
        Ok(())
    }

    /// A success forgets the failures of the account, not those of the address.
    pub async fn succeeded(&self, db: &Db) -> Result<(), ServiceError> {
        const SQL: &str = "DELETE FROM sign_in_failure WHERE subject = $1";
        on_writer!(db, pool => sqlx::query(SQL).bind(&self.account).execute(pool).await?.rows_affected());
        Ok(())
    }
}
