//! 本人確認: password and code, asked and answered together. Which of them was wrong is not told, not
//! even by the time it takes.

use super::accounts::{self, StoredAccount};
use super::attempts::{self, Attempt, SignInOrigin};
use super::keys::Keys;
use super::notices::{self, Change};
use super::user::{Stage, User};
use super::{factor, passwords, sessions};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::api::session::AccountChange;

/// Context of an attempt to sign in.
pub struct SignInContext<'a> {
    pub db: &'a Db,
    pub keys: &'a Keys,
    pub origin: &'a SignInOrigin,
    pub now: Instant,
}

/// What the client sends to prove who it is.
pub struct Credential<'a> {
    pub login: &'a str,
    pub password: &'a str,
    /// Of the second factor; an account that has none yet needs none.
    pub code: &'a str,
}

/// Somebody who has proved to be who they say.
pub struct Proved {
    pub account: StoredAccount,
    pub stage: Stage,
    attempt: Attempt,
    /// A hash with the work that is usual now, where the stored one has less.
    raised: Option<String>,
}

impl Proved {
    pub fn user(&self) -> Result<User, ServiceError> {
        self.account.user(self.stage)
    }

    /// Belongs into the transaction of what the proof was for.
    pub async fn note(&self, tx: &mut Tx, now: Instant) -> Result<(), ServiceError> {
        const RAISE: &str =
            "UPDATE account SET password_hash = $1 WHERE login = $2 AND password_hash = $3";
        self.attempt.succeeded(tx, now).await?;
        if let Some(raised) = &self.raised {
            on_tx!(tx, connection => sqlx::query(RAISE).bind(raised).bind(&self.account.login)
                .bind(&self.account.password_hash).execute(connection).await?.rows_affected());
        }
        Ok(())
    }
}

/// Counts the attempt, then looks at password and code.
pub async fn prove(
    door: &SignInContext<'_>,
    told: &Credential<'_>,
) -> Result<Proved, ServiceError> {
    let attempt = Attempt::reserve(door.db, told.login, door.origin, door.now).await?;
    let found = accounts::find(door.db, told.login).await?;
    match stage(door, told, found.as_ref()).await {
        Ok(Some(stage)) => {
            let account = found.ok_or(ServiceError::WrongPassword)?;
            let raised = match passwords::is_outdated(&account.password_hash) {
                true => Some(passwords::hashed(told.password).await?),
                false => None,
            };
            Ok(Proved {
                account,
                stage,
                attempt,
                raised,
            })
        }
        Ok(None) => {
            refuse(door, &attempt, found.as_ref()).await?;
            Err(ServiceError::WrongPassword)
        }
        Err(why) => {
            attempt.taken_back(door.db).await?;
            Err(why)
        }
    }
}

/// How far the credentials lead; `None` if any of them is wrong.
async fn stage(
    door: &SignInContext<'_>,
    told: &Credential<'_>,
    found: Option<&StoredAccount>,
) -> Result<Option<Stage>, ServiceError> {
    let hash = found.map(|found| found.password_hash.as_str());
    let right = passwords::is_right(told.password, hash).await?;
    let Some(account) = found.filter(|found| right && found.disabled_at.is_none()) else {
        return Ok(None);
    };
    let Some(sealed) = &account.factor else {
        return Ok(Some(Stage::Enrolling));
    };
    let secret = factor::secret(door.keys, &account.login, sealed)?;
    let step = factor::step_of(&account.login, &secret, told.code, door.now)?;
    match step {
        Some(step) if factor::spend(door.db, &account.login, step).await? => Ok(Some(Stage::Full)),
        _ => Ok(None),
    }
}

/// Records the failure and who has to wait from now on. Of a login that nobody has nothing
/// is kept: it may be a password in the wrong field.
async fn refuse(
    door: &SignInContext<'_>,
    attempt: &Attempt,
    found: Option<&StoredAccount>,
) -> Result<(), ServiceError> {
    let login = found.map_or("", |found| found.login.as_str());
    let (from, waits) = attempt.audit_details(door.now);
    let mut tx = door.db.write(Lock::Nothing).await?;
    let entry = |what| Entry::by(login, "", what, door.now);
    entry(AuditAction::SignInFailed)
        .detail(from)
        .write(&mut tx)
        .await?;
    if let Some(waits) = waits {
        entry(AuditAction::SignInThrottled)
            .detail(waits)
            .write(&mut tx)
            .await?;
    }
    attempts::forget_old(&mut tx, door.now).await?;
    tx.commit().await
}

/// One's own new password, after a proof of the old one; the sessions elsewhere end.
pub async fn change_password(
    db: &Db,
    proved: &Proved,
    password: &str,
    token: &str,
    now: Instant,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE account SET password_hash = $1 WHERE login = $2";
    let (hash, user) = (passwords::hashed(password).await?, proved.user()?);
    let mut tx = db.write(Lock::Nothing).await?;
    let id = accounts::turn(&mut tx).await?;
    proved.note(&mut tx, now).await?;
    on_tx!(&mut tx, connection => sqlx::query(SQL).bind(hash).bind(&user.login).execute(connection).await?.rows_affected());
    sessions::end_others(&mut tx, &user.login, token).await?;
    let change = Change {
        id,
        login: &user.login,
        what: AccountChange::Password,
        by: user.login.clone(),
    };
    notices::tell(&mut tx, &change, now).await?;
    let entry = Entry::new(&user, AuditAction::PasswordSet, now);
    entry.write(&mut tx).await?;
    tx.commit().await
}
