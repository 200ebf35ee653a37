//! What an approved request does.

use super::RequestContent;
use crate::access::notices;
use crate::access::sessions;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use kokuho_shared::api::access::RequestKind;
use kokuho_shared::api::session::AccountChange;

/// A request that was approved, with the number of its turn and who stands for it.
pub(super) struct Change<'a> {
    pub number: i64,
    pub asked: &'a RequestContent,
    pub by: String,
}

/// Changes the account, ends its sessions and tells its owner.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &Change<'_>,
    now: Instant,
) -> Result<(), ServiceError> {
    const CREATE: &str =
        "INSERT INTO account (name, role, ward, login, password_hash) VALUES ($1, $2, $3, $4, '')";
    const CHANGE: &str = "UPDATE account SET name = $1, role = $2, ward = $3 WHERE login = $4";
    const ENABLE: &str = "UPDATE account SET disabled_at = NULL WHERE login = $1";
    // Without a password the account cannot sign in until the link was used.
    const PASSWORD: &str = "UPDATE account SET password_hash = '' WHERE login = $1";
    const FACTOR: &str =
        "UPDATE account SET password_hash = '', factor = NULL, factor_step = 0 WHERE login = $1";
    let asked = change.asked;
    let (sql, what) = match asked.kind {
        RequestKind::Create => (CREATE, None),
        RequestKind::Change => (CHANGE, Some(AccountChange::Role)),
        RequestKind::Enable => (ENABLE, Some(AccountChange::Enabled)),
        RequestKind::Password => (PASSWORD, Some(AccountChange::Password)),
        RequestKind::Factor => (FACTOR, Some(AccountChange::Factor)),
    };
    let changed = match asked.kind {
        RequestKind::Create | RequestKind::Change => {
            let (name, role, ward) = (&asked.name, asked.role.key(), &asked.ward);
            on_tx!(&mut *tx, connection => sqlx::query(sql).bind(name).bind(role).bind(ward).bind(&asked.login)
                .execute(connection).await?.rows_affected())
        }
        _ => {
            on_tx!(&mut *tx, connection => sqlx::query(sql).bind(&asked.login)
                .execute(connection).await?.rows_affected())
        }
    };
    if changed == 0 {
        return Err(ServiceError::NotFound("利用者"));
    }
    sessions::end_all(tx, &asked.login).await?;
    let Some(what) = what else {
        return Ok(());
    };
    let told = notices::Change {
        id: change.number,
        login: &asked.login,
        what,
        by: change.by.clone(),
    };
    notices::tell(tx, &told, now).await
}
