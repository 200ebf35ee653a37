//! 収納の検証: what must hold of slips, and their part of the state.

use crate::checks::Rule;

pub const RULES: &[Rule] = &[Rule {
    name: "newest slips and ledger differ in household",
    sql: "SELECT p.household_id FROM payment_slip p JOIN (SELECT j.household_id, j.fiscal_year, e.instalment, \
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
}];

pub const STATE: &[&str] = &[
    "SELECT number || ',' || household_id || ',' || instalment || ',' || reissues || ',' || principal \
     FROM payment_slip ORDER BY number",
];
