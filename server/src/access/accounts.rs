//! Accounts: a login, a name, a role and a ward; of the password only the hash (Argon2id).

use super::notices::{self, Change};
use super::user::{Stage, User};
use super::{passwords, sessions};
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx};
use kokuho_shared::access::{Action, Role};
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::Account;
use kokuho_shared::api::session::AccountChange;
use sqlx::FromRow;

/// What is stored of an account.
#[derive(Clone, Debug, FromRow)]
pub struct StoredAccount {
    pub login: String,
    pub name: String,
    /// Empty while its owner has not chosen one.
    pub password_hash: String,
    pub role: String,
    pub ward: String,
    /// The sealed secret of the second factor.
    pub factor: Option<String>,
    pub disabled_at: Option<i64>,
}

impl StoredAccount {
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
            machine_user: None,
        })
    }
}

/// Waits for its turn among the changes of accounts, and takes its number. Until the commit no
/// other change goes on.
pub async fn turn(tx: &mut Tx) -> Result<i64, ServiceError> {
    tx.take_numbers("account_change", 1).await
}

/// Refuses an account that is no longer an administrator when its turn comes.
pub async fn still_administers(tx: &mut Tx, login: &str) -> Result<(), ServiceError> {
    let found = find_in(tx, login).await?;
    let found = found.filter(|found| found.disabled_at.is_none());
    match found.map(|found| found.role()).transpose()? {
        Some(role) if role.may(Action::ManageAccounts) => Ok(()),
        _ => Err(ServiceError::Forbidden),
    }
}

/// Makes an account as it is, without a second pair of eyes: the first one of an installation, and
/// those of demonstrations and tests.
pub async fn make(db: &Db, account: &Account, password: &str) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO account (login, name, role, ward, password_hash) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (login) DO UPDATE SET name = $2, role = $3, ward = $4, password_hash = $5, disabled_at = NULL";
    check_fields(account)?;
    let hash = passwords::hashed(password).await?;
    let mut tx = db.write(Lock::Nothing).await?;
    on_tx!(&mut tx, connection => sqlx::query(SQL).bind(&account.login).bind(account.name.trim())
        .bind(account.role.key()).bind(&account.ward).bind(hash).execute(connection).await?.rows_affected());
    sessions::end_all(&mut tx, &account.login).await?;
    tx.commit().await
}

/// Whether there is no account yet.
pub async fn is_empty(db: &Db) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM account";
    let count: i64 = on_db!(db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?);
    Ok(count == 0)
}

/// How many administrators there are; suspended ones count, since one alone may suspend all others.
pub async fn administrators(db: &Db) -> Result<i64, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM account WHERE role = 'system_admin'";
    Ok(on_db!(db, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?))
}

/// Login, name and ward of an account must be usable.
pub fn check_fields(account: &Account) -> Result<(), ServiceError> {
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
    if account.ward.chars().count() > 20 {
        return Err(ServiceError::invalid_at(
            "ward",
            "行政区を20文字までで入力してください",
        ));
    }
    Ok(())
}

const FIND: &str = "SELECT login, name, password_hash, role, ward, factor, disabled_at FROM account \
    WHERE login = $1";

pub async fn find(db: &Db, login: &str) -> Result<Option<StoredAccount>, ServiceError> {
    Ok(on_db!(db, pool => sqlx::query_as(FIND).bind(login).fetch_optional(pool).await?))
}

/// The same in a transaction.
pub async fn find_in(tx: &mut Tx, login: &str) -> Result<Option<StoredAccount>, ServiceError> {
    Ok(on_tx!(tx, connection => sqlx::query_as(FIND).bind(login).fetch_optional(connection).await?))
}

/// Every account, for those who manage them.
pub async fn all(db: &Db) -> Result<Vec<Account>, ServiceError> {
    const SQL: &str = "SELECT login, name, password_hash, role, ward, factor, disabled_at FROM account \
        ORDER BY login";
    let rows: Vec<StoredAccount> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    let account = |stored: StoredAccount| {
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

/// 利用の停止: at once and by one administrator, because it opens nothing. Never oneself, so that one
/// administrator is always left.
pub async fn suspend(db: &Db, login: &str, user: &User, clock: Clock) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE account SET disabled_at = $1 WHERE login = $2 AND disabled_at IS NULL";
    if login == user.login {
        let text = "自分の利用者は停止できません。別の管理者が停止してください";
        return Err(ServiceError::invalid_at("login", text));
    }
    let mut tx = db.write(Lock::Nothing).await?;
    let id = turn(&mut tx).await?;
    still_administers(&mut tx, &user.login).await?;
    let now = clock.now();
    let changed = on_tx!(&mut tx, connection => sqlx::query(SQL).bind(now.0).bind(login)
        .execute(connection).await?.rows_affected());
    if changed == 0 {
        return match find_in(&mut tx, login).await? {
            Some(_) => Err(ServiceError::Conflict(Problem::new("停止済みの利用者です"))),
            None => Err(ServiceError::NotFound("利用者")),
        };
    }
    sessions::end_all(&mut tx, login).await?;
    let change = Change {
        id,
        login,
        what: AccountChange::Disabled,
        by: user.login.clone(),
    };
    notices::tell(&mut tx, &change, now).await?;
    let entry = Entry::new(user, AuditAction::AccountSet, now);
    let entry = entry.detail(format!("{login} disabled"));
    entry.write(&mut tx).await?;
    tx.commit().await
}
