//! 世帯: what is known of a household in a fiscal year, as of two dates.

use crate::access::user::User;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::facts::IncomeRow;
use crate::store::{Db, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::api::household::{EligibilityView, HouseholdView, MemberView};
use kokuho_shared::assessment::household::{Income, IncomeStatus, LossGround};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::guarded::Guarded;
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};

/// Which state of the facts is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    pub fiscal_year: i32,
    /// Only members of this day; otherwise everybody who belonged to the household in the year.
    pub valid_on: Option<NaiveDate>,
    pub known_at: Instant,
}

#[derive(FromRow)]
struct MemberRow {
    household_id: i64,
    person_id: i64,
    resident_number: String,
    name: String,
    kana: String,
    birth_date: NaiveDate,
    postcode: String,
    address: String,
    ward: String,
    relation: String,
    head: bool,
    household_number: String,
    protected_until: Option<NaiveDate>,
    /// Somebody who belongs to the household now, whatever year or moment is asked for.
    protected: bool,
    revision: i64,
}

#[derive(FromRow)]
struct EligibilityRow {
    household_id: i64,
    person_id: i64,
    insured_number: String,
    branch: String,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    lost_reason: String,
    change_id: i64,
    /// Since when the person has belonged to the household.
    member_from: NaiveDate,
}

impl EligibilityRow {
    fn is_running(&self, from: NaiveDate) -> bool {
        self.valid_until.is_none_or(|until| until > from)
    }

    /// 特定月: the month of the day before the loss to 後期高齢者医療, where the person has
    /// stayed in the household ever since.
    fn specific_month(&self) -> Option<Month> {
        let before = self.valid_until?.pred_opt()?;
        let stayed = self.lost_reason == TO_LATE_ELDERLY && self.member_from <= before;
        stayed.then(|| Month::of(before))
    }
}

/// 喪失事由 24: 後期高齢者医療の被保険者となった.
const TO_LATE_ELDERLY: &str = "24";

/// What is read of households: `$1` the first, `$2` known at, then the days or the year; `last`
/// the place of the last household.
struct Reading {
    members: &'static str,
    eligibilities: &'static str,
    incomes: &'static str,
}

macro_rules! reading {
    ($households:literal, $last:literal, $last_of_incomes:literal) => {
        Reading {
            members: concat!(
                "SELECT m.household_id, p.person_id, p.resident_number, p.name, p.kana, p.birth_date, p.postcode, p.address, \
                p.ward, m.relation, m.head, m.household_number, pr.valid_until AS protected_until, \
                EXISTS (SELECT 1 FROM membership_fact o JOIN protection_fact op ON op.person_id = o.person_id \
                  AND op.superseded_at IS NULL WHERE o.household_id = m.household_id AND o.superseded_at IS NULL) AS protected, \
                CASE WHEN p.change_id > m.change_id THEN p.change_id ELSE m.change_id END AS revision \
                FROM membership_fact m JOIN person_fact p ON p.person_id = m.person_id \
                LEFT JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL \
                WHERE m.household_id ", $households, $last, " \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                AND p.recorded_at <= $2 AND (p.superseded_at IS NULL OR p.superseded_at > $2) \
                AND m.valid_from < $4 AND (m.valid_until IS NULL OR m.valid_until > $3) \
                ORDER BY m.household_id, m.head DESC, p.birth_date, p.person_id"
            ),
            eligibilities: concat!(
                "SELECT m.household_id, e.person_id, e.insured_number, e.branch, e.valid_from, e.valid_until, \
                e.lost_reason, e.change_id, m.valid_from AS member_from FROM eligibility_fact e \
                JOIN membership_fact m ON m.person_id = e.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, $last, " \
                AND e.recorded_at <= $2 AND (e.superseded_at IS NULL OR e.superseded_at > $2) \
                AND e.valid_from < $4 AND (e.valid_until IS NULL OR e.valid_until > $3 OR e.lost_reason = '24') \
                ORDER BY e.valid_from"
            ),
            incomes: concat!(
                "SELECT m.household_id, i.id, i.person_id, i.income_year, i.status, i.salary_receipts, i.salary_income, \
                i.pension_receipts, i.pension_income, i.other_income, i.total_income, i.transfer_special_deduction, \
                i.casualty_loss, i.family_pay_deducted, i.family_pay_received, i.change_id FROM income_fact i \
                JOIN membership_fact m ON m.person_id = i.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, $last_of_incomes, " \
                AND i.recorded_at <= $2 AND (i.superseded_at IS NULL OR i.superseded_at > $2) \
                AND i.income_year = $3"
            ),
        }
    };
}

const RANGE: Reading = reading!("BETWEEN $1 AND ", "$5", "$4");
/// One household has a text of its own: PostgreSQL plans it once, while it plans a range anew
/// each time.
const ONE: Reading = reading!("= $1 AND $1 <= ", "$5", "$4");

#[derive(FromRow)]
struct IncomeWithChange {
    household_id: i64,
    #[sqlx(flatten)]
    row: IncomeRow,
    change_id: i64,
}

