//! The facts of an import: what is new is added, what is no longer so ends, the same writes nothing.

use super::super::eligibility_file::EligibilityLine;
use super::super::known;
use super::super::moves::{Moves, Planned, Refused};
use super::super::residents_file::{Line, Resident};
use crate::error::ServiceError;
use crate::store::Tx;
use crate::store::bulk::Value;
use crate::store::facts::{ELIGIBILITY, INCOME, IncomeFact, income_row};
use kokuho_shared::api::import::{ImportRun, Progress};
use kokuho_shared::text::{fold_kana, fold_place};
use std::collections::{BTreeSet, HashMap};

/// Facts to write and the counts for the record.
#[derive(Default)]
struct Changes {
    added: Vec<Vec<Value>>,
    superseded: Vec<i64>,
    new: i64,
    changed: i64,
    unchanged: i64,
}

/// Persons whose household or days there have changed, and the households that were theirs.
pub(super) type Concerned = (Vec<i64>, Vec<i64>);

pub(super) struct Writer<'a> {
    pub(super) change: i64,
    pub(super) at: i64,
    pub(super) tell: &'a (dyn Fn(Progress) + Send + Sync),
    pub(super) total: u64,
}

const PERSON: &[&str] = &[
    "id",
    "person_id",
    "change_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "resident_number",
    "name",
    "kana",
    "name_folded",
    "kana_folded",
    "birth_date",
    "sex",
    "postcode",
    "address",
    "ward",
    "place",
];
const MEMBERSHIP: &[&str] = &[
    "id",
    "household_id",
    "person_id",
    "change_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "household_number",
    "relation",
    "head",
    "moved_in",
];
impl Writer<'_> {
    /// Ends the old facts and adds the new ones; ids go into the first column.
    async fn write(
        &self,
        tx: &mut Tx,
        table: &'static str,
        columns: &'static [&'static str],
        mut changes: Changes,
    ) -> Result<(), ServiceError> {
        (self.tell)(Progress::Writing {
            done: 0,
            total: self.total,
        });
        tx.supersede(table, &changes.superseded, self.at).await?;
        let first = tx.take_ids(table, changes.added.len()).await?;
        for (row, id) in changes.added.iter_mut().zip(first..) {
            if let Some(place) = row.first_mut() {
                *place = Value::Int(id);
            }
        }
        let mut done = 0;
        for chunk in changes.added.chunks(10_000) {
            tx.insert(table, columns, chunk).await?;
            done += u64::try_from(chunk.len()).unwrap_or(0);
            (self.tell)(Progress::Writing {
                done,
                total: self.total.max(done),
            });
        }
        Ok(())
    }

    /// Returns whose household or days there have changed.
    pub(super) async fn residents(
        &self,
        tx: &mut Tx,
        lines: Vec<Line>,
        known: &HashMap<String, known::KnownResident>,
        run: &mut ImportRun,
    ) -> Result<Result<Concerned, Refused>, ServiceError> {
        let mut next_person = tx.take_ids("person", lines.len()).await?;
        let next_household = tx.take_ids("household", lines.len()).await?;
        let before = known::earlier(tx).await?;
        let planned = Moves::new(known, &before, next_household).plan(lines);
        let (planned, unchanged) = match planned {
            Ok(planned) => planned,
            Err(refused) => return Ok(Err(refused)),
        };
        run.unchanged += unchanged;
        let (mut persons, mut memberships) = (Changes::default(), Changes::default());
        let mut earlier = Changes::default();
        let (mut moved, mut left) = (Vec::new(), BTreeSet::new());
        for plan in planned {
            let found = known.get(&plan.line.resident_number);
            if let Some(known) = found {
                persons.superseded.push(known.person_fact);
                memberships.superseded.push(known.membership_fact);
                run.changed += 1;
            } else {
                run.added += 1;
            }
            let person_id = found.map_or(next_person, |known| known.person_id);
            next_person += i64::from(found.is_none());
            if found.is_none_or(|known| plan.concerns_premium(known)) {
                moved.push(person_id);
                left.extend(found.map(|known| known.household_id));
            }
            earlier.superseded.extend(&plan.earlier.superseded);
            let rows = plan.earlier.added.iter();
            earlier.added.extend(rows.map(|one| self.earlier_row(one)));
            memberships
                .added
                .push(self.membership_row(person_id, &plan));
            persons.added.push(self.person_row(person_id, plan.line));
        }
        self.write(tx, "person_fact", PERSON, persons).await?;
        self.write(tx, "membership_fact", MEMBERSHIP, memberships)
            .await?;
        self.write(tx, "earlier_membership_fact", MEMBERSHIP, earlier)
            .await?;
        let left: Vec<i64> = left.into_iter().collect();
        Ok(Ok((moved, left)))
    }

    fn person_row(&self, person_id: i64, line: Resident) -> Vec<Value> {
        vec![
            Value::Int(0),
            Value::Int(person_id),
            Value::Int(self.change),
            Value::Date(line.since),
            Value::OptDate(line.until),
            Value::Int(self.at),
            Value::Text(line.resident_number),
            Value::Text(line.name.clone()),
            Value::Text(line.kana.clone()),
            Value::Text(fold_kana(&line.name)),
            Value::Text(fold_kana(&line.kana)),
            Value::Date(line.birth_date),
            Value::Int(line.sex),
            Value::Text(line.postcode),
            Value::Text(line.address.clone()),
            Value::Text(line.ward),
            Value::Text(fold_place(&line.address)),
        ]
    }

    fn membership_row(&self, person_id: i64, plan: &Planned) -> Vec<Value> {
        vec![
            Value::Int(0),
            Value::Int(plan.household_id),
            Value::Int(person_id),
            Value::Int(self.change),
            Value::Date(plan.from),
            Value::OptDate(plan.line.until),
            Value::Int(self.at),
            Value::Text(plan.line.household_number.clone()),
            Value::Text(plan.line.relation.clone()),
            Value::Bool(plan.line.head),
            Value::Bool(plan.moved_in),
        ]
    }

    fn earlier_row(&self, one: &known::Earlier) -> Vec<Value> {
        vec![
            Value::Int(0),
            Value::Int(one.household_id),
            Value::Int(one.person_id),
            Value::Int(self.change),
            Value::Date(one.from),
            Value::Date(one.until),
            Value::Int(self.at),
            Value::Text(one.household_number.clone()),
            Value::Text(one.relation.clone()),
            Value::Bool(one.head),
            Value::Bool(one.moved_in),
        ]
    }

    pub(super) async fn incomes(
        &self,
        tx: &mut Tx,
        lines: Vec<IncomeFact>,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let known = known::incomes(tx).await?;
        let mut changes = Changes::default();
        for line in lines {
            let found = known.get(&(line.person_id, line.income_year));
            let same = found.is_some_and(|row| row.line() == line);
            changes.compare(found.map(|row| row.id), same, || {
                income_row(self.change, self.at, &line)
            });
        }
        changes.counts(run);
        self.write(tx, "income_fact", INCOME, changes).await
    }

    pub(super) async fn eligibility(
        &self,
        tx: &mut Tx,
        lines: Vec<EligibilityLine>,
        run: &mut ImportRun,
    ) -> Result<(), ServiceError> {
        let known = known::eligibilities(tx).await?;
        let mut changes = Changes::default();
        for line in lines {
            let found = known.get(&(line.person_id, line.acquired_on));
            let same = found.is_some_and(|row| row.says(&line));
            changes.compare(found.map(|row| row.id), same, || {
                eligibility_row(self.change, self.at, &line)
            });
        }
        changes.counts(run);
        self.write(tx, "eligibility_fact", ELIGIBILITY, changes)
            .await
    }
}

impl Changes {
    fn compare(&mut self, known: Option<i64>, same: bool, row: impl FnOnce() -> Vec<Value>) {
        match known {
            Some(_) if same => self.unchanged += 1,
            Some(id) => {
                self.superseded.push(id);
                self.changed += 1;
                self.added.push(row());
            }
            None => {
                self.new += 1;
                self.added.push(row());
            }
        }
    }

    fn counts(&self, run: &mut ImportRun) {
        (run.added, run.changed, run.unchanged) = (self.new, self.changed, self.unchanged);
    }
}

/// A row of `eligibility_fact`; its id is set when it is written.
fn eligibility_row(change: i64, at: i64, line: &EligibilityLine) -> Vec<Value> {
    vec![
        Value::Int(0),
        Value::Int(line.person_id),
        Value::Int(change),
        Value::Date(line.acquired_on),
        Value::OptDate(line.lost_on),
        Value::Int(at),
        Value::Text(line.insurer_number.clone()),
        Value::Text(line.insured_number.clone()),
        Value::Text(line.branch.clone()),
        Value::Text(line.acquired_reason.into()),
        Value::Text(line.lost_reason.into()),
    ]
}
