//! 提供の求めの受付: 本市税務 asks what people wrote on 所得申告書 (賦課 14).

use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::{self, Warnings};
use crate::on_tx;
use crate::store::{Lock, Tx};
use crate::transfer::spool::Spool;
use crate::transfer::{Carrying, FileTransfer, Inbound, Incoming, troubles};
use chrono::Datelike;
use kokuho_shared::ids::PersonId;
use kokuho_shared::provision::request::{ProvisionKind, ProvisionState};
use std::collections::HashMap;
use std::sync::Arc;

/// Files of requests.
pub struct Requests;

impl Inbound for Requests {
    fn begins(&self) -> &[&'static str] {
        &["income_report_request_"]
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        Box::pin(take_in(courier, &file.name, &file.spool))
    }
}

struct Request {
    line: u64,
    number: i64,
    resident_number: String,
    income_year: i64,
}

/// A file of requests, whole or not at all.
async fn take_in(
    courier: &FileTransfer,
    name: &str,
    file: &Arc<Spool>,
) -> Result<(), ServiceError> {
    let (requests, warnings) = courier.read(name, file, read).await?;
    let mut tx = courier.db.write(Lock::Nothing).await?;
    for request in &requests {
        receive(&mut tx, courier, request).await?;
    }
    troubles::warn(&mut tx, name, &warnings).await?;
    let entry = Entry::by("kokuho", "system", AuditAction::Inquire, tx.at());
    let detail = format!("{} questions for 所得申告書", requests.len());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

fn read(courier: &FileTransfer, file: Source<'_>) -> Result<(Vec<Request>, Warnings), FileError> {
    let layout = Layout::link("income_report_request", courier.layouts.as_deref())?;
    // A year without its era is one whose incomes are known: the last one at most.
    let last_year = courier.clock.today().year() - 1;
    let mut requests: Vec<Request> = Vec::new();
    let mut seen: HashMap<i64, u64> = HashMap::new();
    let whole = table::scan(file, &layout, &mut |row| {
        let number = row.digits("request")?;
        let year = row.year("income_year", last_year)?;
        let request = Request {
            line: row.line,
            number: number
                .parse()
                .map_err(|_| row.wrong("request", "照会番号ではありません"))?,
            resident_number: row.digits("resident_number")?,
            income_year: year,
        };
        if let Some(line) = seen.insert(request.number, request.line) {
            let message = format!("照会番号「{number}」は{line}行目にもあります");
            return Err(row.wrong("request", message));
        }
        requests.push(request);
        Ok(())
    })?;
    Ok((requests, whole.warnings))
}

/// What was asked already is not asked twice, whatever became of it.
async fn receive(
    tx: &mut Tx,
    courier: &FileTransfer,
    request: &Request,
) -> Result<(), ServiceError> {
    const PERSON: &str =
        "SELECT person_id FROM person_fact WHERE resident_number = $1 AND superseded_at IS NULL";
    const RECEIVED: &str = "INSERT INTO provision_request (kind, request_number, resident_number, person_id, income_year, \
        received_on, state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT (kind, request_number) DO NOTHING";
    let person: Option<PersonId> = on_tx!(tx, c => sqlx::query_scalar(PERSON).bind(&request.resident_number)
        .fetch_optional(c).await?);
    // Of somebody unknown there is nothing to decide.
    let state = match person {
        Some(_) => ProvisionState::Waiting,
        None => ProvisionState::Queued,
    };
    on_tx!(tx, c => sqlx::query(RECEIVED).bind(ProvisionKind::IncomeReport.key()).bind(request.number)
        .bind(&request.resident_number).bind(person).bind(request.income_year).bind(courier.clock.today())
        .bind(state.key()).execute(c).await?.rows_affected());
    Ok(())
}
