//! 二要素認証: a time-based code (RFC 6238), each accepted once.

use super::keys::Keys;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::api::Problem;
use totp_rs::{Builder, Totp};

/// 160 bits, as the standard recommends.
const SECRET_BYTES: usize = 20;

/// A new secret.
pub fn new_secret() -> Result<[u8; SECRET_BYTES], ServiceError> {
    let mut secret = [0u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(secret)
}

fn totp(login: &str, secret: &[u8]) -> Result<Totp, ServiceError> {
    let builder = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(login.replace(':', "_"))
        .with_issuer(Some("kokuho"));
    builder
        .build()
        .map_err(|error| ServiceError::Internal(error.to_string()))
}

/// The address that an authenticator reads.
pub fn address(login: &str, secret: &[u8]) -> Result<String, ServiceError> {
    totp(login, secret)?
        .to_url()
        .map_err(|error| ServiceError::Internal(error.to_string()))
}

/// The code at a moment, for demonstrations and tests.
pub fn code(login: &str, secret: &[u8], now: Instant) -> Result<String, ServiceError> {
    Ok(totp(login, secret)?.generate(now.seconds()).to_string())
}

/// The step that a code belongs to, if it is right now (one step of delay is allowed).
pub fn step_of(
    login: &str,
    secret: &[u8],
    code: &str,
    now: Instant,
) -> Result<Option<i64>, ServiceError> {
    let digits: String = kokuho_shared::text::half_width(code)
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    if digits.len() != 6 {
        return Ok(None);
    }
    let step = totp(login, secret)?.check(&digits, now.seconds());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Where a secret is sealed for.
pub fn seal_context(login: &str) -> String {
    format!("account.factor:{login}")
}

/// Accepts a code once: of two requests with the same code only one goes through.
pub async fn spend(db: &Db, login: &str, step: i64) -> Result<bool, ServiceError> {
    const SQL: &str = "UPDATE account SET factor_step = $1 WHERE login = $2 AND factor_step < $1";
    let mut tx = db.write(Lock::Nothing).await?;
    let spent = on_tx!(&mut tx, connection => sqlx::query(SQL).bind(step).bind(login).execute(connection).await?.rows_affected());
    tx.commit().await?;
    Ok(spent == 1)
}

/// The opened secret of an account that has one.
pub fn secret(keys: &Keys, login: &str, sealed: &str) -> Result<Vec<u8>, ServiceError> {
    keys.open(&seal_context(login), sealed)
}

/// Gives an account that has none its second factor; `step` is that of the code that proved it.
pub async fn set(
    tx: &mut Tx,
    keys: &Keys,
    login: &str,
    secret: &[u8],
    step: i64,
) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE account SET factor = $1, factor_step = $2 WHERE login = $3 AND factor IS NULL";
    let sealed = keys.seal(&seal_context(login), secret)?;
    let set = on_tx!(tx, connection => sqlx::query(SQL).bind(sealed).bind(step).bind(login).execute(connection).await?.rows_affected());
    match set {
        1 => Ok(()),
        _ => Err(ServiceError::Conflict(Problem::new(
            "二要素認証は設定済みです。サインインし直してください",
        ))),
    }
}

/// The same for an account that was made without a second pair of eyes, in place of any other one.
pub async fn make(db: &Db, keys: &Keys, login: &str, secret: &[u8]) -> Result<(), ServiceError> {
    const NONE: &str = "UPDATE account SET factor = NULL WHERE login = $1";
    let mut tx = db.write(Lock::Nothing).await?;
    on_tx!(&mut tx, connection => sqlx::query(NONE).bind(login).execute(connection).await?.rows_affected());
    set(&mut tx, keys, login, secret, 0).await?;
    tx.commit().await
}
