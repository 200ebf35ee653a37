//! 照会の送付と回答の受領: inquiries leave as files, answers come in as files.

use super::answers;
use super::answers_file::{self, Line};
use super::incomes_file;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::Warnings;
use crate::exchange::{FileError, codec};
use crate::store::Lock;
use crate::transfer::arrivals::{self, Arrival};
use crate::transfer::{Carrying, FileTransfer, Inbound, Incoming, Outbound, troubles};
use crate::{guarded, on_db, on_tx, on_writer};
use kokuho_shared::api::Problem;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::linkage::basis::Dataset;
use sqlx::FromRow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// So many inquiries leave in one file.
const AT_ONCE: i64 = 5_000;

/// What this file takes in.
pub const ANSWERS: &dyn Inbound = &Answers;
/// What it sends, and what falls due.
pub const INQUIRIES: &dyn Outbound = &Inquiries;

struct Inquiries;

impl Outbound for Inquiries {
    fn send<'a>(&'a self, courier: &'a FileTransfer) -> Carrying<'a> {
        Box::pin(async move {
            let sent = send_all(courier).await;
            // What cannot be sent does not keep anything from falling due.
            sent.and(time_out(courier).await)
        })
    }
}

async fn send_all(courier: &FileTransfer) -> Result<(), ServiceError> {
    while send(courier).await? > 0 {}
    Ok(())
}

#[derive(FromRow)]
struct Queued {
    id: i64,
    resident_number: String,
    dataset: String,
    holder: String,
    holder_code: String,
    fiscal_year: FiscalYear,
    law: String,
    item: String,
    affairs: String,
    undisclosed: bool,
    created_at: i64,
}

/// Writes what waits into a file; returns how many inquiries left. They are marked first and
/// committed once the file lies there whole: killed in between they leave again, and an answer
/// to the first file counts all the same.
async fn send(courier: &FileTransfer) -> Result<usize, ServiceError> {
    const ANY: &str =
        "SELECT COUNT(*) FROM (SELECT 1 FROM inquiry WHERE state = 'queued' LIMIT 1) AS one";
    const QUEUED: &str = concat!(
        "SELECT q.id, p.resident_number, q.dataset, q.holder, q.holder_code, q.fiscal_year, q.law, q.item, \
        q.affairs, q.created_at, (q.undisclosed OR ",
        guarded!(both "m.household_id", "p.place"),
        ") AS undisclosed \
        FROM inquiry q JOIN person_fact p ON p.person_id = q.person_id AND p.superseded_at IS NULL \
        LEFT JOIN membership_fact m ON m.person_id = q.person_id AND m.superseded_at IS NULL \
        WHERE q.state = 'queued' ORDER BY q.id LIMIT $1"
    );
    const SENT: &str = "UPDATE inquiry SET state = 'sent', sent_at = $1, undisclosed = $2 WHERE id = $3 AND state = 'queued'";
    let waits: i64 = on_db!(&courier.db, pool => sqlx::query_scalar(ANY).fetch_one(pool).await?);
    if waits == 0 {
        return Ok(0);
    }
    // No measure is registered between what is looked at and what leaves.
    let mut tx = courier.db.write(Lock::Everything).await?;
    let mut queued: Vec<Queued> =
        on_tx!(&mut tx, c => sqlx::query_as(QUEUED).bind(AT_ONCE).fetch_all(c).await?);
    let Some(first) = queued.first().map(|first| first.id) else {
        return Ok(0);
    };
    let now = tx.at();
    let layout = Layout::inquiries(courier.layouts.as_deref()).map_err(layout_error)?;
    let name = format!("inquiries_{}_{first}.{}", now.0, layout.format.ending());
    let mut gone = HashSet::new();
    for each in &queued {
        let marked = on_tx!(&mut tx, c => sqlx::query(SENT).bind(now.0).bind(each.undisclosed)
            .bind(each.id).execute(c).await?.rows_affected());
        if marked == 0 {
            gone.insert(each.id);
        }
    }
    // Cancelled in this moment, or taken by another courier.
    queued.retain(|each| !gone.contains(&each.id));
    if !queued.is_empty() {
        courier.put_out(&name, &written(&layout, &queued)?).await?;
    }
    let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
    let detail = format!("sent {} in {name}", queued.len());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    Ok(queued.len() + gone.len())
}

