//! 試行の制限: after some failures one waits, longer each time, and never for good.
//!
//! An attempt is counted by the statement that allows it, before its password is looked at: of many at
//! the same moment no more come through than one after the other. A success gives it back. An account
//! that signed in from a place lately is not locked there by failures elsewhere.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use sha2::{Digest, Sha256};

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct SignInOrigin {
    pub address: String,
    /// A browser in which this account signed in before; see [`super::device`].
    pub device: Option<String>,
}

/// How many failures are free, and how long one waits after more.
#[derive(Clone, Copy)]
struct Bucket {
    free: i64,
    /// At most, in seconds.
    longest: i64,
}

/// An account at one place.
const PAIR: Bucket = Bucket {
    free: 5,
    longest: 900,
};
/// What the log calls it.
const OF_PAIR: &str = "account here";
/// An account, from wherever it is not known.
const ACCOUNT: Bucket = Bucket {
    free: 20,
    longest: 900,
};
/// An address, with whatever account is not known there; an office may share one.
const ADDRESS: Bucket = Bucket {
    free: 30,
    longest: 60,
};
/// The first wait; each further failure doubles it.
const FIRST_SECONDS: i64 = 30;
/// After so many doublings the longest wait is reached.
const DOUBLINGS: i64 = 5;
/// So long after the last one failures are forgotten.
const FORGOTTEN_MINUTES: i64 = 120;
/// So long after the last one nothing is kept of them.
const KEPT_HOURS: i64 = 24;
/// So long an address is known.
const KNOWN_HOURS: i64 = 24 * 30;

/// An attempt that was counted.
pub struct Attempt {
    taken: Vec<Taken>,
    login: String,
    address: String,
    address_sha256: String,
}

struct Taken {
    subject: String,
    bucket: Bucket,
    name: &'static str,
    /// The next attempt is not before this moment.
    open_at: Instant,
}

fn hash(kind: &str, text: &str) -> String {
    super::hex(&Sha256::digest(format!("{kind}:{text}").as_bytes()))
}

impl Attempt {
    /// Counts an attempt, or refuses and says how long to wait. Only hashes are kept.
    pub async fn reserve(
        db: &Db,
        login: &str,
        place: &SignInOrigin,
        now: Instant,
    ) -> Result<Attempt, ServiceError> {
        let login = login.to_lowercase();
        let mut tx = db.write(Lock::Nothing).await?;
        let mut attempt = Attempt {
            taken: Vec::new(),
            address: place.address.clone(),
            address_sha256: hash("address", &place.address),
            login,
        };
        let here = match &place.device {
            Some(device) => format!("device {device}"),
            None => format!("address {}", place.address),
        };
        let known = place.device.is_some() || attempt.is_known(&mut tx, now).await?;
        let pair = hash("pair", &format!("{}\n{here}", attempt.login));
        let account = hash("account", &attempt.login);
        let address = attempt.address_sha256.clone();
        attempt.take(&mut tx, pair, PAIR, OF_PAIR, now).await?;
        if !known {
            let wider = [
                (account, ACCOUNT, "account elsewhere"),
                (address, ADDRESS, "address"),
            ];
            for (subject, bucket, name) in wider {
                attempt.take(&mut tx, subject, bucket, name, now).await?;
            }
        }
        tx.commit().await?;
        Ok(attempt)
    }

