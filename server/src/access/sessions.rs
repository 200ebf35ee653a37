//! Sessions: a random token in a cookie, of which only the hash is stored.

use super::accounts::Stored;
use super::user::{Stage, User};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Db;
use crate::{on_db, on_writer};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

/// Only this host, only over a secure connection (or on this machine), no script.
pub const COOKIE: &str = "__Host-kokuho";
/// A working day.
pub const HOURS: i64 = 10;
/// Nobody at the screen.
pub const IDLE_SECONDS: u32 = 15 * 60;
/// How exactly the last use is known; writing it each time would cost more than it tells.
const SEEN_SECONDS: i64 = 30;

/// Begins a session and returns its token.
pub async fn begin(
    db: &Db,
    login: &str,
    stage: Stage,
    now: Instant,
) -> Result<String, ServiceError> {
    const OLD: &str = "DELETE FROM session WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO session (token_sha256, login, expires_at, seen_at, both_factors) VALUES ($1, $2, $3, $4, $5)";
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let token = super::hex(&bytes);
    on_writer!(db, pool => {
        sqlx::query(OLD).bind(now.0).execute(pool).await?;
        sqlx::query(SQL).bind(hash(&token)).bind(login).bind(now.plus_hours(HOURS).0).bind(now.0)
            .bind(i64::from(stage == Stage::Full)).execute(pool).await?;
    });
    Ok(token)
}

#[derive(FromRow)]
struct Running {
    #[sqlx(flatten)]
    account: Stored,
    seen_at: i64,
    both_factors: i64,
}

/// Who uses a session that has neither expired nor been left alone, nor lost its account.
pub async fn find(db: &Db, token: &str, now: Instant) -> Result<User, ServiceError> {
    const SQL: &str = "SELECT a.login, a.name, a.password_hash, a.role, a.ward, a.factor, a.disabled_at, \
        s.seen_at, s.both_factors FROM session s JOIN account a ON a.login = s.login \
        WHERE s.token_sha256 = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND a.disabled_at IS NULL";
    const SEEN: &str = "UPDATE session SET seen_at = $1 WHERE token_sha256 = $2";
    let hash = hash(token);
    let idle = now.plus_seconds(-i64::from(IDLE_SECONDS));
    let found: Option<Running> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(&hash).bind(now.0).bind(idle.0).fetch_optional(pool).await?);
    let found = found.ok_or(ServiceError::NotSignedIn)?;
    if Instant(found.seen_at).plus_seconds(SEEN_SECONDS) <= now {
        on_writer!(db, pool => sqlx::query(SEEN).bind(now.0).bind(&hash).execute(pool).await?.rows_affected());
    }
    found.account.user(if found.both_factors == 1 {
        Stage::Full
    } else {
        Stage::Enrolling
    })
}

/// Whether a session is still good; to ask is no use of it.
pub async fn lasts(db: &Db, token: &str, now: Instant) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT s.login FROM session s JOIN account a ON a.login = s.login \
        WHERE s.token_sha256 = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND a.disabled_at IS NULL";
    let idle = now.plus_seconds(-i64::from(IDLE_SECONDS));
    let found: Option<String> = on_db!(db, pool => sqlx::query_scalar(SQL)
        .bind(hash(token)).bind(now.0).bind(idle.0).fetch_optional(pool).await?);
    Ok(found.is_some())
}

pub async fn end(db: &Db, token: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE token_sha256 = $1";
    on_writer!(db, pool => sqlx::query(SQL).bind(hash(token)).execute(pool).await?.rows_affected());
    Ok(())
}

/// Signs an account out everywhere.
pub async fn end_all(db: &Db, login: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE login = $1";
    on_writer!(db, pool => sqlx::query(SQL).bind(login).execute(pool).await?.rows_affected());
    Ok(())
}

fn hash(token: &str) -> String {
    super::hex(&Sha256::digest(token.as_bytes()))
}
