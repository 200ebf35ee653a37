//! 取込: a whole file becomes facts, in one transaction, or nothing does.
//!
//! A line that says what is already known writes nothing; one that says something else ends
//! the knowledge of the old fact and adds the new one. People whom the file does not mention
//! stay as they are.

mod writer;

use super::eligibility_file;
use super::incomes_file;
use super::known;
use super::parts;
use super::residents_file;
use crate::access::hex;
use crate::audit::{Entry, What};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::table::Table;
use crate::store::arrivals::{self, Arrival};
use crate::store::due::{self, Change};
use crate::store::{Db, Lock, Tx, outbox};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::shipped;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use writer::Writer;

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
    let now = tx.at();
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
            outbox::after_moves(&mut tx, due).await?;
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
