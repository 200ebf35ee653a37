//! 内部連携・連合会連携: records leave as files with the courier, and what the other offices say of
//! them comes back.

pub mod list;
pub mod outbox;
pub mod ports;
pub mod refresh;
pub mod results;

use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::codec;
use crate::exchange::layout::Layout;
use crate::store::Lock;
use crate::transfer::rounds::FileTransfer;
use crate::{guarded, on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::linkage::link_record::LinkKind;
use sqlx::FromRow;

/// So many records leave in one file.
const AT_ONCE: i64 = 5_000;

/// A record with what is known of the person now.
#[derive(Clone, Debug, FromRow)]
struct Record {
    id: i64,
    income_year: Option<i64>,
    resident_number: Option<String>,
    household_number: Option<String>,
    birth_date: Option<NaiveDate>,
    sex: Option<i64>,
    insurer_number: Option<String>,
    insured_number: Option<String>,
    branch: Option<String>,
    acquired_on: Option<NaiveDate>,
    valid_from: Option<NaiveDate>,
    acquired_reason: Option<String>,
    valid_until: Option<NaiveDate>,
    lost_reason: Option<String>,
    /// 支援措置: the place is guarded.
    guarded: bool,
}

/// A 資格期間 as it is known now; one that is no longer there has been cancelled.
const QUEUED: &str = concat!(
    "SELECT x.id, x.income_year, p.resident_number, \
    m.household_number, p.birth_date, p.sex, e.insurer_number, e.insured_number, e.branch, x.acquired_on, e.valid_from, \
    e.acquired_reason, e.valid_until, e.lost_reason, ",
    guarded!(both "m.household_id", "p.place"),
    " AS guarded FROM interchange x \
    LEFT JOIN person_fact p ON p.person_id = x.person_id AND p.superseded_at IS NULL \
    LEFT JOIN membership_fact m ON m.person_id = x.person_id AND m.superseded_at IS NULL \
    LEFT JOIN eligibility_fact e ON e.person_id = x.person_id AND e.superseded_at IS NULL \
    AND e.valid_from = x.acquired_on \
    WHERE x.kind = $1 AND x.state = 'queued' ORDER BY x.id LIMIT $2"
);

/// Writes what waits into files; returns how many records left. They are marked first and committed
/// once the file lies there whole: killed in between they leave again, with the same numbers.
pub async fn send(courier: &FileTransfer) -> Result<usize, ServiceError> {
    let (mut sent, mut failure) = (0, None);
    for kind in LinkKind::ALL {
        // A kind that cannot be written does not delay the others.
        match files(courier, kind).await {
            Ok(count) => sent += count,
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    failure.map_or(Ok(sent), Err)
}

async fn files(courier: &FileTransfer, kind: LinkKind) -> Result<usize, ServiceError> {
    let mut sent = 0;
    loop {
        match file(courier, kind).await? {
            0 => return Ok(sent),
            count => sent += count,
        }
    }
}

async fn file(courier: &FileTransfer, kind: LinkKind) -> Result<usize, ServiceError> {
    const SENT: &str = "UPDATE interchange SET state = 'sent', sent_at = $1, file_name = $2 WHERE id = $3 AND state = 'queued'";
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM interchange WHERE kind = $1 AND state = 'queued' LIMIT 1) AS one";
    let waits: i64 = on_db!(&courier.db, pool => sqlx::query_scalar(ANY).bind(kind.key()).fetch_one(pool).await?);
    if waits == 0 {
        return Ok(0);
    }
    // 資格 must not change between being read and being marked as told.
    let mut tx = courier.db.write(Lock::Everything).await?;
    let records: Vec<Record> = on_tx!(&mut tx, c => sqlx::query_as(QUEUED).bind(kind.key()).bind(AT_ONCE)
        .fetch_all(c).await?);
    let Some(first) = records.first().map(|first| first.id) else {
        return Ok(0);
    };
    let now = tx.at();
    let layout = Layout::link(kind.key(), courier.layouts.as_deref())
        .map_err(|why| ServiceError::Invalid(why.problem(kind.key())))?;
    let ending = layout.format.ending();
    let name = format!("{}_{}_{first}.{ending}", kind.key(), now.0);
    let mut own = Vec::new();
    for record in records {
        let marked = on_tx!(&mut tx, c => sqlx::query(SENT).bind(now.0).bind(&name)
            .bind(record.id).execute(c).await?.rows_affected());
        // Another courier may have taken it.
        if marked == 1 {
            own.push(record);
        }
    }
    let count = own.len();
    if count > 0 {
        let bytes = written(&layout, kind, &own)?;
        courier.put_out(&name, &bytes).await?;
        let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
        let detail = format!("{} records of {} in {name}", count, kind.key());
        entry.detail(detail).write(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(count)
}

fn written(layout: &Layout, kind: LinkKind, records: &[Record]) -> Result<Vec<u8>, ServiceError> {
    let row = |record: &Record| match kind {
        LinkKind::Federation => federation(record),
        LinkKind::ResidentMark => mark(record),
        LinkKind::ResidentsRequest => vec![record.id.to_string(), resident(record)],
        LinkKind::IncomesRequest => {
            vec![record.id.to_string(), resident(record), year(record)]
        }
    };
    let rows: Vec<Vec<String>> = records.iter().map(row).collect();
    codec::write(layout, fields(kind), &rows)
        .map_err(|why| ServiceError::Invalid(why.problem(kind.key())))
}

fn fields(kind: LinkKind) -> &'static [&'static str] {
    match kind {
        LinkKind::Federation => &[
            "serial",
            "resident_number",
            "household_number",
            "birth_date",
            "sex",
            "insurer_number",
            "insured_number",
            "branch",
            "acquired_on",
            "acquired_reason",
            "lost_on",
            "lost_reason",
            "cancelled",
            "undisclosed",
            "no_self_disclosure",
        ],
        LinkKind::ResidentMark => &[
            "serial",
            "resident_number",
            "acquired_on",
            "lost_on",
            "cancelled",
        ],
        LinkKind::ResidentsRequest => &["serial", "resident_number"],
        LinkKind::IncomesRequest => &["serial", "resident_number", "income_year"],
    }
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn resident(record: &Record) -> String {
    text(record.resident_number.as_ref())
}

fn year(record: &Record) -> String {
    record
        .income_year
        .map(|year| year.to_string())
        .unwrap_or_default()
}

fn cancelled(record: &Record) -> String {
    i64::from(record.valid_from.is_none()).to_string()
}

fn federation(record: &Record) -> Vec<String> {
    vec![
        record.id.to_string(),
        resident(record),
        text(record.household_number.as_ref()),
        day(record.birth_date),
        record.sex.map(|sex| sex.to_string()).unwrap_or_default(),
        text(record.insurer_number.as_ref()),
        text(record.insured_number.as_ref()),
        text(record.branch.as_ref()),
        day(record.acquired_on),
        text(record.acquired_reason.as_ref()),
        day(record.valid_until),
        text(record.lost_reason.as_ref()),
        cancelled(record),
        i64::from(record.guarded).to_string(),
        i64::from(record.guarded).to_string(),
    ]
}

fn mark(record: &Record) -> Vec<String> {
    vec![
        record.id.to_string(),
        resident(record),
        day(record.acquired_on),
        day(record.valid_until),
        cancelled(record),
    ]
}
