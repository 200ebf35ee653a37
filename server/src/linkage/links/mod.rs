//! 内部連携・連合会連携: records leave as files with the courier, and what the other offices say of
//! them comes back.

pub mod asked;
pub mod list;
pub mod outbox;
pub mod ports;
pub mod results;

use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::exchange::codec;
use crate::exchange::layout::Layout;
use crate::store::{Lock, Tx};
use crate::transfer::courier::Courier;
use crate::{guarded, on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::linkage::interchange::LinkKind;
use sqlx::FromRow;

/// So many records leave in one file.
const AT_ONCE: i64 = 5_000;
/// The code of a question that is not answered.
pub const REFUSED: &str = "refused";
/// The code of a question about somebody whom this office does not know or who reported nothing.
pub const NONE: &str = "none";

/// A record with what is known of the person now.
#[derive(Clone, Debug, FromRow)]
struct Record {
    id: i64,
    person_id: i64,
    change_id: i64,
    income_year: Option<i64>,
    code: String,
    message: String,
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
    "SELECT x.id, x.person_id, x.change_id, x.income_year, x.code, x.message, p.resident_number, \
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
pub async fn send(courier: &Courier) -> Result<usize, ServiceError> {
    let (mut sent, mut failure) = (0, None);
    for kind in LinkKind::ALL {
        // What cannot be written of one kind holds up no other.
        match files(courier, kind).await {
            Ok(count) => sent += count,
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    failure.map_or(Ok(sent), Err)
}

async fn files(courier: &Courier, kind: LinkKind) -> Result<usize, ServiceError> {
    let mut sent = 0;
    loop {
        match file(courier, kind).await? {
            0 => return Ok(sent),
            count => sent += count,
        }
    }
}

async fn file(courier: &Courier, kind: LinkKind) -> Result<usize, ServiceError> {
    const SENT: &str = "UPDATE interchange SET state = $1, sent_at = $2, file_name = $3 WHERE id = $4 AND state = 'queued'";
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
    // What only tells needs no answer.
    let after = if kind == LinkKind::IncomeReport {
        "accepted"
    } else {
        "sent"
    };
    let mut own = Vec::new();
    for record in records {
        let marked = on_tx!(&mut tx, c => sqlx::query(SENT).bind(after).bind(now.0).bind(&name)
            .bind(record.id).execute(c).await?.rows_affected());
        // Another courier may have taken it.
        if marked == 1 {
            own.push(record);
        }
    }
    let count = own.len();
    if count > 0 {
        let bytes = written(&mut tx, &layout, kind, &own).await?;
        courier.put_out(&name, &bytes).await?;
        let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
        let detail = format!("{} records of {} in {name}", count, kind.key());
        entry.detail(detail).write(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(count)
}

async fn written(
    tx: &mut Tx,
    layout: &Layout,
    kind: LinkKind,
    records: &[Record],
) -> Result<Vec<u8>, ServiceError> {
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        rows.push(match kind {
            LinkKind::Federation => federation(record),
            LinkKind::ResidentMark => mark(record),
            LinkKind::ResidentsRequest => vec![record.id.to_string(), resident(record)],
            LinkKind::IncomesRequest => {
                vec![record.id.to_string(), resident(record), year(record)]
            }
            LinkKind::IncomeReport => report(tx, record).await?,
        });
    }
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
        LinkKind::IncomeReport => &[
            "request",
            "resident_number",
            "income_year",
            "result",
            "reported_on",
            "salary_receipts",
            "pension_receipts",
            "other_income",
        ],
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

#[derive(FromRow)]
struct Reported {
    closed_on: NaiveDate,
    salary_receipts: Option<i64>,
    pension_receipts: Option<i64>,
    other_income: i64,
}

/// What somebody wrote on 所得申告書, and nothing else that is known of the income.
async fn report(tx: &mut Tx, record: &Record) -> Result<Vec<String>, ServiceError> {
    const SQL: &str = "SELECT d.closed_on, i.salary_receipts, i.pension_receipts, i.other_income FROM document d \
        JOIN income_fact i ON i.change_id = d.reply_change AND i.person_id = d.person_id \
        WHERE d.person_id = $1 AND i.income_year = $2 ORDER BY d.closed_on DESC, d.number DESC LIMIT 1";
    let found: Option<Reported> = match record.code.as_str() {
        REFUSED | NONE => None,
        _ => on_tx!(tx, c => sqlx::query_as(SQL).bind(record.person_id).bind(record.income_year)
            .fetch_optional(c).await?),
    };
    let result = match (&found, record.code.as_str()) {
        (Some(_), _) => "answered",
        (None, REFUSED) => REFUSED,
        (None, _) => NONE,
    };
    let yen = |yen: Option<i64>| yen.map(|yen| yen.to_string()).unwrap_or_default();
    let told = found.as_ref();
    Ok(vec![
        record.change_id.to_string(),
        // The number of somebody unknown is what the other office wrote.
        record
            .resident_number
            .clone()
            .unwrap_or_else(|| record.message.clone()),
        year(record),
        result.to_owned(),
        day(told.map(|told| told.closed_on)),
        yen(told.and_then(|told| told.salary_receipts)),
        yen(told.and_then(|told| told.pension_receipts)),
        yen(told.map(|told| told.other_income)),
    ])
}

/// A record of the exchange is on record itself.
pub(super) async fn note(tx: &mut Tx, detail: String, now: Instant) -> Result<(), ServiceError> {
    let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
    entry.detail(detail).write(tx).await
}
