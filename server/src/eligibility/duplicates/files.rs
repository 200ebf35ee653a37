//! 資格重複状況結果一覧: the federation's list of a month opens cases, counts them, and closes those
//! that it no longer shows.

use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::{self, Warnings};
use crate::figures;
use crate::store::{Lock, Tx};
use crate::transfer::arrivals::{self, Arrival};
use crate::transfer::spool::Spool;
use crate::transfer::troubles;
use crate::transfer::{Carrying, FileTransfer, Inbound, Incoming};
use crate::{on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::eligibility::duplicate::{Case, DuplicateState};
use kokuho_shared::era;
use kokuho_shared::ids::PersonId;
use kokuho_shared::law::duplicate::DuplicateRule;
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// One line of the list.
struct Listed {
    line: u64,
    resident_number: String,
    birth_date: NaiveDate,
    insurer: String,
    acquired_on: NaiveDate,
}

/// A file, whole or not at all.
pub async fn take_in(
    courier: &FileTransfer,
    name: &str,
    file: &Arc<Spool>,
) -> Result<(), ServiceError> {
    let List {
        list_on,
        lines,
        warnings,
    } = courier.read(name, file, read).await?;
    let rule = *figures::duplicates()?.of(courier.clock.today())?;
    let sha256 = file.sha256.clone();
    let mut tx = courier.db.write(Lock::Everything).await?;
    // All empty lists are alike, and each closes what is open.
    if !lines.is_empty() && known(&mut tx, &sha256).await? {
        return Ok(());
    }
    refuse_older(&mut tx, list_on)
        .await
        .map_err(|why| in_file(why, name, None))?;
    let mut seen = HashSet::new();
    for line in &lines {
        let case = one(&mut tx, courier, list_on, &rule, line).await;
        seen.insert(case.map_err(|why| in_file(why, name, Some(line.line)))?);
    }
    let gone = close(&mut tx, courier, &seen).await?;
    let arrival = Arrival {
        kind: "duplicates",
        file_name: name,
        sha256: &sha256,
        lines: lines.len(),
        control_total: None,
    };
    arrivals::note(&mut tx, &arrival, courier.clock).await?;
    troubles::warn(&mut tx, name, &warnings).await?;
    let entry = Entry::by("kokuho", "system", AuditAction::Import, courier.clock.now());
    let detail = format!(
        "list of double enrolment: {} lines, {gone} gone",
        lines.len()
    );
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

fn in_file(why: ServiceError, name: &str, line: Option<u64>) -> ServiceError {
    match why {
        ServiceError::Invalid(mut problem) => {
            problem.file = Some(name.to_owned());
            problem.line = line;
            ServiceError::Invalid(problem)
        }
        other => other,
    }
}

/// The whole list.
struct List {
    list_on: NaiveDate,
    lines: Vec<Listed>,
    warnings: Warnings,
}

fn read(courier: &FileTransfer, file: Source<'_>) -> Result<List, FileError> {
    let layout = Layout::link("duplicates", courier.layouts.as_deref())?;
    let mut lines: Vec<Listed> = Vec::new();
    let (mut list_on, mut seen) = (None, HashMap::new());
    let whole = table::scan(file, &layout, &mut |row| {
        let on = row.required_date("list_on")?;
        if list_on.is_some_and(|known| known != on) {
            return Err(row.wrong("list_on", "ほかの行と作成年月日が違います"));
        }
        list_on = Some(on);
        let line = Listed {
            line: row.line,
            resident_number: row.digits("resident_number")?,
            birth_date: row.required_date("birth_date")?,
            insurer: row.required("other_insurer")?.chars().take(60).collect(),
            acquired_on: row.required_date("other_acquired_on")?,
        };
        let key = (
            line.resident_number.clone(),
            line.insurer.clone(),
            line.acquired_on,
        );
        if let Some(first) = seen.insert(key, line.line) {
            let message = format!("{first}行目と同じ人・同じ保険です");
            return Err(row.wrong("resident_number", message));
        }
        lines.push(line);
        Ok(())
    })?;
    // An empty list has no day; it closes everything that is open.
    Ok(List {
        list_on: list_on.unwrap_or_else(|| courier.clock.today()),
        lines,
        warnings: whole.warnings,
    })
}

async fn known(tx: &mut Tx, sha256: &str) -> Result<bool, ServiceError> {
    const SQL: &str = "SELECT COUNT(*) FROM arrival WHERE kind = 'duplicates' AND sha256 = $1";
    let count: i64 = on_tx!(tx, c => sqlx::query_scalar(SQL).bind(sha256).fetch_one(c).await?);
    Ok(count > 0)
}

/// A list counts once: months that come again or out of turn would count somebody twice.
async fn refuse_older(tx: &mut Tx, list_on: NaiveDate) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT MAX(last_list_on) FROM duplicate_case";
    let newest: Option<NaiveDate> = on_tx!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await?);
    match newest.filter(|newest| list_on <= *newest) {
        None => Ok(()),
        Some(newest) => {
            let text = format!(
                "{}作成の一覧を取り込んだ後に、それより新しくない一覧は取り込めません",
                era::format(newest)
            );
            Err(ServiceError::invalid_at("list_on", text))
        }
    }
}

