//! 最終状態: one hash over decisions, ledger, letters and slips, the same for the same work.

use crate::access::hex;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use sha2::{Digest, Sha256};
use tokio_stream::StreamExt;

/// Each gives one text a row, in an order that does not depend on when rows were written.
const TABLES: [&str; 5] = [
    "SELECT id || ',' || household_id || ',' || fiscal_year || ',' || sequence || ',' || run_id || ',' || total \
     || ',' || inputs || ',' || result FROM decision ORDER BY household_id, fiscal_year, sequence",
    "SELECT household_id || ',' || id || ',' || fiscal_year || ',' || kind || ',' || source || ',' || entries \
     FROM journal ORDER BY household_id, id",
    "SELECT household_id || ',' || journal_id || ',' || line || ',' || account || ',' || instalment || ',' || part \
     || ',' || amount FROM ledger_entry ORDER BY household_id, journal_id, line",
    "SELECT number || ',' || household_id || ',' || content_sha256 FROM letter ORDER BY number",
    "SELECT number || ',' || household_id || ',' || instalment || ',' || reissues || ',' || principal \
     FROM payment_slip ORDER BY number",
];

/// The hash of everything that was decided, booked and told.
pub async fn hash(db: &Db) -> Result<String, ServiceError> {
    let mut hasher = Sha256::new();
    for sql in TABLES {
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
