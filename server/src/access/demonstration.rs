//! A database that was made for demonstration says so; a city's own never can.

use crate::error::ServiceError;
use crate::store::{Db, Lock};
use crate::{on_db, on_tx};

const NAME: &str = "demonstration";

/// Whether the database is a demonstration's.
pub async fn is(db: &Db) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT value FROM setting WHERE name = $1";
    let value: Option<String> =
        on_db!(db, pool => sqlx::query_scalar(SQL).bind(NAME).fetch_optional(pool).await?);
    Ok(value.is_some())
}

/// Makes a demonstration of a database in which nobody has an account yet.
pub async fn begin(db: &Db) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO setting (name, value) SELECT $1, 'yes' WHERE NOT EXISTS (SELECT 1 FROM account) \
        ON CONFLICT (name) DO NOTHING";
    let mut tx = db.write(Lock::Nothing).await?;
    on_tx!(&mut tx, connection => sqlx::query(SQL).bind(NAME).execute(connection).await?.rows_affected());
    tx.commit().await?;
    refuse_elsewhere(db).await
}

/// Refuses what only a demonstration may do.
pub async fn refuse_elsewhere(db: &Db) -> Result<(), ServiceError> {
    if is(db).await? {
        return Ok(());
    }
    let text = "このデータベースは市のものです。デモ用の操作はできません";
    Err(ServiceError::invalid_at("database", text))
}
