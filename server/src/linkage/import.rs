//! 取込: a whole file becomes facts, in one transaction, or nothing does.
//!
//! A line that says what is already known writes nothing; one that says something else ends
//! the knowledge of the old fact and adds the new one. People whom the file does not mention
//! stay as they are.

use super::eligibility_file::{self, EligibilityLine};
use super::incomes_file;
use super::known;
use super::moves::{Moves, Planned, Refused};
use super::parts;
use super::residents_file::{self, Line, Resident};
use crate::access::hex;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::table::Table;
use crate::store::arrivals::{self, Arrival};
use crate::store::bulk::Value;
use crate::store::due::{self, Change};
use crate::store::facts::{ELIGIBILITY, INCOME, IncomeFact, income_row};
use crate::store::{Db, Lock, Tx, outbox};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::shipped;
use kokuho_shared::text::fold_kana;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

/// A file and the circumstances of its import.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub kind: FileKind,
    pub file_name: String,
    pub bytes: Vec<u8>,
    pub by: String,
    /// Read once the facts are held: what another writer knew before stays before.
    pub clock: Clock,
    pub layouts: Option<PathBuf>,
    /// Whose rates say what a file must bring.
    pub municipality: String,
}

/// Whether the city levies 資産割 in the fiscal year after the incomes' one.
fn levies_assets(municipality: &str, income_year: i64) -> bool {
    let year = i32::try_from(income_year + 1).unwrap_or(0);
    // Before the rates of a year are known, those of the newest one before say it.
    let known = shipped::MUNICIPALITIES
        .iter()
        .filter(|known| known.code == municipality);
    let years = known.map(|known| known.fiscal_year.0);
    let newest = years.filter(|known| *known <= year).max();
    let parameters = shipped::parameters(municipality, FiscalYear(newest.unwrap_or(year)));
    parameters.is_ok_and(|parameters| {
        let mut rates = parameters.rates.iter();
        rates.any(|(_, cited)| cited.value.asset_rate.parts_per_million() > 0)
    })
}

/// Facts to write and the counts for the record.
#[derive(Default)]
struct Changes {
    added: Vec<Vec<Value>>,
    superseded: Vec<i64>,
    new: i64,
    changed: i64,
    unchanged: i64,
}

/// Takes a file in. `tell` hears the progress.
pub async fn import(
    db: &Db,
    delivery: &Delivery,
    tell: &(dyn Fn(Progress) + Send + Sync),
) -> Result<ImportRun, ServiceError> {
    let sha256 = hex(&Sha256::digest(&delivery.bytes));
    let bad = |error: FileError| ServiceError::Invalid(error.problem(&delivery.file_name));
    let layout = Layout::load(delivery.kind, delivery.layouts.as_deref()).map_err(bad)?;
    let table = Table::read(&delivery.bytes, &layout).map_err(bad)?;
    let total = u64::try_from(table.len()).unwrap_or(u64::MAX);
    tell(Progress::Reading { done: total, total });
    let mut tx = db.write(Lock::Everything).await?;
    let now = delivery.clock.now();
    refuse_repetition(&mut tx, delivery, &sha256).await?;
    let change = tx.take_ids("change_record", 1).await?;
    let writer = Writer {
        change,
        at: now.0,
        tell,
        total,
    };
    let mut run = ImportRun {
        id: change,
        kind: delivery.kind,
        file_name: delivery.file_name.clone(),
        sha256,
        recorded_at: now.text(),
        recorded_by: delivery.by.clone(),
        lines: i64::try_from(total).unwrap_or(i64::MAX),
        control_total: table.control.0,
        added: 0,
        changed: 0,
        unchanged: 0,
    };
    let due = Change {
        id: change,
        day: delivery.clock.today(),
    };
    match delivery.kind {
        FileKind::Residents => {
            let lines = residents_file::read(&table, delivery.clock.today()).map_err(bad)?;
            let known = known::residents(&mut tx).await?;
            record(&mut tx, &run, now, due.day).await?;
            let written = writer.residents(&mut tx, lines, &known, &mut run).await?;
            let (moved, left) = written.map_err(|why| bad(why.at(&table)))?;
            due::after_moves(&mut tx, due, &moved).await?;
            due::after_leaving(&mut tx, due, &left).await?;
        }
        FileKind::Incomes => {
            let persons = known::persons(&mut tx).await?;
            let levies = |income_year| levies_assets(&delivery.municipality, income_year);
            let lines = incomes_file::read(&table, &persons, &levies).map_err(bad)?;
            record(&mut tx, &run, now, due.day).await?;
            writer.incomes(&mut tx, lines, &mut run).await?;
            due::after_incomes(&mut tx, due).await?;
        }
        FileKind::Eligibility => {
            let persons = known::registered(&mut tx).await?;
            let lines = eligibility_file::read(&table, &persons).map_err(bad)?;
            record(&mut tx, &run, now, due.day).await?;
            writer.eligibility(&mut tx, lines, &mut run).await?;
            due::after_eligibility(&mut tx, due).await?;
            outbox::after_import(&mut tx, due).await?;
        }
    }
    if let Some(part) = &table.part {
        parts::note(&mut tx, delivery.kind, part, change).await?;
    }
    count(&mut tx, &run).await?;
    let arrival = Arrival {
        kind: delivery.kind.key(),
        file_name: &run.file_name,
        sha256: &run.sha256,
        lines: table.len(),
        control_total: Some(run.control_total),
    };
    arrivals::note(&mut tx, &arrival, delivery.clock).await?;
    tx.commit().await?;
    db.analyze().await;
    Ok(run)
}

