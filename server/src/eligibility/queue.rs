//! 要処理: people about whom somebody has to do something. Nothing is dropped: whoever the
//! registers show in two minds stands here until the facts agree.

use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use chrono::{Datelike, Days, NaiveDate};
use kokuho_shared::api::queue::{QueueGroup, QueueItem, QueueKind};
use kokuho_shared::assessment::limit::last_decision_on;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::calendar::FiscalYear;
use sqlx::FromRow;

/// So many of a kind are listed; all are counted.
const MOST: i64 = 200;
/// No earlier year is looked for.
const YEARS_BACK: i32 = 5;
/// Ages are shown so many days before and after the birthday.
const BEFORE: u64 = 60;
const AFTER: u64 = 30;

#[derive(FromRow)]
struct Row {
    household_id: i64,
    household_number: String,
    person_id: i64,
    name: String,
    birth_date: NaiveDate,
    ward: String,
    on_day: NaiveDate,
    fiscal_year: Option<i64>,
    everybody: i64,
}

/// What each list looks for: `$1` the ward or nothing, `$2` and `$3` days, `$4` the income year, or the first year that is open.
macro_rules! list {
    ($day:literal, $condition:literal) => {
        list!($day, $condition, "")
    };
    ($day:literal, $condition:literal, $joins:literal) => {
        concat!(
            "SELECT m.household_id, m.household_number, p.person_id, p.name, p.birth_date, \
             CASE WHEN EXISTS (SELECT 1 FROM membership_fact o JOIN protection_fact pr ON pr.person_id = o.person_id \
               AND pr.superseded_at IS NULL WHERE o.household_id = m.household_id AND o.superseded_at IS NULL) \
               THEN '' ELSE p.ward END AS ward, ",
            $day,
            " AS on_day, CAST(NULL AS BIGINT) AS fiscal_year, COUNT(*) OVER () AS everybody FROM person_fact p \
             JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
             LEFT JOIN eligibility_fact e ON e.person_id = p.person_id AND e.superseded_at IS NULL AND e.valid_until IS NULL ",
            $joins,
            " WHERE $6 <> '' AND p.superseded_at IS NULL AND ($1 = '' OR p.ward = $1) AND $2 <= $3 AND $4 > 0 AND ",
            $condition,
            " ORDER BY on_day, p.person_id LIMIT $5"
        )
    };
}

const GONE: &str = list!(
    "p.valid_until",
    "p.valid_until IS NOT NULL AND e.id IS NOT NULL"
);
const NOT_REPORTED: &str = list!(
    "p.valid_from",
    "p.valid_until IS NULL AND p.valid_from BETWEEN $2 AND $3 AND NOT EXISTS (SELECT 1 FROM eligibility_fact f \
     WHERE f.person_id = p.person_id AND f.superseded_at IS NULL AND (f.valid_until IS NULL OR f.valid_from >= p.valid_from)) \
     AND EXISTS (SELECT 1 FROM membership_fact o \
     JOIN eligibility_fact f ON f.person_id = o.person_id AND f.superseded_at IS NULL AND f.valid_until IS NULL \
     WHERE o.household_id = m.household_id AND o.superseded_at IS NULL)"
);
const OF_BIRTH: &str = list!(
    "p.birth_date",
    "p.birth_date BETWEEN $2 AND $3 AND e.id IS NOT NULL"
);
const INCOME_MISSING: &str = list!(
    "e.valid_from",
    "e.id IS NOT NULL AND (EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = p.person_id \
     AND i.income_year = $4 AND i.superseded_at IS NULL AND i.status <> 'known') \
     OR (p.birth_date <= $2 AND NOT EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = p.person_id \
     AND i.income_year = $4 AND i.superseded_at IS NULL)))"
);

/// Moved here into a facility from elsewhere, or from facility to facility: whoever else insures,
/// the household's screen says by the whole chain.
const HOST_INSURED: &str = list!(
    "s.admitted_on",
    "e.id IS NOT NULL AND s.left_on IS NULL AND (s.from_facility OR s.from_municipality <> f.municipality)",
    "JOIN stay_fact s ON s.person_id = p.person_id AND s.superseded_at IS NULL \
     JOIN facility f ON f.id = s.facility_id AND f.municipality = $6"
);
/// Somebody joined after the year was decided for the city.
const UNDECIDED: &str = list!(
    "e.valid_from",
    "e.id IS NOT NULL AND EXISTS (SELECT 1 FROM decision d WHERE d.run_id > 0 AND d.fiscal_year = $4 + 1) \
     AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.household_id = m.household_id AND d.fiscal_year = $4 + 1)"
);
/// Households by their head; of one that everybody has left, by the one who was it.
const DECISION_DUE: &str = "SELECT due.household_id, COALESCE(m.household_number, '') AS household_number, \
    COALESCE(p.person_id, 0) AS person_id, COALESCE(p.name, '（属する人がいません）') AS name, \
    COALESCE(p.birth_date, due.since) AS birth_date, \
    CASE WHEN EXISTS (SELECT 1 FROM membership o JOIN protection_fact pr ON pr.person_id = o.person_id \
      AND pr.superseded_at IS NULL WHERE o.household_id = due.household_id AND o.superseded_at IS NULL) \
      THEN '' ELSE COALESCE(p.ward, '') END AS ward, due.since AS on_day, due.fiscal_year AS fiscal_year, COUNT(*) OVER () AS everybody \
    FROM decision_due due LEFT JOIN membership m ON m.household_id = due.household_id AND m.superseded_at IS NULL \
    AND m.head AND NOT EXISTS (SELECT 1 FROM membership n WHERE n.household_id = due.household_id \
      AND n.superseded_at IS NULL AND n.head AND n.valid_from > m.valid_from) \
    LEFT JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
    WHERE ($1 = '' OR p.ward = $1) AND $2 <= $3 AND due.fiscal_year >= $4 AND $6 <> '' ORDER BY on_day, due.household_id LIMIT $5";

