//! 回答の送信: what is decided leaves as files with the courier.

use super::income_report::{self, FIELDS};
use super::stored::word;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::codec;
use crate::exchange::layout::Layout;
use crate::store::{Lock, Tx};
use crate::transfer::{Carrying, FileTransfer, Outbound};
use crate::{on_db, on_tx};
use kokuho_shared::ids::PersonId;
use kokuho_shared::provision::request::{ProvisionDecision, ProvisionKind};
use sqlx::FromRow;

/// So many answers leave in one file.
const AT_ONCE: i64 = 5_000;

/// Answers that wait to leave.
pub struct Answers;

impl Outbound for Answers {
    fn send<'a>(&'a self, courier: &'a FileTransfer) -> Carrying<'a> {
        Box::pin(async move {
            while file(courier, ProvisionKind::IncomeReport).await? > 0 {}
            Ok(())
        })
    }
}

/// A request that is decided, or about somebody unknown.
#[derive(FromRow)]
struct Queued {
    id: i64,
    request_number: i64,
    /// As it is known now, or as the other office wrote it.
    resident_number: String,
    person_id: Option<PersonId>,
    income_year: i64,
    decision: Option<String>,
}

/// What an answer says: the word of `result`, and the whole line.
struct Answer {
    result: &'static str,
    line: Vec<String>,
}

/// Writes what waits into a file; returns how many answers left. They are marked first and committed once the
/// file lies there whole: killed in between they leave again, with the same numbers.
async fn file(courier: &FileTransfer, kind: ProvisionKind) -> Result<usize, ServiceError> {
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM provision_request WHERE kind = $1 AND state = 'queued' LIMIT 1) \
        AS one";
    const QUEUED: &str = "SELECT r.id, r.request_number, COALESCE(p.resident_number, r.resident_number) AS resident_number, \
        r.person_id, r.income_year, r.decision FROM provision_request r \
        LEFT JOIN person_fact p ON p.person_id = r.person_id AND p.superseded_at IS NULL \
        WHERE r.kind = $1 AND r.state = 'queued' ORDER BY r.id LIMIT $2";
    let waits: i64 = on_db!(&courier.db, pool => sqlx::query_scalar(ANY).bind(kind.key()).fetch_one(pool).await?);
    if waits == 0 {
        return Ok(0);
    }
    // What was reported must not change between being read and being marked as told.
    let mut tx = courier.db.write(Lock::Everything).await?;
    let queued: Vec<Queued> = on_tx!(&mut tx, c => sqlx::query_as(QUEUED).bind(kind.key()).bind(AT_ONCE)
        .fetch_all(c).await?);
    let Some(first) = queued.first().map(|first| first.id) else {
        return Ok(0);
    };
    let refused = |why: FileError| ServiceError::Invalid(why.problem(kind.key()));
    let layout = Layout::link(kind.key(), courier.layouts.as_deref()).map_err(refused)?;
    let now = tx.at();
    let name = format!(
        "{}_{}_{first}.{}",
        kind.key(),
        now.0,
        layout.format.ending()
    );
    let mut lines = Vec::with_capacity(queued.len());
    for request in &queued {
        let answer = answer(&mut tx, request).await?;
        // Another courier may have taken it.
        if mark(&mut tx, request.id, answer.result, &name).await? {
            lines.push(answer.line);
        }
    }
    if !lines.is_empty() {
        let bytes = codec::write(&layout, FIELDS, &lines).map_err(refused)?;
        courier.put_out(&name, &bytes).await?;
        let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
        let detail = format!("{} records of {} in {name}", lines.len(), kind.key());
        entry.detail(detail).write(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(lines.len())
}

async fn mark(tx: &mut Tx, id: i64, result: &str, name: &str) -> Result<bool, ServiceError> {
    const ANSWERED: &str = "UPDATE provision_request SET state = 'answered', result = $1, sent_at = $2, file_name = $3 \
        WHERE id = $4 AND state = 'queued'";
    let at = tx.at();
    let marked = on_tx!(tx, c => sqlx::query(ANSWERED).bind(result).bind(at.0).bind(name).bind(id)
        .execute(c).await?.rows_affected());
    Ok(marked == 1)
}

async fn answer(tx: &mut Tx, request: &Queued) -> Result<Answer, ServiceError> {
    let decision = request.decision.as_deref();
    let decision = decision
        .map(|decision| word(ProvisionDecision::of_key, decision))
        .transpose()?;
    let report = match (decision, request.person_id) {
        (Some(ProvisionDecision::Answer), Some(person)) => {
            income_report::of(tx, person, request.income_year).await?
        }
        _ => None,
    };
    let result = match (decision, &report) {
        (Some(ProvisionDecision::Refuse), _) => "refused",
        (_, Some(_)) => "answered",
        (_, None) => "none",
    };
    let mut line = vec![
        request.request_number.to_string(),
        request.resident_number.clone(),
        request.income_year.to_string(),
        result.to_owned(),
    ];
    line.extend(income_report::told(report));
    Ok(Answer { result, line })
}