/// Whether the same bytes were taken in before.
pub async fn is_known(db: &Db, delivery: &Delivery) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM change_record WHERE kind = $1 AND sha256 = $2";
    let sha256 = hex(&Sha256::digest(&delivery.bytes));
    let count: i64 = on_db!(db, pool => sqlx::query_scalar(SQL).bind(delivery.kind.key()).bind(&sha256)
        .fetch_one(pool).await?);
    Ok(count > 0)
}

/// The same file again changes nothing, and says so.
async fn refuse_repetition(
    tx: &mut Tx,
    delivery: &Delivery,
    sha256: &str,
) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT recorded_at FROM change_record WHERE kind = $1 AND sha256 = $2";
    let at: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(SQL)
        .bind(delivery.kind.key()).bind(sha256).fetch_optional(connection).await?);
    match at {
        None => Ok(()),
        Some(at) => Err(ServiceError::Conflict(Problem {
            file: Some(delivery.file_name.clone()),
            ..Problem::new(format!(
                "同じ内容のファイルは {} に取込済みです。何も変えていません",
                Instant(at).text()
            ))
        })),
    }
}

/// The record of the import comes first: the facts refer to it.
async fn record(
    tx: &mut Tx,
    run: &ImportRun,
    now: Instant,
    day: NaiveDate,
) -> Result<(), ServiceError> {
    let entry = Entry::by(&run.recorded_by, "", What::Import, now);
    entry
        .detail(format!("{} change {}", run.kind.key(), run.id))
        .write(tx)
        .await?;
    const SQL: &str = "INSERT INTO change_record (id, kind, recorded_at, recorded_by, reason, file_name, sha256, \
        lines, control_total, business_date, added, changed, unchanged) \
        VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, 0, 0, 0)";
    on_tx!(tx, connection => sqlx::query(SQL)
        .bind(run.id).bind(run.kind.key()).bind(now.0).bind(&run.recorded_by).bind(&run.file_name)
        .bind(&run.sha256).bind(run.lines).bind(run.control_total).bind(day).execute(connection).await?.rows_affected());
    Ok(())
}

async fn count(tx: &mut Tx, run: &ImportRun) -> Result<(), ServiceError> {
    const SQL: &str =
        "UPDATE change_record SET added = $1, changed = $2, unchanged = $3 WHERE id = $4";
    on_tx!(tx, connection => sqlx::query(SQL)
        .bind(run.added).bind(run.changed).bind(run.unchanged).bind(run.id).execute(connection).await?.rows_affected());
    Ok(())
}

/// Persons whose household or days there have changed, and the households that were theirs.
type Concerned = (Vec<i64>, Vec<i64>);

struct Writer<'a> {
    change: i64,
    at: i64,
    tell: &'a (dyn Fn(Progress) + Send + Sync),
    total: u64,
}

pub const PERSON: &[&str] = &[
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
];
pub const MEMBERSHIP: &[&str] = &[
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
    async fn residents(
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
            Value::Text(line.address),
            Value::Text(line.ward),
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

    async fn incomes(
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

    async fn eligibility(
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
pub fn eligibility_row(change: i64, at: i64, line: &EligibilityLine) -> Vec<Value> {
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
