//! 台帳の検証: what must hold of every journal, decision and slip.

use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;

/// What was looked at and what breaks a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub journals: i64,
    pub broken: Vec<String>,
}

/// Each finds the rows that break one rule; its first column names them.
const RULES: [(&str, &str); 5] = [
    (
        "journal does not add up",
        "SELECT j.household_id * 1000000000 + j.id FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id \
         AND e.journal_id = j.id GROUP BY j.household_id, j.id, j.entries \
         HAVING SUM(e.amount) <> 0 OR COUNT(*) <> j.entries LIMIT 10",
    ),
    (
        "entries without a journal",
        "SELECT e.household_id FROM ledger_entry e LEFT JOIN journal j ON j.household_id = e.household_id \
         AND j.id = e.journal_id WHERE j.id IS NULL LIMIT 10",
    ),
    (
        "journal without entries",
        "SELECT j.household_id FROM journal j WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e \
         WHERE e.household_id = j.household_id AND e.journal_id = j.id) LIMIT 10",
    ),
    (
        "newest decision and ledger differ in household",
        "SELECT d.household_id FROM decision d LEFT JOIN (SELECT j.household_id, j.fiscal_year, SUM(e.amount) AS owed \
         FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id AND e.journal_id = j.id \
         WHERE e.account = 'receivable' AND j.kind IN ('initial', 'increase', 'decrease', 'rearrangement') \
         GROUP BY j.household_id, j.fiscal_year) l ON l.household_id = d.household_id AND l.fiscal_year = d.fiscal_year \
         WHERE d.sequence = (SELECT MAX(n.sequence) FROM decision n WHERE n.household_id = d.household_id \
         AND n.fiscal_year = d.fiscal_year) AND COALESCE(l.owed, 0) <> d.total LIMIT 10",
    ),
    (
        "newest slips and ledger differ in household",
        "SELECT p.household_id FROM payment_slip p JOIN (SELECT j.household_id, j.fiscal_year, e.instalment, \
         SUM(e.amount) AS owed FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id \
         AND e.journal_id = j.id WHERE e.account = 'receivable' \
         AND j.kind IN ('initial', 'increase', 'decrease', 'rearrangement') \
         GROUP BY j.household_id, j.fiscal_year, e.instalment) o ON o.household_id = p.household_id \
         AND o.fiscal_year = p.fiscal_year AND o.instalment = p.instalment \
         WHERE p.reissues = (SELECT MAX(n.reissues) FROM payment_slip n WHERE n.household_id = p.household_id \
         AND n.fiscal_year = p.fiscal_year AND n.instalment = p.instalment) AND p.principal <> o.owed \
         AND EXISTS (SELECT 1 FROM letter l WHERE l.kind = 'premium_notice' AND l.subject_id = (SELECT d.id FROM decision d \
         WHERE d.household_id = p.household_id AND d.fiscal_year = p.fiscal_year ORDER BY d.sequence DESC LIMIT 1)) \
         LIMIT 10",
    ),
];

pub async fn verify(db: &Db) -> Result<Verified, ServiceError> {
    const COUNT: &str = "SELECT COUNT(*) FROM journal";
    let mut found = Verified {
        journals: on_db!(db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await?),
        broken: Vec::new(),
    };
    for (rule, sql) in RULES {
        let rows: Vec<i64> = on_db!(db, pool => sqlx::query_scalar(sql).fetch_all(pool).await?);
        found
            .broken
            .extend(rows.into_iter().map(|row| format!("{rule} {row}")));
    }
    Ok(found)
}