    async fn is_known(&self, tx: &mut Tx, now: Instant) -> Result<bool, ServiceError> {
        const SQL: &str = "SELECT last_at FROM known_address WHERE login = $1 AND address_sha256 = $2 AND last_at > $3";
        let since = now.plus_hours(-KNOWN_HOURS).0;
        let found: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(SQL)
            .bind(&self.login).bind(&self.address_sha256).bind(since).fetch_optional(connection).await?);
        Ok(found.is_some())
    }

    /// One statement counts and allows; where it does neither, the caller has to wait.
    async fn take(
        &mut self,
        tx: &mut Tx,
        subject: String,
        bucket: Bucket,
        name: &'static str,
        now: Instant,
    ) -> Result<(), ServiceError> {
        const TAKE: &str = "INSERT INTO sign_in_bucket AS b (subject, failures, last_at, open_at) VALUES ($1, 1, $2, 0) \
            ON CONFLICT (subject) DO UPDATE SET \
            failures = CASE WHEN b.last_at <= $3 THEN 1 ELSE b.failures + 1 END, \
            open_at = CASE WHEN b.last_at <= $3 OR b.failures + 1 < $4 THEN 0 \
                WHEN b.failures + 1 - $4 >= $5 THEN $2 + $6 \
                ELSE $2 + CASE WHEN CAST($7 AS BIGINT) << CAST(b.failures + 1 - $4 AS INTEGER) < $6 \
                    THEN CAST($7 AS BIGINT) << CAST(b.failures + 1 - $4 AS INTEGER) ELSE $6 END END, \
            last_at = $2 WHERE b.open_at <= $2 RETURNING open_at";
        const OPEN_AT: &str = "SELECT open_at FROM sign_in_bucket WHERE subject = $1";
        let forgotten = now.plus_minutes(-FORGOTTEN_MINUTES).0;
        let micros = |seconds: i64| seconds * 1_000_000;
        let taken: Option<i64> = on_tx!(&mut *tx, connection => sqlx::query_scalar(TAKE)
            .bind(&subject).bind(now.0).bind(forgotten).bind(bucket.free).bind(DOUBLINGS)
            .bind(micros(bucket.longest)).bind(micros(FIRST_SECONDS))
            .fetch_optional(connection).await?);
        if let Some(open_at) = taken {
            self.taken.push(Taken {
                subject,
                bucket,
                name,
                open_at: Instant(open_at),
            });
            return Ok(());
        }
        let open_at: i64 = on_tx!(tx, connection => sqlx::query_scalar(OPEN_AT)
            .bind(&subject).fetch_one(connection).await?);
        let left = Instant(open_at).seconds().saturating_sub(now.seconds());
        Err(ServiceError::TooMany {
            seconds: left.max(1),
        })
    }

    /// The right credential: forgets the failures of this account here, gives the attempt back
    /// elsewhere, and makes the address known.
    pub async fn succeeded(&self, tx: &mut Tx, now: Instant) -> Result<(), ServiceError> {
        const FORGET: &str = "DELETE FROM sign_in_bucket WHERE subject = $1";
        const KNOWN: &str = "INSERT INTO known_address (login, address_sha256, last_at) VALUES ($1, $2, $3) \
            ON CONFLICT (login, address_sha256) DO UPDATE SET last_at = $3";
        for taken in &self.taken {
            if taken.name == OF_PAIR {
                on_tx!(&mut *tx, connection => sqlx::query(FORGET).bind(&taken.subject)
                    .execute(connection).await?.rows_affected());
            } else {
                give_back(tx, taken).await?;
            }
        }
        on_tx!(tx, connection => sqlx::query(KNOWN).bind(&self.login).bind(&self.address_sha256).bind(now.0)
            .execute(connection).await?.rows_affected());
        Ok(())
    }

    /// Nothing was looked at: as if there had been no attempt.
    pub async fn taken_back(&self, db: &Db) -> Result<(), ServiceError> {
        let mut tx = db.write(Lock::Nothing).await?;
        for taken in &self.taken {
            give_back(&mut tx, taken).await?;
        }
        tx.commit().await
    }

    /// What the log is told of a failure: from where, and who must wait how long now.
    pub fn audit_details(&self, now: Instant) -> (String, Option<String>) {
        let closed = self.taken.iter().filter(|taken| taken.open_at > now);
        let waits: Vec<String> = closed
            .map(|taken| {
                let left = taken.open_at.seconds().saturating_sub(now.seconds());
                format!("{} {left} s", taken.name)
            })
            .collect();
        let from = format!("from {}", self.address);
        let waits = (!waits.is_empty()).then(|| format!("{from}: {}", waits.join(", ")));
        (from, waits)
    }
}

async fn give_back(tx: &mut Tx, taken: &Taken) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE sign_in_bucket SET failures = failures - 1, \
        open_at = CASE WHEN failures - 1 < $2 THEN 0 ELSE open_at END WHERE subject = $1 AND failures > 0";
    on_tx!(tx, connection => sqlx::query(SQL).bind(&taken.subject).bind(taken.bucket.free)
        .execute(connection).await?.rows_affected());
    Ok(())
}

/// Removes what is not counted any more.
pub async fn forget_old(tx: &mut Tx, now: Instant) -> Result<(), ServiceError> {
    const BUCKETS: &str = "DELETE FROM sign_in_bucket WHERE last_at <= $1";
    const ADDRESSES: &str = "DELETE FROM known_address WHERE last_at <= $1";
    let forgotten = now.plus_hours(-KEPT_HOURS).0;
    let unknown = now.plus_hours(-KNOWN_HOURS).0;
    on_tx!(tx, connection => {
        sqlx::query(BUCKETS).bind(forgotten).execute(&mut *connection).await?;
        sqlx::query(ADDRESSES).bind(unknown).execute(connection).await?;
    });
    Ok(())
}