/// 照会の回答 of a dataset.
struct Answers;

/// The datasets' words: a file of answers begins with one.
static DATASETS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| Dataset::ALL.into_iter().map(Dataset::key).collect());

impl Inbound for Answers {
    fn begins(&self) -> &[&'static str] {
        &DATASETS
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        Box::pin(answers(courier, file))
    }
}

async fn answers(courier: &FileTransfer, file: &Incoming) -> Result<(), ServiceError> {
    let name = file.name.as_str();
    let mut datasets = Dataset::ALL.into_iter();
    let dataset = datasets.find(|dataset| name.starts_with(dataset.key()));
    let dataset = dataset.ok_or_else(|| ServiceError::Internal("a file of no dataset".into()))?;
    let (lines, warnings) = courier
        .read(name, &file.spool, move |own, file| {
            lines(own, file, dataset)
        })
        .await?;
    let now = courier.clock.now();
    let mut tx = courier.db.write(Lock::Nothing).await?;
    for line in &lines {
        answers::take_in(&mut tx, courier, dataset, line)
            .await
            .map_err(|why| at_line(name, line, why))?;
    }
    let arrival = Arrival {
        kind: dataset.key(),
        file_name: name,
        sha256: &file.sha256,
        lines: lines.len(),
        control_total: None,
    };
    let id = arrivals::note_bytes(&mut tx, &arrival, now).await?;
    arrivals::note(&mut tx, &arrival, courier.clock).await?;
    troubles::warn(&mut tx, name, &warnings).await?;
    let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
    entry
        .detail(format!("answers {} of file {id}", lines.len()))
        .write(&mut tx)
        .await?;
    tx.commit().await
}

fn lines(
    courier: &FileTransfer,
    file: Source<'_>,
    dataset: Dataset,
) -> Result<(Vec<Line>, Warnings), FileError> {
    let layout = Layout::answers(dataset, courier.layouts.as_deref())?;
    let year = incomes_file::expected_year(courier.clock.today());
    answers_file::read(file, &layout, dataset, year)
}

/// What was not answered by its deadline is shown, and may still be answered.
async fn time_out(courier: &FileTransfer) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE inquiry SET state = 'timed_out' WHERE state IN ('sent', 'manual_pending') AND deadline < $1";
    let today = courier.clock.today();
    on_writer!(&courier.db, pool => sqlx::query(SQL).bind(today).execute(pool).await?.rows_affected());
    Ok(())
}

fn written(layout: &Layout, queued: &[Queued]) -> Result<Vec<u8>, ServiceError> {
    const FIELDS: [&str; 11] = [
        "number",
        "resident_number",
        "dataset",
        "holder",
        "holder_code",
        "fiscal_year",
        "law",
        "item",
        "affairs",
        "undisclosed",
        "asked_at",
    ];
    let row = |each: &Queued| {
        vec![
            each.id.to_string(),
            each.resident_number.clone(),
            each.dataset.clone(),
            each.holder.clone(),
            each.holder_code.clone(),
            each.fiscal_year.to_string(),
            each.law.clone(),
            each.item.clone(),
            each.affairs.clone(),
            i64::from(each.undisclosed).to_string(),
            Instant(each.created_at).text(),
        ]
    };
    let rows: Vec<Vec<String>> = queued.iter().map(row).collect();
    codec::write(layout, &FIELDS, &rows).map_err(layout_error)
}

fn layout_error(why: FileError) -> ServiceError {
    ServiceError::Invalid(why.problem("inquiries.toml"))
}

/// Names the line of what was refused while the file was taken in.
fn at_line(name: &str, line: &Line, why: ServiceError) -> ServiceError {
    match why {
        ServiceError::Invalid(problem) => ServiceError::Invalid(Problem {
            file: Some(name.to_owned()),
            line: Some(line.line),
            column: problem.field.clone(),
            ..problem
        }),
        other => other,
    }
}
