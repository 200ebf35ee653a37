//! 要処理: people about whom somebody has to do something. Nothing is dropped:
//! people whose registers contradict each other stay listed until the data agree.

mod lists;
pub mod owners;

use crate::error::ServiceError;
use crate::figures;
use crate::on_db;
use crate::store::Db;
use chrono::{Datelike, Days, NaiveDate};
use kokuho_shared::api::queue::{QueueGroup, QueueItem, QueueKind};
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::assessment::schedule::limit::last_decision_on;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;

/// So many of each kind are listed beside the others; all are counted.
pub const BESIDE_OTHERS: i64 = 200;
/// So many at most of one kind that is asked for alone: more than a city's working list ever holds.
pub const ALONE: i64 = 50_000;
/// No earlier year is looked for.
const YEARS_BACK: i32 = 5;
/// Ages are shown so many days before and after the birthday.
const BEFORE: u64 = 60;
const AFTER: u64 = 30;
/// A measure can be extended from a month before its end.
const PROTECTION_DAYS: u64 = 30;

#[derive(FromRow)]
struct Row {
    household_id: HouseholdId,
    household_number: String,
    person_id: PersonId,
    name: String,
    birth_date: NaiveDate,
    ward: String,
    on_day: NaiveDate,
    fiscal_year: Option<FiscalYear>,
    everybody: i64,
}

/// The city, and the ward to which an account is limited; empty = the whole city.
#[derive(Clone, Copy)]
pub struct Area<'a> {
    pub municipality: &'a str,
    pub ward: &'a str,
}

/// Everything that waits on a day, in one ward where the account is limited to it.
pub async fn all(
    db: &Db,
    area: Area<'_>,
    today: NaiveDate,
) -> Result<Vec<QueueGroup>, ServiceError> {
    let mut groups = Vec::new();
    for kind in QueueKind::ALL {
        groups.push(group(db, kind, area, today, BESIDE_OTHERS).await?);
    }
    Ok(groups)
}

/// Everybody who waits for one reason, `most` of them by name.
pub async fn group(
    db: &Db,
    kind: QueueKind,
    area: Area<'_>,
    today: NaiveDate,
    most: i64,
) -> Result<QueueGroup, ServiceError> {
    let (sql, mut from, until) = asked(kind, today)
        .ok_or_else(|| ServiceError::Internal(format!("{today} is outside the calendar")))?;
    let mut year = FiscalYear::of(today).before();
    if kind == QueueKind::DecisionDue {
        year = first_open(area.municipality, today);
        from = closed_after_payment(area.municipality, year, today)?;
    }
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sql).bind(area.ward).bind(from).bind(until)
        .bind(year).bind(most).bind(area.municipality).fetch_all(pool).await?);
    let count = rows.first().map_or(0, |row| row.everybody);
    let age = age_of(kind);
    let item = |row: Row| QueueItem {
        household_id: row.household_id,
        household_number: row.household_number,
        person_id: row.person_id,
        name: row.name,
        birth_date: row.birth_date,
        ward: row.ward,
        on: age
            .and_then(|age| birthday(row.birth_date, age))
            .unwrap_or(row.on_day),
        fiscal_year: row.fiscal_year,
        owner: None,
    };
    let mut items: Vec<QueueItem> = rows.into_iter().map(item).collect();
    owners::name(db, kind, &mut items).await?;
    Ok(QueueGroup { kind, count, items })
}

/// The first year that can still be decided (法110条の2). What became chargeable after its first
/// 納期限 is open longer, and decided from the household's own screen.
fn first_open(municipality: &str, today: NaiveDate) -> FiscalYear {
    let this = FiscalYear::of(today);
    let open = |year: &FiscalYear| {
        figures::assessor(municipality, *year).is_ok_and(|assessor| {
            let months = assessor.rules.decision_months;
            let first_due = assessor.due_dates().first();
            let last = first_due.and_then(|due| last_decision_on(*due, months));
            last.is_some_and(|last| today <= last)
        })
    };
    let mut years = (this.0 - YEARS_BACK..this.0).map(FiscalYear);
    years.find(open).unwrap_or(this)
}

/// The last 支払日 of a year whose deduction has closed the year on a day: whose pension has paid by then
/// is decided no more (法110条の2). The day before the year where there is none.
fn closed_after_payment(
    municipality: &str,
    year: FiscalYear,
    today: NaiveDate,
) -> Result<NaiveDate, ServiceError> {
    let april = year.april();
    let before = april.and_then(|april| april.pred_opt()).unwrap_or(today);
    let Ok(assessor) = figures::assessor(municipality, year) else {
        return Ok(before);
    };
    let rules = figures::pension()?;
    let months = assessor.rules.decision_months;
    let payment = rules.payment(april.unwrap_or(today))?;
    let mut closed = before;
    for due_on in assessor.pay_days(payment.day)? {
        let deducted = Instalment {
            number: DEDUCTED_FROM,
            amount: Yen(1),
            due_on,
        };
        let first_due = assessor.first_due(&[deducted], &rules)?;
        let last = first_due.and_then(|due| last_decision_on(due, months));
        if last.is_some_and(|last| today > last) {
            closed = due_on;
        }
    }
    Ok(closed)
}

