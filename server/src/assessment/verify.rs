//! 検証: every stored decision is computed again from its inputs and parameters.

use super::decisions::{self, StoredDecision};
use super::draft;
use super::encoding;
use crate::checks::Rule;
use crate::error::ServiceError;
use crate::figures;
use crate::store::Db;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::schedule::Schedule;
use kokuho_shared::ids::DecisionId;
use std::collections::HashMap;

/// What must hold of decisions and the ledger.
pub const RULES: &[Rule] = &[
    Rule {
        name: "notice of no decision for household",
        sql: "SELECT l.household_id FROM letter l WHERE l.kind = 'premium_notice' AND NOT EXISTS \
         (SELECT 1 FROM decision d WHERE d.id = l.subject_id AND d.household_id = l.household_id) LIMIT 10",
    },
    Rule {
        name: "newest decision and ledger differ in household",
        sql: "SELECT d.household_id FROM decision d LEFT JOIN (SELECT j.household_id, j.fiscal_year, SUM(e.amount) AS owed \
         FROM journal j JOIN ledger_entry e ON e.household_id = j.household_id AND e.journal_id = j.id \
         WHERE e.account = 'receivable' AND j.kind IN ('initial', 'increase', 'decrease', 'rearrangement') \
         GROUP BY j.household_id, j.fiscal_year) l ON l.household_id = d.household_id AND l.fiscal_year = d.fiscal_year \
         WHERE d.sequence = (SELECT MAX(n.sequence) FROM decision n WHERE n.household_id = d.household_id \
         AND n.fiscal_year = d.fiscal_year) AND COALESCE(l.owed, 0) <> d.total LIMIT 10",
    },
];

/// Its part of the state.
pub const STATE: &[&str] = &[
    "SELECT id || ',' || household_id || ',' || fiscal_year || ',' || sequence || ',' || run_id || ',' || total \
     || ',' || inputs || ',' || result FROM decision ORDER BY household_id, fiscal_year, sequence",
];

/// What the verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionVerification {
    pub decisions: u64,
    /// Number of the decision and what differs.
    pub differences: Vec<(DecisionId, String)>,
}

const AT_ONCE: i64 = 1_000;

pub async fn verify(db: &Db) -> Result<DecisionVerification, ServiceError> {
    let mut found = DecisionVerification::default();
    let mut assessors = HashMap::new();
    let mut after = DecisionId::default();
    loop {
        let rows = decisions::after(db, after, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = last.id;
        for stored in &rows {
            found.decisions += 1;
            if let Err(difference) = again(stored, &mut assessors) {
                found.differences.push((stored.id, difference));
            }
        }
    }
}

/// Decisions from before there were schedules named the year's instalments as a whole.
fn schedule(stored: &StoredDecision) -> Result<Option<Schedule>, String> {
    if stored.schedule.is_empty() {
        return Ok(None);
    }
    let schedule = serde_json::from_str(&stored.schedule);
    schedule.map(Some).map_err(|error| error.to_string())
}

fn again(stored: &StoredDecision, assessors: &mut HashMap<String, Assessor>) -> Result<(), String> {
    let unknown = || format!("parameters {} are not known", stored.parameters);
    let (code, _) = stored.parameters.split_once('/').ok_or_else(unknown)?;
    let year = stored.fiscal_year;
    let document = figures::find(code, year).map_err(|_| unknown())?.document;
    // 仮算定 may have been decided before the rates of its year were there.
    if document.sha256 != stored.parameters_sha256 && !draft::is_provisional(&stored.schedule) {
        return Err(format!(
            "parameters {} have other bytes now",
            stored.parameters
        ));
    }
    if !assessors.contains_key(&stored.parameters) {
        let assessor = figures::assessor(code, year).map_err(|error| error.to_string())?;
        assessors.insert(stored.parameters.clone(), assessor);
    }
    let assessor = assessors.get(&stored.parameters).ok_or_else(unknown)?;
    let inputs: Household =
        serde_json::from_str(&stored.inputs).map_err(|error| error.to_string())?;
    let schedule = schedule(stored)?;
    let result = assessor
        .assess_on(&inputs, schedule.as_ref())
        .map_err(|error| error.to_string())?;
    let stored_result = encoding::read(&stored.result).map_err(|error| error.to_string())?;
    let mut now = result.clone();
    if encoding::is_whole(&stored.result) {
        now.instalments.clone_from(&stored_result.instalments);
    }
    match now == stored_result && result.premium.total.0 == stored.total {
        true => Ok(()),
        false => Err(format!(
            "computed {} now, stored {}",
            result.premium.total.0, stored.total
        )),
    }
}
