//! 特別徴収 with 日本年金機構: its list of whose pension can bear a premium, our requests, and what it says of them.

use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::codec;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::{self, Row, Warnings};
use crate::facts::tables::PENSIONS;
use crate::facts::{By, FactChange, announce, record};
use crate::store::{Lock, Tx};
use crate::transfer::arrivals::{self, Arrival};
use crate::transfer::spool::Spool;
use crate::transfer::troubles;
use crate::transfer::{Carrying, FileTransfer, Inbound, Incoming, Outbound};
use crate::{on_db, on_tx, row};
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;
use std::sync::Arc;

/// So many requests leave in one file.
const AT_ONCE: i64 = 5_000;

/// One line of the list.
struct Listed {
    line: u64,
    resident_number: String,
    birth_date: NaiveDate,
    listed_on: NaiveDate,
    annual: i64,
    care_each: Option<i64>,
}

#[derive(FromRow)]
struct Person {
    person_id: PersonId,
    birth_date: NaiveDate,
    household_id: HouseholdId,
}

#[derive(FromRow)]
struct KnownFact {
    id: i64,
    listed_on: NaiveDate,
    annual: i64,
    care_each: Option<i64>,
    account_transfer: bool,
}

/// A list, whole or not at all; the same again changes nothing. Decided years of whom it names are due again.
pub async fn take_list(
    courier: &FileTransfer,
    name: &str,
    file: &Arc<Spool>,
) -> Result<(), ServiceError> {
    let (lines, warnings) = courier.read(name, file, read_list).await?;
    let mut tx = courier.db.write(Lock::Everything).await?;
    let mut new = 0;
    for line in &lines {
        let changed = listed(&mut tx, courier, line).await;
        new += i64::from(changed.map_err(|why| in_file(why, name, line.line))?);
    }
    let arrival = Arrival {
        kind: "pension_list",
        file_name: name,
        sha256: &file.sha256,
        lines: lines.len(),
        control_total: None,
    };
    arrivals::note(&mut tx, &arrival, courier.clock).await?;
    troubles::warn(&mut tx, name, &warnings).await?;
    let detail = format!("pension list: {} lines, {new} new or changed", lines.len());
    let entry = Entry::by("kokuho", "system", AuditAction::Import, courier.clock.now());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

fn day(row: &Row<'_>, field: &str) -> Result<NaiveDate, FileError> {
    let missing = || row.wrong(field, "日付がありません");
    row.date(field)?.ok_or_else(missing)
}

fn read_list(
    courier: &FileTransfer,
    file: Source<'_>,
) -> Result<(Vec<Listed>, Warnings), FileError> {
    let layout = Layout::link("pension_list", courier.layouts.as_deref())?;
    let (mut lines, mut sum) = (Vec::new(), 0i64);
    let whole = table::scan(file, &layout, &mut |row| {
        let annual = row
            .yen("annual")?
            .ok_or_else(|| row.wrong("annual", "年金年額がありません"))?;
        sum = sum.saturating_add(annual);
        lines.push(Listed {
            line: row.line,
            resident_number: row.digits("resident_number")?,
            birth_date: day(row, "birth_date")?,
            listed_on: day(row, "listed_on")?,
            annual,
            care_each: row.yen("care_each")?,
        });
        Ok(())
    })?;
    whole.check_total("年金年額の合計", sum)?;
    Ok((lines, whole.warnings))
}

/// Whether the line says something new.
async fn listed(tx: &mut Tx, courier: &FileTransfer, line: &Listed) -> Result<bool, ServiceError> {
    const PERSON: &str = "SELECT p.person_id, p.birth_date, m.household_id FROM person_fact p \
        JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
        WHERE p.resident_number = $1 AND p.superseded_at IS NULL";
    const FACT_OF: &str = "SELECT id, listed_on, annual, care_each, account_transfer FROM pension_fact \
        WHERE person_id = $1 AND superseded_at IS NULL";
    let found: Option<Person> = on_tx!(tx, c => sqlx::query_as(PERSON).bind(&line.resident_number)
        .fetch_optional(c).await?);
    let person = found
        .ok_or_else(|| ServiceError::invalid_at("resident_number", "この宛名番号の人がいません"))?;
    if person.birth_date != line.birth_date {
        let text = "生年月日が違います。別の人の行ではありませんか";
        return Err(ServiceError::invalid_at("birth_date", text));
    }
    let known: Option<KnownFact> =
        on_tx!(tx, c => sqlx::query_as(FACT_OF).bind(person.person_id).fetch_optional(c).await?);
    let told = (line.listed_on, line.annual, line.care_each);
    if let Some(known) = &known {
        let says = (known.listed_on, known.annual, known.care_each);
        if says == told || known.listed_on > line.listed_on {
            return Ok(false);
        }
    }
    let now = tx.at();
    let by = By::of("kokuho", now, &courier.clock);
    let change = record(tx, person.household_id, "特別徴収対象者情報", by).await?;
    let old: Vec<i64> = known.iter().map(|known| known.id).collect();
    let row = row! {
        id: 0,
        person_id: person.person_id,
        change_id: change.id,
        recorded_at: now,
        listed_on: line.listed_on,
        annual: line.annual,
        care_each: line.care_each,
        account_transfer: known.is_some_and(|known| known.account_transfer),
    };
    PENSIONS.write(tx, &old, vec![row], now.0).await?;
    let year = kokuho_shared::calendar::FiscalYear::of(change.day);
    announce(
        tx,
        change,
        FactChange::Household {
            id: person.household_id,
            from_year: year,
        },
    )
    .await?;
    Ok(true)
}

#[derive(FromRow)]
struct Request {
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    resident_number: String,
    birth_date: NaiveDate,
    state: String,
    payments: String,
    stopped_place: Option<i64>,
}

/// 依頼 and 中止依頼 that wait leave as one file; they are marked and committed once it lies there whole.
pub async fn send(courier: &FileTransfer) -> Result<(), ServiceError> {
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM pension_case WHERE state IN ('queued', 'stop_queued') LIMIT 1) AS one";
    const QUEUED: &str = "SELECT c.household_id, c.fiscal_year, p.resident_number, p.birth_date, c.state, c.payments, \
        c.stopped_place FROM pension_case c JOIN person_fact p ON p.person_id = c.person_id AND p.superseded_at IS NULL \
        WHERE c.state IN ('queued', 'stop_queued') ORDER BY c.household_id, c.fiscal_year LIMIT $1";
    const SENT: &str = "UPDATE pension_case SET state = CASE WHEN state = 'queued' THEN 'sent' ELSE 'stopping' END, \
        changed_at = $1 WHERE household_id = $2 AND fiscal_year = $3 AND state IN ('queued', 'stop_queued')";
    let waits: i64 = on_db!(&courier.db, pool => sqlx::query_scalar(ANY).fetch_one(pool).await?);
    if waits == 0 {
        return Ok(());
    }
    let mut tx = courier.db.write(Lock::Everything).await?;
    let requests: Vec<Request> =
        on_tx!(&mut tx, c => sqlx::query_as(QUEUED).bind(AT_ONCE).fetch_all(c).await?);
    let now = tx.at();
    let mut rows = Vec::with_capacity(requests.len());
    for request in &requests {
        rows.push(written(request)?);
        on_tx!(&mut tx, c => sqlx::query(SENT).bind(now.0).bind(request.household_id)
            .bind(request.fiscal_year).execute(c).await?.rows_affected());
    }
    let layout = Layout::link("pension_request", courier.layouts.as_deref());
    let bad = |why: FileError| ServiceError::Invalid(why.problem("pension_request"));
    let layout = layout.map_err(bad)?;
    let bytes = codec::write(&layout, &REQUEST, &rows).map_err(bad)?;
    let name = format!("pension_request_{}.{}", now.0, layout.format.ending());
    courier.put_out(&name, &bytes).await?;
    let entry = Entry::by("kokuho", "system", AuditAction::Inquire, now);
    let detail = format!("{} requests to the pension body in {name}", rows.len());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

const REQUEST: [&str; 11] = [
    "fiscal_year",
    "resident_number",
    "birth_date",
    "kind",
    "stopped_month",
    "april",
    "june",
    "august",
    "october",
    "december",
    "february",
];

fn written(request: &Request) -> Result<Vec<String>, ServiceError> {
    let payments: [i64; 6] = serde_json::from_str(&request.payments)?;
    let stops = request.state == "stop_queued";
    let month = request
        .stopped_place
        .map(|place| ((3 + 2 * place) % 12 + 1).to_string());
    let mut row = vec![
        request.fiscal_year.to_string(),
        request.resident_number.clone(),
        request.birth_date.to_string(),
        if stops { "2" } else { "1" }.to_owned(),
        month.filter(|_| stops).unwrap_or_default(),
    ];
    row.extend(payments.iter().map(i64::to_string));
    Ok(row)
}

/// One line of the results.
struct ResultLine {
    line: u64,
    fiscal_year: FiscalYear,
    resident_number: String,
    stops: bool,
    accepted: bool,
    code: String,
}

#[derive(FromRow)]
struct Asked {
    household_id: HouseholdId,
    state: String,
}

/// Results, whole or not at all. Where the pension body refuses, or a deduction has ended, the year is due again.
pub async fn take_results(
    courier: &FileTransfer,
    name: &str,
    file: &Arc<Spool>,
) -> Result<(), ServiceError> {
    let told = courier.read(name, file, read_results).await?;
    let mut tx = courier.db.write(Lock::Everything).await?;
    for each in &told {
        let done = answered(&mut tx, courier, each).await;
        done.map_err(|why| in_file(why, name, each.line))?;
    }
    let entry = Entry::by(
        "kokuho",
        "system",
        AuditAction::Inquire,
        courier.clock.now(),
    );
    let detail = format!("{} results of the pension body", told.len());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await
}

fn read_results(courier: &FileTransfer, file: Source<'_>) -> Result<Vec<ResultLine>, FileError> {
    let layout = Layout::link("pension_result", courier.layouts.as_deref())?;
    let mut told = Vec::new();
    table::scan(file, &layout, &mut |row| {
        let year = row.digits("fiscal_year")?;
        told.push(ResultLine {
            line: row.line,
            fiscal_year: year
                .parse()
                .map_err(|_| row.wrong("fiscal_year", "年度ではありません"))?,
            resident_number: row.digits("resident_number")?,
            stops: row.code("kind", &["1", "2"])? == "2",
            accepted: row.code("result", &["0", "1"])? == "0",
            code: row.text("code")?.chars().take(50).collect(),
        });
        Ok(())
    })?;
    Ok(told)
}

async fn answered(
    tx: &mut Tx,
    courier: &FileTransfer,
    told: &ResultLine,
) -> Result<(), ServiceError> {
    const FIND: &str = "SELECT c.household_id, c.state FROM pension_case c \
        JOIN person_fact p ON p.person_id = c.person_id AND p.superseded_at IS NULL \
        WHERE p.resident_number = $1 AND c.fiscal_year = $2 \
        ORDER BY CASE WHEN c.state IN ('planned', 'excluded', 'queued') THEN 1 ELSE 0 END, c.changed_at DESC LIMIT 1";
    const SET: &str = "UPDATE pension_case SET state = $1, code = $2, changed_at = $3, \
        stopped_place = CASE WHEN $4 = 'accepted' THEN NULL ELSE stopped_place END \
        WHERE household_id = $5 AND fiscal_year = $6";
    let found: Option<Asked> = on_tx!(tx, c => sqlx::query_as(FIND).bind(&told.resident_number)
        .bind(told.fiscal_year).fetch_optional(c).await?);
    let wrong = |text| ServiceError::invalid_at("resident_number", text);
    let asked = found.ok_or_else(|| wrong("この人の特別徴収は依頼していません"))?;
    let after = match (asked.state.as_str(), told.stops, told.accepted) {
        ("sent", false, true) | ("stopping", true, false) => "accepted",
        ("sent" | "stop_queued" | "stopping", false, false) => "refused",
        ("stopping", true, true) => "stopped",
        // Its end was asked for meanwhile: that answer is still to come.
        ("stop_queued" | "stopping", false, true) => return Ok(()),
        // Said before.
        ("accepted" | "refused" | "stopped", ..) => return Ok(()),
        _ => return Err(wrong("送っていない依頼への回答です")),
    };
    let now = tx.at();
    on_tx!(tx, c => sqlx::query(SET).bind(after).bind(&told.code).bind(now.0).bind(after)
        .bind(asked.household_id).bind(told.fiscal_year).execute(c).await?.rows_affected());
    if after == "accepted" && !told.stops {
        return Ok(());
    }
    let reason = format!("特別徴収の処理結果 {}", told.code);
    let change = record(
        tx,
        asked.household_id,
        &reason,
        By::of("kokuho", now, &courier.clock),
    )
    .await?;
    let year = told.fiscal_year;
    announce(
        tx,
        change,
        FactChange::Household {
            id: asked.household_id,
            from_year: year,
        },
    )
    .await
}

fn in_file(why: ServiceError, name: &str, line: u64) -> ServiceError {
    match why {
        ServiceError::Invalid(mut problem) => {
            problem.file = Some(name.to_owned());
            problem.line = Some(line);
            ServiceError::Invalid(problem)
        }
        other => other,
    }
}

/// 年金保険者からの一覧 and 処理結果.
pub struct FromPensions;
/// 特別徴収の依頼 and its end.
pub struct ToPensions;

const LIST: &str = "pension_list_";
const RESULT: &str = "pension_result_";

impl Inbound for FromPensions {
    fn begins(&self) -> &[&'static str] {
        &[LIST, RESULT]
    }

    fn take_in<'a>(&'a self, courier: &'a FileTransfer, file: &'a Incoming) -> Carrying<'a> {
        match file.name.starts_with(LIST) {
            true => Box::pin(take_list(courier, &file.name, &file.spool)),
            false => Box::pin(take_results(courier, &file.name, &file.spool)),
        }
    }
}

impl Outbound for ToPensions {
    fn send<'a>(&'a self, courier: &'a FileTransfer) -> Carrying<'a> {
        Box::pin(send(courier))
    }
}
