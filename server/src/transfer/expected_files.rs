//! 届く予定のファイル: what is expected on which day, what came, and what the yearly run waits for.

use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::figures;
use crate::on_db;
use crate::store::Db;
use chrono::{Datelike, Days, NaiveDate};
use kokuho_shared::api::arrival::{ArrivalView, ExpectedView};
use kokuho_shared::api::import::FileKind;
use kokuho_shared::assessment::schedule::instalments::closed_days;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::linkage::expected::{ExpectedFile, due_in, judge};
use serde::Deserialize;
use sqlx::FromRow;
use std::path::Path;

/// So many days before and after the business day are shown.
const BEFORE: u64 = 40;
const AFTER: u64 = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    file: Vec<ExpectedFile>,
}

/// The shipped calendar, or the city's own.
fn calendar(folder: Option<&Path>) -> Result<Vec<ExpectedFile>, ServiceError> {
    const SHIPPED: &str = include_str!("../../layouts/expected.toml");
    let wrong = |why: String| {
        let error = FileError::new(format!("届く予定のファイルの暦: {why}"));
        ServiceError::Invalid(error.problem("expected.toml"))
    };
    let own = folder.map(|folder| folder.join("expected.toml"));
    let own = own.filter(|path| path.exists());
    let own = own.map(std::fs::read_to_string).transpose();
    let text = own.map_err(|why| wrong(why.to_string()))?;
    let text = text.as_deref().unwrap_or(SHIPPED);
    let calendar: Calendar = toml::from_str(text).map_err(|why| wrong(why.to_string()))?;
    Ok(calendar.file)
}

fn closed(municipality: &str, day: NaiveDate) -> Result<Vec<NaiveDate>, ServiceError> {
    let parameters = figures::parameters(municipality, FiscalYear::of(day))?;
    let holidays = figures::holidays()?;
    Ok(closed_days(
        &parameters.instalments.value,
        &holidays,
        day.year(),
    )?)
}

#[derive(FromRow)]
struct Row {
    received_on: NaiveDate,
    file_name: String,
    sha256: String,
    lines: i64,
    control_total: Option<i64>,
}

async fn arrived(
    db: &Db,
    kind: &str,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<ArrivalView>, ServiceError> {
    const SQL: &str = "SELECT received_on, file_name, sha256, lines, control_total FROM arrival \
        WHERE kind = $1 AND received_on BETWEEN $2 AND $3 ORDER BY received_on, id";
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(SQL).bind(kind).bind(from).bind(until)
        .fetch_all(pool).await?);
    let view = |row: Row| ArrivalView {
        received_on: row.received_on,
        file_name: row.file_name,
        sha256: row.sha256,
        lines: row.lines,
        control_total: row.control_total,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Every delivery around the business day, the latest due first.
pub async fn list(
    db: &Db,
    municipality: &str,
    layouts: Option<&Path>,
    today: NaiveDate,
) -> Result<Vec<ExpectedView>, ServiceError> {
    let wrong = || ServiceError::Internal("calendar".into());
    let first = today
        .checked_sub_days(Days::new(BEFORE))
        .ok_or_else(wrong)?;
    let last = today.checked_add_days(Days::new(AFTER)).ok_or_else(wrong)?;
    let closed = closed(municipality, today)?;
    let mut all = Vec::new();
    for file in calendar(layouts)? {
        // The delivery before is looked at too, so that its late arrival is not counted for the
        // next one.
        let begin = first.checked_sub_days(Days::new(BEFORE)).unwrap_or(first);
        let due = file.due_days(begin, last, &closed);
        let came = arrived(db, &file.kind, begin, last).await?;
        let days: Vec<NaiveDate> = came.iter().map(|one| one.received_on).collect();
        let judged = judge(&due, &days, today);
        for (due_on, state, found) in judged.into_iter().filter(|one| one.0 >= first) {
            all.push(ExpectedView {
                kind: file.kind.clone(),
                name: file.name.clone(),
                partner: file.partner.clone(),
                due_on,
                state,
                arrival: found.and_then(|found| came.get(found).cloned()),
                holds_run: file.holds_run,
            });
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.due_on));
    Ok(all)
}

/// Refuses the run of a year while a file is missing that it stands on.
pub async fn refuse_without(
    db: &Db,
    municipality: &str,
    layouts: Option<&Path>,
    fiscal_year: FiscalYear,
) -> Result<(), ServiceError> {
    let year = fiscal_year;
    let Some(april) = year.april() else {
        return Ok(());
    };
    let closed = closed(municipality, april).map_err(|why| match why {
        ServiceError::Invalid(problem) => ServiceError::Invalid(problem.at("fiscal_year")),
        other => other,
    })?;
    let held = calendar(layouts)?;
    for file in held.into_iter().filter(|file| file.holds_run) {
        let Some(due) = due_in(&file, year, &closed) else {
            continue;
        };
        if !is_here(db, &file.kind, april, fiscal_year).await? {
            let text = format!(
                "{}からの「{}」（{}予定）がまだ届いていません。届いてから始めてください",
                file.partner,
                file.name,
                era::format(due)
            );
            return Err(ServiceError::Conflict(kokuho_shared::api::Problem::new(
                text,
            )));
        }
    }
    Ok(())
}

/// Whether the file of a year is here: incomes by the year they are of, whenever they came. One that
/// was entered, or adopted from an answer, is no file.
async fn is_here(
    db: &Db,
    kind: &str,
    april: NaiveDate,
    fiscal_year: FiscalYear,
) -> Result<bool, ServiceError> {
    const INCOMES: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM income_fact i WHERE i.income_year = $1 \
         AND EXISTS (SELECT 1 FROM change_record c WHERE c.id = i.change_id AND c.kind = 'incomes') LIMIT 1) AS one";
    if kind == FileKind::Incomes.key() {
        let year = i64::from(fiscal_year.income_year());
        let known: i64 =
            on_db!(db, pool => sqlx::query_scalar(INCOMES).bind(year).fetch_one(pool).await?);
        return Ok(known > 0);
    }
    let last = fiscal_year.after().after().april().unwrap_or(april);
    Ok(!arrived(db, kind, april, last).await?.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_calendar_is_read_and_a_citys_own_takes_its_place() {
        let shipped = calendar(None).unwrap();
        assert!(shipped.iter().any(|file| file.holds_run));
        let folder = std::env::temp_dir().join(format!("kokuho-calendar-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let own = "[[file]]\nkind = \"incomes\"\nname = \"所得\"\npartner = \"税務\"\nevery = { month = { day = 5 } }\n";
        std::fs::write(folder.join("expected.toml"), own).unwrap();
        assert_eq!(calendar(Some(&folder)).unwrap().len(), 1);
        std::fs::write(folder.join("expected.toml"), "[[file]]\nkind = 1\n").unwrap();
        let refused = calendar(Some(&folder)).unwrap_err();
        assert!(matches!(refused, ServiceError::Invalid(_)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
