//! Sessions: a random token in a cookie, of which only the hash is stored.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use sha2::{Digest, Sha256};

pub const COOKIE: &str = "kokuho_session";
/// A working day.
pub const HOURS: i64 = 10;

/// Begins a session and returns its token.
pub async fn begin(db: &Db, login: &str, now: Instant) -> Result<String, ServiceError> {
    const OLD: &str = "DELETE FROM session WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO session (token_sha256, login, expires_at) VALUES ($1, $2, $3)";
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let token = hex(&bytes);
    on_db!(db, pool => {
        sqlx::query(OLD).bind(now.0).execute(pool).await?;
        sqlx::query(SQL).bind(hash(&token)).bind(login).bind(now.plus_hours(HOURS).0).execute(pool).await?;
    });
    Ok(token)
}

/// Login and name of a running session.
pub async fn find(db: &Db, token: &str, now: Instant) -> Result<(String, String), ServiceError> {
    const SQL: &str = "SELECT a.login, a.name FROM session s JOIN account a ON a.login = s.login \
        WHERE s.token_sha256 = $1 AND s.expires_at > $2";
    let found: Option<(String, String)> = on_db!(db, pool => sqlx::query_as(SQL)
        .bind(hash(token)).bind(now.0).fetch_optional(pool).await?);
    found.ok_or(ServiceError::NotSignedIn)
}

pub async fn end(db: &Db, token: &str) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM session WHERE token_sha256 = $1";
    on_db!(db, pool => sqlx::query(SQL).bind(hash(token)).execute(pool).await?.rows_affected());
    Ok(())
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
