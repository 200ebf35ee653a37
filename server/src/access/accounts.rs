//! Accounts: a login, a name for the screen, and the hash of a password (Argon2id).

use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

/// Shorter passwords are refused.
const SHORTEST: usize = 10;

/// Adds an account or gives it another name and password.
pub async fn set(db: &Db, login: &str, name: &str, password: &str) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO account (login, name, password_hash) VALUES ($1, $2, $3) \
        ON CONFLICT (login) DO UPDATE SET name = $2, password_hash = $3";
    if login.trim().is_empty() {
        return Err(ServiceError::invalid_at(
            "login",
            "利用者名を入力してください",
        ));
    }
    if password.chars().count() < SHORTEST {
        return Err(ServiceError::invalid_at(
            "password",
            format!("パスワードは{SHORTEST}文字以上にしてください"),
        ));
    }
    let password = password.to_owned();
    let hash = work(move || hash(&password)).await??;
    on_db!(db, pool => sqlx::query(SQL).bind(login).bind(name).bind(hash).execute(pool).await?.rows_affected());
    Ok(())
}

/// The name behind a login and password.
pub async fn check(db: &Db, login: &str, password: &str) -> Result<String, ServiceError> {
    const SQL: &str = "SELECT name, password_hash FROM account WHERE login = $1";
    let found: Option<(String, String)> =
        on_db!(db, pool => sqlx::query_as(SQL).bind(login).fetch_optional(pool).await?);
    let password = password.to_owned();
    // An unknown login costs the same time as a wrong password.
    let (name, stored) = match found {
        Some((name, stored)) => (Some(name), Some(stored)),
        None => (None, None),
    };
    let right = work(move || match stored {
        Some(stored) => verify(&password, &stored),
        None => hash(&password).map(|_| false),
    });
    match (right.await??, name) {
        (true, Some(name)) => Ok(name),
        _ => Err(ServiceError::WrongPassword),
    }
}

/// Hashing takes a core for a while; it must not stop the others.
async fn work<T: Send + 'static>(
    task: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(task)
        .await
        .map_err(|error| ServiceError::Internal(error.to_string()))
}

fn hash(password: &str) -> Result<String, ServiceError> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash
        .map_err(|error| ServiceError::Internal(error.to_string()))?
        .to_string())
}

fn verify(password: &str, stored: &str) -> Result<bool, ServiceError> {
    let hash =
        PasswordHash::new(stored).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok())
}
