//! 取込: a whole file becomes facts, in one transaction, or nothing does.
//!
//! A line that says what is already known writes nothing; one that says something else ends
//! the knowledge of the old fact and adds the new one. People whom the file does not mention
//! stay as they are.

mod changes;
mod checked;
mod registers;
mod writer;

use crate::audit::{AuditAction, Entry};
use crate::clock::{Clock, Instant};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::facts::change;
use crate::facts::{Change, FactChange, announce};
use crate::figures;
use crate::store::{Db, Lock, Tx};
use crate::transfer::arrivals::{self, Arrival};
use crate::transfer::spool::Spool;
use crate::transfer::{deliveries, troubles};
use crate::{on_db, on_tx};
use checked::CheckedFile;
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress};
use kokuho_shared::calendar::FiscalYear;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;
use writer::Writer;

/// A file and the circumstances of its import.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub kind: FileKind,
    pub file_name: String,
    pub file: Arc<Spool>,
    pub by: String,
    /// Read once the facts are held: what another writer knew before stays before.
    pub clock: Clock,
    pub layouts: Option<PathBuf>,
    /// Whose rates say what a file must bring.
    pub municipality: String,
}

impl Delivery {
    fn bad(&self, error: FileError) -> ServiceError {
        ServiceError::Invalid(error.problem(&self.file_name))
    }
}

/// One file at a time: others wait until it is done.
static TURN: Semaphore = Semaphore::const_new(1);

/// Whether the city levies 資産割 in the fiscal year after the incomes' one.
fn levies_assets(municipality: &str, income_year: i64) -> bool {
    let Some(year) = FiscalYear::of_income(income_year) else {
        return false;
    };
    // Before the rates of a year are known, those of the newest one before say it.
    let known = figures::MUNICIPALITIES
        .iter()
        .filter(|known| known.code == municipality);
    let years = known.map(|known| known.fiscal_year);
    let newest = years.filter(|known| *known <= year).max();
    let parameters = figures::parameters(municipality, newest.unwrap_or(year));
    parameters.is_ok_and(|parameters| {
        let mut rates = parameters.rates.iter();
        rates.any(|(_, cited)| cited.value.asset_rate.parts_per_million() > 0)
    })
}

/// Takes a file in. `tell` hears the progress. The file is read twice or thrice, a piece at a time:
/// once to check all of it before anything is locked, then to compare and to write.
pub async fn import(
    db: &Db,
    delivery: &Delivery,
    tell: &(dyn Fn(Progress) + Send + Sync),
) -> Result<ImportRun, ServiceError> {
    let turn = TURN.acquire().await;
    let _turn = turn.map_err(|why| ServiceError::Internal(why.to_string()))?;
    let taken = take_in(db, delivery, tell).await;
    taken.map_err(|why| why.of_file(&delivery.file_name))
}

async fn take_in(
    db: &Db,
    delivery: &Delivery,
    tell: &(dyn Fn(Progress) + Send + Sync),
) -> Result<ImportRun, ServiceError> {
    let layout = Layout::load(delivery.kind, delivery.layouts.as_deref());
    let layout = Arc::new(layout.map_err(|why| delivery.bad(why))?);
    let checked = checked::check(delivery, &layout).await?;
    let whole = checked.whole();
    let total = whole.lines;
    tell(Progress::Reading { done: total, total });
    let mut tx = db.write(Lock::Everything).await?;
    let now = tx.at();
    refuse_repetition(&mut tx, delivery).await?;
    let change = tx.take_ids("change_record", 1).await?;
    let mut run = ImportRun {
        id: change,
        kind: delivery.kind,
        file_name: delivery.file_name.clone(),
        sha256: delivery.file.sha256.clone(),
        recorded_at: now.text(),
        recorded_by: delivery.by.clone(),
        lines: i64::try_from(total).unwrap_or(i64::MAX),
        control_total: whole.control.0,
        added: 0,
        changed: 0,
        unchanged: 0,
    };
    let due = Change {
        id: change,
        day: delivery.clock.today(),
    };
    record(&mut tx, &run, now, due.day).await?;
    let (part, warnings) = (whole.part.clone(), whole.warnings.clone());
    let writer = Writer {
        due,
        at: now.0,
        tell,
        total,
        delivery,
        layout: &layout,
    };
    match checked {
        CheckedFile::Residents(lines, _, numbers) => {
            writer
                .residents(&mut tx, &lines, &numbers, &mut run)
                .await?;
            announce(&mut tx, due, FactChange::Residents).await?;
        }
        CheckedFile::Incomes(lines, _) => {
            writer.incomes(&mut tx, &lines, &mut run).await?;
            announce(&mut tx, due, FactChange::Incomes).await?;
        }
        CheckedFile::Eligibility(lines, _) => {
            writer.eligibility(&mut tx, &lines, &mut run).await?;
            announce(&mut tx, due, FactChange::Eligibility).await?;
        }
    }
    if let Some(part) = &part {
        deliveries::note(&mut tx, delivery.kind, part, change).await?;
    }
    change::count_import(&mut tx, &run).await?;
    let arrival = Arrival {
        kind: delivery.kind.key(),
        file_name: &run.file_name,
        sha256: &run.sha256,
        lines: usize::try_from(total).unwrap_or(usize::MAX),
        control_total: Some(run.control_total),
    };
    arrivals::note(&mut tx, &arrival, delivery.clock).await?;
    troubles::warn(&mut tx, &run.file_name, &warnings).await?;
    tx.commit().await?;
    db.analyze_grown(written(delivery.kind), run.added).await;
    Ok(run)
}

/// The tables that a file of a kind fills.
fn written(kind: FileKind) -> &'static [&'static str] {
    match kind {
        FileKind::Residents => &["person_fact", "membership_fact"],
        FileKind::Incomes => &["income_fact"],
        FileKind::Eligibility => &["eligibility_fact", "interchange"],
    }
}

/// Whether the same bytes were taken in before.
pub async fn is_known(db: &Db, delivery: &Delivery) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM change_record WHERE kind = $1 AND sha256 = $2";
    let sha256 = &delivery.file.sha256;
    let count: i64 = on_db!(db, pool => sqlx::query_scalar(SQL).bind(delivery.kind.key()).bind(sha256)
        .fetch_one(pool).await?);
    Ok(count > 0)
}

/// The same file again changes nothing, and says so.
async fn refuse_repetition(tx: &mut Tx, delivery: &Delivery) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT recorded_at FROM change_record WHERE kind = $1 AND sha256 = $2";
    let at: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(SQL)
        .bind(delivery.kind.key()).bind(&delivery.file.sha256).fetch_optional(connection).await?);
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
    let entry = Entry::by(&run.recorded_by, "", AuditAction::Import, now);
    entry
        .detail(format!("{} change {}", run.kind.key(), run.id))
        .write(tx)
        .await?;
    change::record_import(tx, run, now, day).await
}