/// Everything that waits on a day, in one ward where the account is limited to it.
pub async fn all(
    db: &Db,
    (ward, municipality): (&str, &str),
    today: NaiveDate,
) -> Result<Vec<QueueGroup>, ServiceError> {
    let mut groups = Vec::new();
    for kind in QueueKind::ALL {
        groups.push(group(db, kind, (ward, municipality), today).await?);
    }
    Ok(groups)
}

async fn group(
    db: &Db,
    kind: QueueKind,
    (ward, municipality): (&str, &str),
    today: NaiveDate,
) -> Result<QueueGroup, ServiceError> {
    let (sql, from, until) = asked(kind, today)
        .ok_or_else(|| ServiceError::Internal(format!("{today} is outside the calendar")))?;
    let year = match kind {
        QueueKind::DecisionDue => first_open(municipality, today),
        _ => FiscalYear::of(today).0 - 1,
    };
    let rows: Vec<Row> = on_db!(db, pool => sqlx::query_as(sql).bind(ward).bind(from).bind(until)
        .bind(i64::from(year)).bind(MOST).bind(municipality).fetch_all(pool).await?);
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
        fiscal_year: row.fiscal_year.and_then(|year| i32::try_from(year).ok()),
    };
    Ok(QueueGroup {
        kind,
        count,
        items: rows.into_iter().map(item).collect(),
    })
}

/// The first year that can still be decided (法110条の2). What became chargeable after its first
/// 納期限 is open longer, and decided from the household's own screen.
fn first_open(municipality: &str, today: NaiveDate) -> i32 {
    let this = FiscalYear::of(today).0;
    let open = |year: &i32| {
        Assessor::shipped(municipality, *year).is_ok_and(|assessor| {
            let months = assessor.rules.decision_months;
            let first_due = assessor.due_dates().first();
            let last = first_due.and_then(|due| last_decision_on(*due, months));
            last.is_some_and(|last| today <= last)
        })
    };
    (this - YEARS_BACK..this).find(open).unwrap_or(this)
}

/// The list of a kind, and the days between which it looks.
fn asked(kind: QueueKind, today: NaiveDate) -> Option<(&'static str, NaiveDate, NaiveDate)> {
    let (first, last) = (
        today.checked_sub_days(Days::new(AFTER))?,
        today.checked_add_days(Days::new(BEFORE))?,
    );
    Some(match kind {
        QueueKind::Gone => (GONE, today, today),
        QueueKind::NotReported => (NOT_REPORTED, today.checked_sub_days(Days::new(365))?, today),
        QueueKind::DecisionDue => (DECISION_DUE, today, today),
        QueueKind::Undecided => (UNDECIDED, today, today),
        QueueKind::HostInsured => (HOST_INSURED, today, today),
        QueueKind::Past75 => (
            OF_BIRTH,
            years_before(today, 140)?,
            years_before(today, 75)?,
        ),
        QueueKind::Turns75 => {
            // Whoever has had the birthday stands in the list before.
            let next = today.succ_opt()?;
            (OF_BIRTH, years_before(next, 75)?, years_before(last, 75)?)
        }
        QueueKind::Turns70 => (OF_BIRTH, years_before(first, 70)?, years_before(last, 70)?),
        QueueKind::Turns65 => (OF_BIRTH, years_before(first, 65)?, years_before(last, 65)?),
        QueueKind::Turns40 => (OF_BIRTH, years_before(first, 40)?, years_before(last, 40)?),
        QueueKind::IncomeMissing => {
            // Nobody younger has to declare.
            let declares = NaiveDate::from_ymd_opt(FiscalYear::of(today).0 - 16, 1, 1)?;
            (INCOME_MISSING, declares, declares)
        }
    })
}

fn age_of(kind: QueueKind) -> Option<i32> {
    match kind {
        QueueKind::Past75 | QueueKind::Turns75 => Some(75),
        QueueKind::Turns70 => Some(70),
        QueueKind::Turns65 => Some(65),
        QueueKind::Turns40 => Some(40),
        QueueKind::Gone
        | QueueKind::NotReported
        | QueueKind::IncomeMissing
        | QueueKind::DecisionDue
        | QueueKind::Undecided
        | QueueKind::HostInsured => None,
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
