//! 変更のお知らせ: what was changed of an account, told to its owner at the next sign-in.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::api::session::{AccountChange, AccountNotice};
use sqlx::FromRow;

/// A change of an account.
pub struct Change<'a> {
    /// From [`super::accounts::turn`].
    pub id: i64,
    pub login: &'a str,
    pub what: AccountChange,
    /// Logins of who changed it.
    pub by: String,
}

/// Tells the owner, in the transaction of the change.
pub async fn tell(tx: &mut Tx, change: &Change<'_>, now: Instant) -> Result<(), ServiceError> {
    let row = row! {
        id: change.id,
        login: change.login.to_owned(),
        at: now,
        what: change.what.key(),
        by_logins: change.by.clone(),
    };
    tx.insert("account_notice", &[row]).await
}

#[derive(FromRow)]
struct Row {
    at: i64,
    what: String,
    by_logins: String,
}

/// What an owner has not seen yet, the newest first.
pub async fn unseen(db: &Db, login: &str) -> Result<Vec<AccountNotice>, ServiceError> {
    const SQL: &str = "SELECT at, what, by_logins FROM account_notice WHERE login = $1 AND seen_at IS NULL ORDER BY id DESC";
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(SQL).bind(login).fetch_all(pool).await?);
    let notice = |row: Row| {
        Some(AccountNotice {
            at: Instant(row.at).text(),
            what: AccountChange::of_key(&row.what)?,
            by: row.by_logins,
        })
    };
    Ok(rows.into_iter().filter_map(notice).collect())
}

/// The owner has seen them.
pub async fn seen(db: &Db, login: &str, now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE account_notice SET seen_at = $1 WHERE login = $2 AND seen_at IS NULL";
    let mut tx = db.write(Lock::Nothing).await?;
    on_tx!(&mut tx, connection => sqlx::query(SQL).bind(now.0).bind(login).execute(connection).await?.rows_affected());
    tx.commit().await
}