/// The list of a kind, and the days between which it looks.
fn asked(kind: QueueKind, today: NaiveDate) -> Option<(&'static str, NaiveDate, NaiveDate)> {
    let (first, last) = (
        today.checked_sub_days(Days::new(AFTER))?,
        today.checked_add_days(Days::new(BEFORE))?,
    );
    Some(match kind {
        QueueKind::Gone => (lists::GONE, today, today),
        QueueKind::NotReported => (
            lists::NOT_REPORTED,
            today.checked_sub_days(Days::new(365))?,
            today,
        ),
        QueueKind::DecisionDue => (lists::DECISION_DUE, today, today),
        QueueKind::Undecided => (lists::UNDECIDED, today, today),
        QueueKind::HostInsured => (lists::HOST_INSURED, today, today),
        QueueKind::Past75 => (
            lists::OF_BIRTH,
            years_before(today, 140)?,
            years_before(today, 75)?,
        ),
        QueueKind::Turns75 => {
            // People who have had the birthday are in the list before.
            let next = today.succ_opt()?;
            (
                lists::OF_BIRTH,
                years_before(next, 75)?,
                years_before(last, 75)?,
            )
        }
        QueueKind::Turns70 => (
            lists::OF_BIRTH,
            years_before(first, 70)?,
            years_before(last, 70)?,
        ),
        QueueKind::Turns65 => (
            lists::OF_BIRTH,
            years_before(first, 65)?,
            years_before(last, 65)?,
        ),
        QueueKind::Turns40 => (
            lists::OF_BIRTH,
            years_before(first, 40)?,
            years_before(last, 40)?,
        ),
        QueueKind::Turns18 => (
            lists::OF_BIRTH,
            years_before(first, 18)?,
            years_before(last, 18)?,
        ),
        QueueKind::Turns6 => (
            lists::OF_BIRTH,
            years_before(first, 6)?,
            years_before(last, 6)?,
        ),
        QueueKind::PaperMissing => (lists::PAPER_MISSING, today, today),
        QueueKind::PaperEnding => (lists::PAPER_ENDING, today, last),
        QueueKind::ReplyOverdue => (lists::REPLY_OVERDUE, today, today),
        QueueKind::StudentEnding => (lists::STUDENT_ENDING, today, last),
        QueueKind::PayerInvalid => (lists::PAYER_INVALID, today, today),
        QueueKind::StayEnding => (lists::STAY_ENDING, today, last),
        QueueKind::ProtectionEnding => {
            let month = today.checked_add_days(Days::new(PROTECTION_DAYS))?;
            (lists::PROTECTION_ENDING, today, month)
        }
        QueueKind::IncomeMissing => {
            // Younger people do not have to declare.
            let declares = NaiveDate::from_ymd_opt(FiscalYear::of(today).0 - 16, 1, 1)?;
            (lists::INCOME_MISSING, declares, declares)
        }
    })
}

fn age_of(kind: QueueKind) -> Option<i32> {
    match kind {
        QueueKind::Past75 | QueueKind::Turns75 => Some(75),
        QueueKind::Turns70 => Some(70),
        QueueKind::Turns65 => Some(65),
        QueueKind::Turns40 => Some(40),
        QueueKind::Turns18 => Some(18),
        QueueKind::Turns6 => Some(6),
        QueueKind::Gone
        | QueueKind::NotReported
        | QueueKind::IncomeMissing
        | QueueKind::DecisionDue
        | QueueKind::Undecided
        | QueueKind::HostInsured
        | QueueKind::PaperMissing
        | QueueKind::PaperEnding
        | QueueKind::ReplyOverdue
        | QueueKind::StayEnding
        | QueueKind::StudentEnding
        | QueueKind::PayerInvalid
        | QueueKind::ProtectionEnding => None,
    }
}

/// The birthday of an age; 1 March for 29 February in a common year.
fn birthday(birth: NaiveDate, age: i32) -> Option<NaiveDate> {
    let year = birth.year() + age;
    birth
        .with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

fn years_before(day: NaiveDate, years: i32) -> Option<NaiveDate> {
    let year = day.year() - years;
    day.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}