type Rows = (Vec<MemberRow>, Vec<EligibilityRow>, Vec<IncomeWithChange>);

/// The household for the screen. Decisions are added by the assessment.
pub async fn view(db: &Db, id: i64, as_of: AsOf) -> Result<HouseholdView, ServiceError> {
    let found = views(db, id, id, as_of).await?;
    found
        .into_iter()
        .next()
        .ok_or(ServiceError::NotFound("世帯"))
}

/// The households with ids from `first` to `last`, in that order.
pub async fn views(
    db: &Db,
    first: i64,
    last: i64,
    as_of: AsOf,
) -> Result<Vec<HouseholdView>, ServiceError> {
    let (from, until, income_year) = days(as_of)?;
    let known = as_of.known_at.0;
    let reading = if first == last { ONE } else { RANGE };
    let rows: Rows = on_db!(db, pool => (
        sqlx::query_as(reading.members).bind(first).bind(known).bind(from).bind(until).bind(last).fetch_all(pool).await?,
        sqlx::query_as(reading.eligibilities).bind(first).bind(known).bind(from).bind(until).bind(last).fetch_all(pool).await?,
        sqlx::query_as(reading.incomes).bind(first).bind(known).bind(income_year).bind(last).fetch_all(pool).await?,
    ));
    each(as_of.fiscal_year, from, rows)
}

/// One household inside a transaction that holds it.
pub async fn view_in(tx: &mut Tx, id: i64, as_of: AsOf) -> Result<HouseholdView, ServiceError> {
    let (from, until, income_year) = days(as_of)?;
    let known = as_of.known_at.0;
    let rows: Rows = (
        on_tx!(tx, c => sqlx::query_as(ONE.members).bind(id).bind(known).bind(from).bind(until).bind(id).fetch_all(c).await?),
        on_tx!(tx, c => sqlx::query_as(ONE.eligibilities).bind(id).bind(known).bind(from).bind(until).bind(id).fetch_all(c).await?),
        on_tx!(tx, c => sqlx::query_as(ONE.incomes).bind(id).bind(known).bind(income_year).bind(id).fetch_all(c).await?),
    );
    let found = each(as_of.fiscal_year, from, rows)?;
    found
        .into_iter()
        .next()
        .ok_or(ServiceError::NotFound("世帯"))
}

/// Splits the rows by household; they come in the order of members.
fn each(fiscal_year: i32, from: NaiveDate, rows: Rows) -> Result<Vec<HouseholdView>, ServiceError> {
    let (members, eligibilities, incomes) = rows;
    let mut of_household: HashMap<i64, (Vec<EligibilityRow>, Vec<IncomeWithChange>)> =
        HashMap::new();
    for row in eligibilities {
        let place = of_household.entry(row.household_id).or_default();
        place.0.push(row);
    }
    for row in incomes {
        let place = of_household.entry(row.household_id).or_default();
        place.1.push(row);
    }
    let households = members.chunk_by(|one, next| one.household_id == next.household_id);
    households
        .filter_map(|members| Some((members.first()?.household_id, members)))
        .map(|(id, members)| {
            let (eligibilities, incomes) = of_household.remove(&id).unwrap_or_default();
            assemble(id, fiscal_year, from, members, &eligibilities, &incomes)
        })
        .collect()
}

/// What an account does not see does not exist for it.
pub fn refuse_hidden(view: &HouseholdView, user: &User) -> Result<(), ServiceError> {
    if view.ward.open().is_some_and(|ward| user.sees(ward)) {
        Ok(())
    } else {
        Err(ServiceError::NotFound("世帯"))
    }
}

/// Every household that is known at a moment or has a decision of the year, in order: one that
/// lost its people still owes what was decided.
pub async fn ids(
    tx: &mut Tx,
    known_at: Instant,
    fiscal_year: i32,
) -> Result<Vec<i64>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM membership_fact WHERE recorded_at <= $1 \
        AND (superseded_at IS NULL OR superseded_at > $2) \
        UNION SELECT household_id FROM decision WHERE fiscal_year = $3 ORDER BY household_id";
    Ok(
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(known_at.0).bind(known_at.0)
        .bind(i64::from(fiscal_year)).fetch_all(c).await?),
    )
}

/// 行政区 of a household as it is known now.
pub async fn ward(db: &Db, id: i64) -> Result<Option<String>, ServiceError> {
    const SQL: &str = "SELECT p.ward FROM membership_fact m JOIN person_fact p ON p.person_id = m.person_id \
        WHERE m.household_id = $1 AND m.superseded_at IS NULL AND p.superseded_at IS NULL \
        ORDER BY m.head DESC, p.birth_date, p.person_id LIMIT 1";
    Ok(on_db!(db, pool => sqlx::query_scalar(SQL).bind(id).fetch_optional(pool).await?))
}

