//! 処理の申請と承認: a job that ends in post begins when somebody else has released it.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::api::Problem;
use kokuho_shared::api::renewal::RunRequest;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::JobId;
use sqlx::FromRow;

/// What is asked for.
pub struct Asked {
    /// The key of the work, and what it is called.
    pub kind: &'static str,
    pub name: &'static str,
    pub fiscal_year: FiscalYear,
    pub for_day: Option<NaiveDate>,
    pub letters: i64,
}

#[derive(FromRow)]
struct RequestRow {
    id: i64,
    kind: String,
    name: String,
    fiscal_year: FiscalYear,
    for_day: Option<NaiveDate>,
    letters: i64,
    asked_by: String,
    asked_by_name: String,
    asked_at: i64,
}

impl RequestRow {
    fn view(self) -> RunRequest {
        RunRequest {
            id: self.id,
            kind: self.kind,
            name: self.name,
            fiscal_year: self.fiscal_year,
            for_day: self.for_day,
            letters: self.letters,
            asked_by: self.asked_by,
            asked_by_name: self.asked_by_name,
            asked_at: Instant(self.asked_at).text(),
        }
    }
}

/// SELECT of open requests, and the rest of the statement.
macro_rules! open {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.kind, r.name, r.fiscal_year, r.for_day, r.letters, r.asked_by, \
             COALESCE((SELECT a.name FROM account a WHERE a.login = r.asked_by), '') AS asked_by_name, r.asked_at \
             FROM run_request r WHERE r.state = 'open' ",
            $rest
        )
    };
}

fn conflict(text: &str) -> ServiceError {
    ServiceError::Conflict(Problem::new(text))
}

/// Those that wait for somebody else, the oldest first.
pub async fn waiting(db: &Db) -> Result<Vec<RunRequest>, ServiceError> {
    const SQL: &str = open!("ORDER BY r.id");
    let rows: Vec<RequestRow> = on_db!(db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    Ok(rows.into_iter().map(RequestRow::view).collect())
}

/// One that waits.
pub async fn find(tx: &mut Tx, id: i64) -> Result<RunRequest, ServiceError> {
    const SQL: &str = open!("AND r.id = $1");
    let row: Option<RequestRow> =
        on_tx!(tx, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
    let row = row.ok_or(ServiceError::NotFound("承認を待っている申請"))?;
    Ok(row.view())
}

/// Asks for a job; one of a kind and year waits at a time.
pub async fn ask(db: &Db, asked: Asked, user: &User) -> Result<RunRequest, ServiceError> {
    const KNOWN: &str =
        "SELECT COUNT(*) FROM run_request WHERE kind = $1 AND fiscal_year = $2 AND state = 'open'";
    let mut tx = db.write(Lock::Everything).await?;
    let known: i64 = on_tx!(&mut tx, c => sqlx::query_scalar(KNOWN).bind(asked.kind).bind(asked.fiscal_year)
        .fetch_one(c).await?);
    if known > 0 {
        return Err(conflict("同じ処理の申請が承認を待っています"));
    }
    let (id, now) = (tx.take_ids("run_request", 1).await?, tx.at());
    let row = row! {
        id,
        kind: asked.kind,
        name: asked.name,
        fiscal_year: asked.fiscal_year,
        for_day: asked.for_day,
        letters: asked.letters,
        asked_by: user.login.clone(),
        asked_at: now,
        state: "open",
        note: String::new(),
    };
    tx.insert("run_request", &[row]).await?;
    let entry = Entry::new(user, AuditAction::Print, now);
    let detail = format!("request {id} of {}: {} letters", asked.kind, asked.letters);
    entry.detail(detail).write(&mut tx).await?;
    let request = find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(request)
}

/// Whoever asked for a job cannot release it.
pub fn refuse_own(request: &RunRequest, user: &User) -> Result<(), ServiceError> {
    if request.asked_by == user.login {
        let text = "申請した本人は承認できません。別の係長が承認してください";
        return Err(conflict(text));
    }
    Ok(())
}

/// Notes that a request was released with the job that begins in the same transaction.
pub async fn release(
    tx: &mut Tx,
    request: &RunRequest,
    job: JobId,
    note: &str,
    user: &User,
) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE run_request SET state = 'released', decided_by = $1, decided_at = $2, note = $3, job_id = $4 \
        WHERE id = $5 AND state = 'open'";
    refuse_own(request, user)?;
    let now = tx.at();
    on_tx!(&mut *tx, c => sqlx::query(SQL).bind(&user.login).bind(now.0).bind(note.trim()).bind(job)
        .bind(request.id).execute(c).await?.rows_affected());
    let entry = Entry::new(user, AuditAction::Decide, now);
    let detail = format!("release of request {} as job {job}", request.id);
    entry.detail(detail).write(tx).await
}

/// 取下げ: the request is made no more.
pub async fn withdraw(db: &Db, id: i64, user: &User) -> Result<(), ServiceError> {
    const SQL: &str = "UPDATE run_request SET state = 'withdrawn', decided_by = $1, decided_at = $2 \
        WHERE id = $3 AND state = 'open'";
    let mut tx = db.write(Lock::Everything).await?;
    find(&mut tx, id).await?;
    let now = tx.at();
    on_tx!(&mut tx, c => sqlx::query(SQL).bind(&user.login).bind(now.0).bind(id).execute(c).await?
        .rows_affected());
    let entry = Entry::new(user, AuditAction::Update, now);
    let detail = format!("request {id} withdrawn");
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}
