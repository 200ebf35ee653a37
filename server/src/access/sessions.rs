//! Sessions: a random token in a cookie, of which only the hash is stored.

pub mod routes;

use super::accounts::StoredAccount;
use super::user::{Stage, User};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Tx, once};
use crate::{on_db, on_tx, on_writer, row};
use kokuho_shared::api::session::OpenSession;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::time::Duration;

/// Only this host, only over a secure connection (or on this machine), no script.
pub const COOKIE: &str = "__Host-kokuho";
/// A working day.
pub const HOURS: i64 = 10;
/// After this time without activity a session ends.
pub const IDLE_SECONDS: u32 = 15 * 60;
/// How exactly the last use is known; writing it each time would cost more than it tells.
const SEEN_SECONDS: i64 = 30;
const SEEN_WAIT: Duration = Duration::from_millis(200);

/// Where a session begins.
#[derive(Clone, Debug, Default)]
pub struct Here {
    pub address: String,
    /// The browser's family.
    pub browser: &'static str,
}

/// Begins a session and returns its token.
pub async fn begin(
    tx: &mut Tx,
    user: &User,
    here: &Here,
    now: Instant,
) -> Result<String, ServiceError> {
    const OLD: &str = "DELETE FROM session WHERE expires_at <= $1";
    let mut bytes = [0u8; 40];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let (token, id) = bytes.split_at(32);
    let token = super::hex(token);
    on_tx!(&mut *tx, connection => sqlx::query(OLD).bind(now.0).execute(connection).await?.rows_affected());
    once::forget_old(tx, now).await?;
    let row = row! {
        id: exact(id),
        token_sha256: hash(&token),
        login: user.login.clone(),
        expires_at: now.plus_hours(HOURS),
        begun_at: now,
        seen_at: now,
        both_factors: i64::from(user.stage == Stage::Full),
        address: here.address.clone(),
        browser: here.browser,
    };
    tx.insert("session", &[row]).await?;
    Ok(token)
}

/// A number that a browser reads exactly (53 bits).
fn exact(bytes: &[u8]) -> i64 {
    let number = bytes
        .iter()
        .fold(0i64, |number, byte| (number << 8) | i64::from(*byte));
    number & ((1 << 53) - 1)
}

#[derive(FromRow)]
struct Running {
    #[sqlx(flatten)]
    account: StoredAccount,
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
        // Best effort: a look does not wait for whoever writes for long, and the next one tells it again.
        let told = async {
            on_writer!(db, pool => sqlx::query(SEEN).bind(now.0).bind(&hash).execute(pool).await.is_ok())
        };
        if tokio::time::timeout(SEEN_WAIT, told).await != Ok(true) {
            tracing::debug!("the last use of a session could not be kept");
        }
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

#[derive(FromRow)]
struct Listed {
    id: i64,
    token_sha256: String,
    begun_at: i64,
    seen_at: i64,
    address: String,
    browser: String,
}

/// Where an account is signed in, the newest first; `token` is of the session that asks.
pub async fn of_account(
    db: &Db,
    login: &str,
    token: Option<&str>,
    now: Instant,
) -> Result<Vec<OpenSession>, ServiceError> {
    const SQL: &str = "SELECT id, token_sha256, begun_at, seen_at, address, browser FROM session \
        WHERE login = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY begun_at DESC, id";
    let idle = now.plus_seconds(-i64::from(IDLE_SECONDS));
    let rows: Vec<Listed> = on_db!(db, pool => sqlx::query_as(SQL).bind(login).bind(now.0).bind(idle.0)
        .fetch_all(pool).await?);
    let own = token.map(hash);
    let session = |row: Listed| OpenSession {
        id: row.id,
        begun_at: Instant(row.begun_at).text(),
        seen_at: Instant(row.seen_at).text(),
        address: row.address,
        browser: row.browser,
        here: own.as_ref() == Some(&row.token_sha256),
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Ends one session of an account.
pub async fn end_one(tx: &mut Tx, login: &str, id: i64) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE login = $1 AND id = $2";
    let ended = on_tx!(tx, connection => sqlx::query(SQL).bind(login).bind(id).execute(connection).await?.rows_affected());
    match ended {
        0 => Err(ServiceError::NotFound("サインイン")),
        _ => Ok(()),
    }
}

pub async fn end(tx: &mut Tx, token: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE token_sha256 = $1";
    on_tx!(tx, connection => sqlx::query(SQL).bind(hash(token)).execute(connection).await?.rows_affected());
    Ok(())
}

/// Signs an account out everywhere.
pub async fn end_all(tx: &mut Tx, login: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE login = $1";
    on_tx!(tx, connection => sqlx::query(SQL).bind(login).execute(connection).await?.rows_affected());
    Ok(())
}

/// Signs an account out everywhere but here.
pub async fn end_others(tx: &mut Tx, login: &str, token: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE login = $1 AND token_sha256 <> $2";
    on_tx!(tx, connection => sqlx::query(SQL).bind(login).bind(hash(token)).execute(connection).await?.rows_affected());
    Ok(())
}

fn hash(token: &str) -> String {
    super::hex(&Sha256::digest(token.as_bytes()))
}
