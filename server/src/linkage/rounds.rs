//! 受渡しの巡回 (rounds of the courier): inquiries leave as files, answers come in as files. A file is taken in whole
//! or not at all, and only once.
//!
//! Below the exchange folder: `out/` for requests, `in/` for answers; what was taken in moves to
//! `in/done/`, what was refused, or failed three times, to `in/rejected/` with the reason beside it.

use super::answered;
use super::answers_file::{self, Line};
use super::courier::{Courier, log, refused};
use super::duplicates_file;
use super::inbox::Arrived;
use super::pension_file;
use super::receipts::{self, Arrival};
use crate::audit::{Entry, What};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::Warnings;
use crate::exchange::{FileError, codec};
use crate::linkage::disk;
use crate::linkage::links;
use crate::linkage::spool::Spool;
use crate::linkage::troubles;
use crate::store::Lock;
use crate::store::bulk::Value;
use crate::{guarded, on_db, on_tx, on_writer};
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::linkage::basis::Dataset;
use kokuho_shared::linkage::interchange::LinkKind;
use sqlx::FromRow;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_secs(2);
/// So many inquiries leave in one file.
const AT_ONCE: i64 = 5_000;

#[derive(FromRow)]
struct Queued {
    id: i64,
    resident_number: String,
    dataset: String,
    holder: String,
    holder_code: String,
    fiscal_year: i64,
    law: String,
    item: String,
    affairs: String,
    undisclosed: bool,
    created_at: i64,
}

impl Courier {
    /// Works until it is dropped.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.round().await {
                log(&error);
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Everything that is to be done now. What fails stops nothing else; the first failure is told.
    pub async fn round(&self) -> Result<(), ServiceError> {
        for folder in ["out", "in", "in/done", "in/rejected"] {
            tokio::fs::create_dir_all(self.folder.join(folder))
                .await
                .map_err(|why| disk::failed(&why))?;
        }
        let all = [
            self.send_all().await,
            links::send(self).await.map(|_| ()),
            pension_file::send(self).await,
            self.receive().await,
            self.time_out().await,
        ];
        all.into_iter().find(Result::is_err).unwrap_or(Ok(()))
    }

    async fn send_all(&self) -> Result<(), ServiceError> {
        while self.send().await? > 0 {}
        Ok(())
    }