#[derive(FromRow)]
struct Open {
    id: i64,
    state: String,
    seen: i64,
    due_on: Option<NaiveDate>,
}

/// Counts one line; returns the id of its case.
async fn one(
    tx: &mut Tx,
    courier: &FileTransfer,
    list_on: NaiveDate,
    rule: &DuplicateRule,
    line: &Listed,
) -> Result<i64, ServiceError> {
    const PERSON: &str = "SELECT person_id, birth_date FROM person_fact WHERE resident_number = $1 AND superseded_at IS NULL";
    const OPEN: &str = "SELECT id, state, seen, due_on FROM duplicate_case WHERE person_id = $1 AND other_insurer = $2 \
        AND other_acquired_on = $3 AND state <> 'gone' ORDER BY id DESC LIMIT 1";
    const AGAIN: &str =
        "UPDATE duplicate_case SET state = $1, seen = $2, last_list_on = $3 WHERE id = $4";
    let person: Option<(PersonId, NaiveDate)> = on_tx!(tx, c => sqlx::query_as(PERSON).bind(&line.resident_number)
        .fetch_optional(c).await?);
    let (person, birth) = person
        .ok_or_else(|| ServiceError::invalid_at("resident_number", "この宛名番号の人がいません"))?;
    if birth != line.birth_date {
        let text = "生年月日が違います。別の人の行ではありませんか";
        return Err(ServiceError::invalid_at("birth_date", text));
    }
    let open: Option<Open> = on_tx!(tx, c => sqlx::query_as(OPEN).bind(person).bind(&line.insurer)
        .bind(line.acquired_on).fetch_optional(c).await?);
    let case = |open: &Open| {
        let state = DuplicateState::of_key(&open.state);
        let unknown = || ServiceError::Internal(format!("duplicate state {}", open.state));
        Ok::<Case, ServiceError>(Case {
            state: state.ok_or_else(unknown)?,
            seen: open.seen,
            due_on: open.due_on,
        })
    };
    if let Some(open) = open {
        let now = case(&open)?.listed(rule);
        on_tx!(tx, c => sqlx::query(AGAIN).bind(now.state.key()).bind(now.seen).bind(list_on).bind(open.id)
            .execute(c).await?.rows_affected());
        return Ok(open.id);
    }
    let now = Case::default().listed(rule);
    let id = tx.take_ids("duplicate_case", 1).await?;
    let row = row! {
        id,
        person_id: person,
        other_insurer: line.insurer.clone(),
        other_acquired_on: line.acquired_on,
        state: now.state.key(),
        seen: now.seen,
        first_list_on: list_on,
        last_list_on: list_on,
        reason: "",
        changed_at: courier.clock.now(),
        changed_by: "kokuho",
    };
    tx.insert("duplicate_case", &[row]).await?;
    Ok(id)
}

/// Cases that the list no longer shows: only lists in a row count.
async fn close(
    tx: &mut Tx,
    courier: &FileTransfer,
    seen: &HashSet<i64>,
) -> Result<usize, ServiceError> {
    const OPEN: &str = "SELECT id FROM duplicate_case WHERE state IN ('detected', 'candidate', 'urged1', 'urged2')";
    const GONE: &str =
        "UPDATE duplicate_case SET state = 'gone', due_on = NULL, changed_at = $1 WHERE id = $2";
    let open: Vec<i64> = on_tx!(tx, c => sqlx::query_scalar(OPEN).fetch_all(c).await?);
    let gone: Vec<i64> = open.into_iter().filter(|id| !seen.contains(id)).collect();
    for id in &gone {
        on_tx!(tx, c => sqlx::query(GONE).bind(courier.clock.now().0).bind(id)
            .execute(c).await?.rows_affected());
    }
    Ok(gone.len())
}

/// 資格重複状況結果一覧 of the federation.
pub struct Duplicates;

impl Inbound for Duplicates {
    fn begins(&self) -> &[&'static str] {
        &["duplicates_"]
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        Box::pin(take_in(courier, &file.name, &file.spool))
    }
}
