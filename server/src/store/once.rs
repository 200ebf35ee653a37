//! 一度だけの操作: an act that a request names with a key of its own takes effect once, however often and wherever the
//! same request arrives.
//!
//! The key is written with the act: every transaction that writes claims it when it begins, until one of them is
//! committed. Who comes second finds it taken, writes nothing, and is given the answer that the first one got.

use super::{Db, Lock, Tx};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::{on_db, on_tx, on_writer};
use kokuho_shared::api::Problem;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::sync::{Arc, Mutex, PoisonError};

/// So long an answer is kept, in hours.
const KEPT_HOURS: i64 = 24;

tokio::task_local! {
    static ACT: Arc<Act>;
}

/// 操作キー (act key): who asks for what, and by which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActKey {
    pub login: String,
    /// A UUID, as the client chose it.
    pub key: String,
    /// Method and listed path.
    pub route: String,
    /// Hash of the address and of what was sent.
    pub request_sha256: String,
}

/// An act that is going on in this process.
#[derive(Debug)]
pub struct Act {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    key: ActKey,
    claim: Claim,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// Nothing that it wrote was committed.
    None,
    Committed,
    /// The key was taken: another request has done it.
    Taken,
}

/// An answer that was kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct KeptAnswer {
    pub status: i64,
    pub content_type: String,
    pub answer: String,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing was done with it.
    No,
    /// It belongs to another request.
    Other,
    /// Done at that moment, but what was answered is not, or not yet, known.
    Unanswered(Instant),
    Answered(KeptAnswer),
}

impl Act {
    pub fn new(key: ActKey) -> Arc<Act> {
        let claim = Claim::None;
        Arc::new(Act {
            inner: Mutex::new(Inner { key, claim }),
        })
    }

    /// Does something as this act.
    pub async fn scope<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        ACT.scope(self, work).await
    }

    pub fn key(&self) -> ActKey {
        self.with(|inner| inner.key.clone())
    }

    pub fn is_committed(&self) -> bool {
        self.with(|inner| inner.claim == Claim::Committed)
    }

    pub fn is_taken(&self) -> bool {
        self.with(|inner| inner.claim == Claim::Taken)
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Binds the key of this act to a body that is read only by its handler, by the body's hash.
pub fn bind(body_sha256: &str) {
    let _ = ACT.try_with(|act| {
        act.with(|inner| {
            let both = format!("{} {body_sha256}", inner.key.request_sha256);
            inner.key.request_sha256 = format!("{:x}", Sha256::digest(both));
        });
    });
}

/// Claims the key of this act for something that is begun now and writes later.
pub async fn claim_alone(db: &Db) -> Result<(), ServiceError> {
    if ACT.try_with(|_| ()).is_err() {
        return Ok(());
    }
    db.write(Lock::Nothing).await?.commit().await
}

/// Claims the key of this act in a transaction that begins to write.
pub(super) async fn claim(tx: &mut Tx) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO act_key (login, key, route, request_sha256, begun_at, status, content_type, answer) \
        VALUES ($1, $2, $3, $4, $5, 0, '', '') ON CONFLICT (login, key) DO NOTHING";
    let Ok(act) = ACT.try_with(Arc::clone) else {
        return Ok(());
    };
    if act.is_committed() {
        return Ok(());
    }
    let (key, now) = (act.key(), Clock::default().now());
    let claimed = on_tx!(tx, c => sqlx::query(SQL).bind(&key.login).bind(&key.key).bind(&key.route)
        .bind(&key.request_sha256).bind(now.0).execute(c).await?.rows_affected());
    if claimed == 1 {
        return Ok(());
    }
    act.with(|inner| inner.claim = Claim::Taken);
    Err(ServiceError::Conflict(Problem::new(
        "この操作はすでに行われています",
    )))
}

/// What this act wrote stays, and its key with it.
pub(super) fn committed() {
    let _ = ACT.try_with(|act| act.with(|inner| inner.claim = Claim::Committed));
}

#[derive(FromRow)]
struct Row {
    route: String,
    request_sha256: String,
    begun_at: i64,
    status: i64,
    content_type: String,
    answer: String,
}

/// What is known of a key.
pub async fn known(db: &Db, asked: &ActKey) -> Result<Known, ServiceError> {
    const SQL: &str = "SELECT route, request_sha256, begun_at, status, content_type, answer FROM act_key \
        WHERE login = $1 AND key = $2";
    let row: Option<Row> = on_db!(db, pool => sqlx::query_as(SQL).bind(&asked.login).bind(&asked.key)
        .fetch_optional(pool).await?);
    let Some(row) = row else {
        return Ok(Known::No);
    };
    if row.route != asked.route || row.request_sha256 != asked.request_sha256 {
        return Ok(Known::Other);
    }
    if row.status == 0 {
        return Ok(Known::Unanswered(Instant(row.begun_at)));
    }
    Ok(Known::Answered(KeptAnswer {
        status: row.status,
        content_type: row.content_type,
        answer: row.answer,
    }))
}

/// Keeps what was answered to an act.
pub async fn keep(db: &Db, key: &ActKey, kept: &KeptAnswer) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE act_key SET status = $1, content_type = $2, answer = $3 \
        WHERE login = $4 AND key = $5 AND status = 0";
    on_writer!(db, pool => sqlx::query(SQL).bind(kept.status).bind(&kept.content_type).bind(&kept.answer)
        .bind(&key.login).bind(&key.key).execute(pool).await?.rows_affected());
    Ok(())
}

/// Removes keys whose answer is kept no longer.
pub async fn forget_old(tx: &mut Tx, now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM act_key WHERE begun_at <= $1";
    let old = now.plus_hours(-KEPT_HOURS).0;
    on_tx!(tx, c => sqlx::query(SQL).bind(old).execute(c).await?.rows_affected());
    Ok(())
}