    /// Writes what waits into a file; returns how many inquiries left. They are marked first and
    /// committed once the file lies there whole: killed in between they leave again, and an answer
    /// to the first file counts all the same.
    async fn send(&self) -> Result<usize, ServiceError> {
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
        let waits: i64 = on_db!(&self.db, pool => sqlx::query_scalar(ANY).fetch_one(pool).await?);
        if waits == 0 {
            return Ok(0);
        }
        // No measure is registered between what is looked at and what leaves.
        let mut tx = self.db.write(Lock::Everything).await?;
        let mut queued: Vec<Queued> =
            on_tx!(&mut tx, c => sqlx::query_as(QUEUED).bind(AT_ONCE).fetch_all(c).await?);
        let Some(first) = queued.first().map(|first| first.id) else {
            return Ok(0);
        };
        let now = tx.at();
        let layout = Layout::inquiries(self.layouts.as_deref()).map_err(layout_error)?;
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
            self.put_out(&name, &written(&layout, &queued)?).await?;
        }
        let entry = Entry::by("kokuho", "system", What::Inquire, now);
        let detail = format!("sent {} in {name}", queued.len());
        entry.detail(detail).write(&mut tx).await?;
        tx.commit().await?;
        Ok(queued.len() + gone.len())
    }

    /// One file of the folder, whole.
    pub async fn take_in(&self, name: &str) -> Result<(), ServiceError> {
        let path = self.folder.join("in").join(name);
        let sha256 = disk::hash_of(&path).await?;
        let name = name.to_owned();
        self.take(&Arrived { name, path }, &sha256).await
    }

    pub(super) async fn take(&self, file: &Arrived, digest: &str) -> Result<(), ServiceError> {
        let taken = self.take_whole(file, digest).await;
        taken.map_err(|why| why.of_file(&file.name))
    }

    async fn take_whole(&self, file: &Arrived, digest: &str) -> Result<(), ServiceError> {
        const SEEN: &str = "SELECT COUNT(*) FROM inbound_file WHERE sha256 = $1";
        let name = file.name.as_str();
        let seen: i64 =
            on_db!(&self.db, pool => sqlx::query_scalar(SEEN).bind(digest).fetch_one(pool).await?);
        if seen > 0 {
            return Ok(());
        }
        if let Some(kind) = register(name) {
            return links::results::register(self, kind, name, spooled(&file.path).await?).await;
        }
        let spool = Arc::new(spooled(&file.path).await?);
        if let Some(taken) = self.linked(name, &spool).await {
            return taken;
        }
        let dataset = Dataset::ALL
            .into_iter()
            .find(|dataset| name.starts_with(dataset.key()));
        let dataset = dataset.ok_or_else(|| {
            refused(
                name,
                FileError::new("ファイル名が、受け取る情報の種類で始まっていません"),
            )
        })?;
        let (lines, warnings) = self
            .read(name, &spool, move |own, file| own.lines(file, dataset))
            .await?;
        let now = self.clock.now();
        let mut tx = self.db.write(Lock::Nothing).await?;
        for line in &lines {
            answered::take_in(&mut tx, self, dataset, line)
                .await
                .map_err(|why| at_line(name, line, why))?;
        }
        let id = tx.take_ids("inbound_file", 1).await?;
        let row = vec![
            Value::Int(id),
            Value::Text(name.to_owned()),
            Value::Text(digest.to_owned()),
            Value::Word(dataset.key()),
            Value::Int(now.0),
            Value::Int(i64::try_from(lines.len()).unwrap_or(i64::MAX)),
        ];
        let columns = &["id", "name", "sha256", "kind", "received_at", "lines"];
        tx.insert("inbound_file", columns, &[row]).await?;
        let arrival = Arrival {
            kind: dataset.key(),
            file_name: name,
            sha256: digest,
            lines: lines.len(),
            control_total: None,
        };
        receipts::note(&mut tx, &arrival, self.clock).await?;
        troubles::warn(&mut tx, name, &warnings).await?;
        let entry = Entry::by("kokuho", "system", What::Inquire, now);
        entry
            .detail(format!("answers {} of file {id}", lines.len()))
            .write(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Files of the offices with which records are exchanged daily; none where it is an answer to
    /// an inquiry.
    async fn linked(&self, name: &str, file: &Arc<Spool>) -> Option<Result<(), ServiceError>> {
        let is = |start: &str| name.starts_with(start);
        Some(if is("federation_result_") {
            links::results::take_in(self, LinkKind::Federation, name, file).await
        } else if is("resident_mark_result_") {
            links::results::take_in(self, LinkKind::ResidentMark, name, file).await
        } else if is("duplicates_") {
            duplicates_file::take_in(self, name, file).await
        } else if is("pension_list_") {
            pension_file::take_list(self, name, file).await
        } else if is("pension_result_") {
            pension_file::take_results(self, name, file).await
        } else if is("income_report_request_") {
            links::asked::take_in(self, name, file).await
        } else {
            return None;
        })
    }

    fn lines(
        &self,
        file: Source<'_>,
        dataset: Dataset,
    ) -> Result<(Vec<Line>, Warnings), FileError> {
        let layout = Layout::answers(dataset, self.layouts.as_deref())?;
        answers_file::read(file, &layout, dataset, self.expected_year())
    }

    /// What was not answered by its deadline is shown, and may still be answered.
    async fn time_out(&self) -> Result<(), ServiceError> {
        const SQL: &str = "UPDATE inquiry SET state = 'timed_out' WHERE state IN ('sent', 'manual_pending') AND deadline < $1";
        let today = self.clock.today();
        on_writer!(&self.db, pool => sqlx::query(SQL).bind(today).execute(pool).await?.rows_affected());
        Ok(())
    }
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

/// Files of the city's own registers come in like those from the screen.
fn register(name: &str) -> Option<FileKind> {
    let kinds = [
        ("residents_", FileKind::Residents),
        ("incomes_", FileKind::Incomes),
    ];
    let found = kinds.iter().find(|(start, _)| name.starts_with(start));
    found.map(|(_, kind)| *kind)
}

async fn spooled(path: &Path) -> Result<Spool, ServiceError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || Spool::of_file(&path)).await;
    read.map_err(|why| ServiceError::Internal(why.to_string()))?
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
