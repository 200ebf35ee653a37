//! Accounts: a login, a name, a role and a ward; of the password only the hash (Argon2id).

use super::user::{Stage, User};
use crate::error::ServiceError;
use crate::store::Db;
use crate::{on_db, on_writer};
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use kokuho_shared::access::Role;
use kokuho_shared::api::access::Account;
use sqlx::FromRow;

/// Shorter passwords are refused.
const SHORTEST: usize = 10;
/// Longer ones would only keep a core busy.
const LONGEST: usize = 200;

/// What is stored of an account.
#[derive(Clone, Debug, FromRow)]
pub struct Stored {
    pub login: String,
    pub name: String,
    pub password_hash: String,
    pub role: String,
    pub ward: String,
    /// The sealed secret of the second factor.
    pub factor: Option<String>,
    pub disabled_at: Option<i64>,
}

impl Stored {
    pub fn role(&self) -> Result<Role, ServiceError> {
        let unknown = || ServiceError::Internal(format!("役割 {} は使えません", self.role));
        Role::of_key(&self.role).ok_or_else(unknown)
    }

    pub fn user(&self, stage: Stage) -> Result<User, ServiceError> {
        Ok(User {
            login: self.login.clone(),
            name: self.name.clone(),
            role: self.role()?,
            ward: self.ward.clone(),
            stage,
        })
    }
}

/// Adds an account or changes it. A password or role that changes ends its sessions.
pub async fn set(db: &Db, account: &Account, password: Option<&str>) -> Result<(), ServiceError> {
    const CHANGE: &str = "UPDATE account SET name = $1, role = $2, ward = $3, disabled_at = $4, \
        password_hash = COALESCE($5, password_hash) WHERE login = $6";
    const ADD: &str = "INSERT INTO account (login, name, role, ward, disabled_at, password_hash) \
        VALUES ($6, $1, $2, $3, $4, $5)";
    check_fields(account)?;
    let hash = match password {
        Some(password) => Some(hashed(password).await?),
        None => None,
    };
    let known = find(db, &account.login).await?.is_some();
    if !known && hash.is_none() {
        return Err(ServiceError::invalid_at(
            "password",
            "初回のパスワードを入力してください",
        ));
    }
    let disabled = account.disabled.then_some(1i64);
    let sql = if known { CHANGE } else { ADD };
    on_writer!(db, pool => sqlx::query(sql).bind(account.name.trim()).bind(account.role.key()).bind(&account.ward).bind(disabled)
        .bind(hash).bind(&account.login).execute(pool).await?.rows_affected());
    super::sessions::end_all(db, &account.login).await
}

fn check_fields(account: &Account) -> Result<(), ServiceError> {
    let login = &account.login;
    let plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if login.is_empty() || login.len() > 40 || !plain {
        return Err(ServiceError::invalid_at(
            "login",
            "利用者名は半角の英数字と - _ . で40文字までにしてください",
        ));
    }
    if account.name.trim().is_empty() || account.name.chars().count() > 40 {
        return Err(ServiceError::invalid_at(
            "name",
            "氏名を40文字までで入力してください",
        ));
    }
    Ok(())
}

async fn hashed(password: &str) -> Result<String, ServiceError> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let message = format!("パスワードは{SHORTEST}文字以上{LONGEST}文字以下にしてください");
        return Err(ServiceError::invalid_at("password", message));
    }
    let password = password.to_owned();
    work(move || hash(&password)).await?
}

pub async fn find(db: &Db, login: &str) -> Result<Option<Stored>, ServiceError> {
    const SQL: &str = "SELECT login, name, password_hash, role, ward, factor, disabled_at FROM account \
        WHERE login = $1";
    Ok(on_db!(db, pool => sqlx::query_as(SQL).bind(login).fetch_optional(pool).await?))
}

/// Every account, for those who manage them.
pub async fn all(db: &Db) -> Result<Vec<Account>, ServiceError> {
    const SQL: &str = "SELECT login, name, password_hash, role, ward, factor, disabled_at FROM account \
        ORDER BY login";
    let rows: Vec<Stored> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    let account = |stored: Stored| {
        Ok(Account {
            role: stored.role()?,
            has_factor: stored.factor.is_some(),
            disabled: stored.disabled_at.is_some(),
            login: stored.login,
            name: stored.name,
            ward: stored.ward,
        })
    };
    rows.into_iter().map(account).collect()
}

/// Takes the second factor away: it is set up anew at the next sign-in.
pub async fn reset_factor(db: &Db, login: &str) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE account SET factor = NULL, factor_step = 0 WHERE login = $1";
    let changed =
        on_writer!(db, pool => sqlx::query(SQL).bind(login).execute(pool).await?.rows_affected());
    if changed == 0 {
        return Err(ServiceError::NotFound("利用者"));
    }
    super::sessions::end_all(db, login).await
}

/// The account behind a login and password, unless it is disabled.
pub async fn check(db: &Db, login: &str, password: &str) -> Result<Stored, ServiceError> {
    let found = find(db, login).await?;
    if password.chars().count() > LONGEST {
        return Err(ServiceError::WrongPassword);
    }
    let password = password.to_owned();
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    // An unknown login costs the same time as a wrong password.
    let right = work(move || match stored {
        Some(stored) => verify(&password, &stored),
        None => hash(&password).map(|_| false),
    });
    match (right.await??, found) {
        (true, Some(found)) if found.disabled_at.is_none() => Ok(found),
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
