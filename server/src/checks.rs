//! 検証: what must hold of rows, and one hash of everything that was decided, booked and told. Whoever owns tables
//! brings the rules and the texts of their state.

use crate::access::hex;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use sha2::{Digest, Sha256};
use tokio_stream::StreamExt;

/// A rule: the statement finds rows that break it, ten at most; its only column names them.
pub struct Rule {
    pub name: &'static str,
    pub sql: &'static str,
}

/// What breaks the rules.
pub async fn broken(
    db: &Db,
    rules: impl IntoIterator<Item = &'static Rule>,
) -> Result<Vec<String>, ServiceError> {
    let mut broken = Vec::new();
    for rule in rules {
        let rows: Vec<i64> =
            on_db!(db, pool => sqlx::query_scalar(rule.sql).fetch_all(pool).await?);
        broken.extend(rows.into_iter().map(|row| format!("{} {row}", rule.name)));
    }
    Ok(broken)
}

/// 最終状態: the hash of tables, the same for the same work. Each statement gives one text a row, in an order that does
/// not depend on when rows were written.
pub async fn hash(
    db: &Db,
    tables: impl IntoIterator<Item = &'static str>,
) -> Result<String, ServiceError> {
    let mut hasher = Sha256::new();
    for sql in tables {
        on_db!(db, pool => {
            let mut rows = sqlx::query_scalar::<_, String>(sql).fetch(pool);
            while let Some(row) = rows.next().await {
                hasher.update(row?.as_bytes());
                hasher.update(b"\n");
            }
        });
        hasher.update(b"#");
    }
    Ok(hex(&hasher.finalize()))
}