fn days(as_of: AsOf) -> Result<(NaiveDate, NaiveDate, i64), ServiceError> {
    let wrong = || {
        ServiceError::invalid_at(
            "fiscal_year",
            format!("{}年度は扱えません", as_of.fiscal_year),
        )
    };
    if !(2000..=2100).contains(&as_of.fiscal_year) {
        return Err(wrong());
    }
    let income_year = i64::from(as_of.fiscal_year) - 1;
    match as_of.valid_on {
        Some(day) => Ok((day, day.succ_opt().ok_or_else(wrong)?, income_year)),
        None => {
            let april = FiscalYear(as_of.fiscal_year).april().ok_or_else(wrong)?;
            let end = FiscalYear(as_of.fiscal_year + 1)
                .april()
                .ok_or_else(wrong)?;
            Ok((april, end, income_year))
        }
    }
}

fn assemble(
    id: i64,
    fiscal_year: i32,
    from: NaiveDate,
    members: &[MemberRow],
    eligibilities: &[EligibilityRow],
    incomes: &[IncomeWithChange],
) -> Result<HouseholdView, ServiceError> {
    let first = members.first().ok_or(ServiceError::NotFound("世帯"))?;
    let revision = members
        .iter()
        .map(|row| row.revision)
        .chain(eligibilities.iter().map(|row| row.change_id))
        .chain(incomes.iter().map(|row| row.change_id))
        .max()
        .unwrap_or(0);
    // Ordered by the day of acquisition: the latest period of the year stays.
    let mut periods: HashMap<i64, &EligibilityRow> = HashMap::new();
    let mut former: HashMap<i64, Month> = HashMap::new();
    let mut twice = HashSet::new();
    for row in eligibilities {
        if row.is_running(from) && periods.insert(row.person_id, row).is_some() {
            twice.insert(row.person_id);
        }
        if !row.is_running(from)
            && let Some(month) = row.specific_month()
        {
            former.insert(row.person_id, month);
        }
    }
    let obstacles = members
        .iter()
        .filter(|row| twice.contains(&row.person_id))
        .map(|row| format!("{}さんには年度内に2つ以上の資格期間があります。月割を1つの期間だけでは計算できないため、この世帯の保険料は決定できません", row.name))
        .collect();
    let by_person: HashMap<i64, &IncomeRow> = incomes
        .iter()
        .map(|row| (row.row.person_id, &row.row))
        .collect();
    let (number, address) = (first.household_number.clone(), first.address.clone());
    let (postcode, ward) = (first.postcode.clone(), first.ward.clone());
    let members = members
        .iter()
        .map(|row| MemberView {
            specific_month: former.get(&row.person_id).copied(),
            ..member(row, &periods, &by_person, fiscal_year)
        })
        .collect();
    Ok(HouseholdView {
        id,
        number,
        address: Guarded::Open(address),
        postcode: Guarded::Open(postcode),
        ward: Guarded::Open(ward),
        protected: first.protected,
        fiscal_year,
        members,
        decisions: Vec::new(),
        obstacles,
        revision,
    })
}

fn member(
    row: &MemberRow,
    periods: &HashMap<i64, &EligibilityRow>,
    incomes: &HashMap<i64, &IncomeRow>,
    fiscal_year: i32,
) -> MemberView {
    let period = periods.get(&row.person_id);
    let (income, income_status) = match incomes.get(&row.person_id) {
        Some(income) => (income.line().income, income.line().status),
        None => (Income::default(), without_line(row.birth_date, fiscal_year)),
    };
    MemberView {
        person_id: row.person_id,
        resident_number: row.resident_number.clone(),
        name: row.name.clone(),
        kana: row.kana.clone(),
        birth_date: row.birth_date,
        protected_until: row.protected_until,
        relation: row.relation.clone(),
        head: row.head,
        insured_number: period.map(|period| format!("{}-{}", period.insured_number, period.branch)),
        eligibility: period.map(|period| EligibilityView {
            acquired_on: period.valid_from,
            lost_on: period.valid_until,
            loss_ground: period.valid_until.map(|_| ground(&period.lost_reason)),
        }),
        specific_month: None,
        income,
        income_status,
    }
}

/// 申告義務 begins at this age on 31 December of the income year (local rule of the tax file).
const DECLARES_FROM: i32 = 16;

/// The tax file has a line for everybody from 16 on: without one a child has no income, and
/// that of an adult is not known, so that nobody gets a reduction by a missing line.
fn without_line(birth: NaiveDate, fiscal_year: i32) -> IncomeStatus {
    let youngest = NaiveDate::from_ymd_opt(fiscal_year - DECLARES_FROM, 1, 1);
    if youngest.is_some_and(|day| birth > day) {
        IncomeStatus::Known
    } else {
        IncomeStatus::Unknown
    }
}

/// 喪失事由 → the ground in law: 社保加入 and 後期高齢 are of 法6条1–8号, 生活保護 (9号) is not.
pub fn ground(reason: &str) -> LossGround {
    match reason {
        "22" | TO_LATE_ELDERLY => LossGround::Art6,
        _ => LossGround::Other,
    }
}
