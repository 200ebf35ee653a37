//! 台帳の検証: what must hold of every journal, and its part of the state.

use crate::checks::Rule;
use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;

pub const RULES: &[Rule] = &[
    Rule {
        name: "journal does not add up",
        sql: "SELECT j.household_id * 1000000000 + j.id FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id \
         AND e.journal_id = j.id GROUP BY j.household_id, j.id, j.entries \
         HAVING SUM(e.amount) <> 0 OR COUNT(*) <> j.entries LIMIT 10",
    },
    Rule {
        name: "entries without a journal",
        sql: "SELECT e.household_id FROM ledger_entry e LEFT JOIN journal j ON j.household_id = e.household_id \
         AND j.id = e.journal_id WHERE j.id IS NULL LIMIT 10",
    },
    Rule {
        name: "journal without entries",
        sql: "SELECT j.household_id FROM journal j WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e \
         WHERE e.household_id = j.household_id AND e.journal_id = j.id) LIMIT 10",
    },
];

pub const STATE: &[&str] = &[
    "SELECT household_id || ',' || id || ',' || fiscal_year || ',' || kind || ',' || source || ',' || entries \
     FROM journal ORDER BY household_id, id",
    "SELECT household_id || ',' || journal_id || ',' || line || ',' || account || ',' || instalment || ',' || part \
     || ',' || amount FROM ledger_entry ORDER BY household_id, journal_id, line",
];

/// How many journals there are.
pub async fn journals(db: &Db) -> Result<i64, ServiceError> {
    const COUNT: &str = "SELECT COUNT(*) FROM journal";
    Ok(on_db!(db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await?))
}
