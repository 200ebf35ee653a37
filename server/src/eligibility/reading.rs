//! The rows that a household is read from, with one SQL text for one household and one for a
//! range of them.

use super::circumstances;
use crate::error::ServiceError;
use crate::store::facts::IncomeRow;
use crate::store::{Db, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_shared::calendar::Month;
use sqlx::FromRow;

#[derive(FromRow)]
pub struct MemberRow {
    pub household_id: i64,
    pub person_id: i64,
    pub resident_number: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    pub postcode: String,
    pub address: String,
    pub ward: String,
    pub relation: String,
    pub head: bool,
    pub household_number: String,
    pub member_from: NaiveDate,
    pub member_until: Option<NaiveDate>,
    /// The days before and after belong to other households of the city.
    pub moved_in: bool,
    pub moved_out: bool,
    pub protected_until: Option<NaiveDate>,
    /// Somebody who belongs or belonged to the household, whatever year or moment is asked for.
    pub protected: bool,
    /// 国保上の世帯主.
    pub payer: bool,
    pub revision: i64,
    /// Of the household, also where it left no row.
    pub newest_change: Option<i64>,
}

#[derive(FromRow)]
pub struct EligibilityRow {
    pub household_id: i64,
    pub person_id: i64,
    pub insured_number: String,
    pub branch: String,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub lost_reason: String,
    pub change_id: i64,
    /// Since when the person has belonged to the household.
    pub member_from: NaiveDate,
}

impl EligibilityRow {
    pub fn is_running(&self, from: NaiveDate) -> bool {
        self.valid_until.is_none_or(|until| until > from)
    }

    /// 特定月: the month of the day before the loss to 後期高齢者医療, where the person has
    /// stayed in the household ever since.
    pub fn specific_month(&self) -> Option<Month> {
        let before = self.valid_until?.pred_opt()?;
        let stayed = self.lost_reason == TO_LATE_ELDERLY && self.member_from <= before;
        stayed.then(|| Month::of(before))
    }
}

/// 喪失事由 24: 後期高齢者医療の被保険者となった.
pub const TO_LATE_ELDERLY: &str = "24";

/// What is read of households: `$1` the first, `$2` known at, then the days or the year; `last`
/// the place of the last household.
struct Reading {
    members: &'static str,
    eligibilities: &'static str,
    incomes: &'static str,
    circumstances: &'static str,
}

macro_rules! reading {
    ($table:literal, $moved_out:literal, $households:literal, $last:literal, $last_of_incomes:literal, $last_of_circumstances:literal) => {
        Reading {
            members: concat!(
                "SELECT m.household_id, p.person_id, p.resident_number, p.name, p.kana, p.birth_date, p.postcode, p.address, \
                p.ward, m.relation, m.head, m.household_number, \
                m.valid_from AS member_from, m.valid_until AS member_until, m.moved_in, ", $moved_out, " AS moved_out, pr.valid_until AS protected_until, \
                (EXISTS (SELECT 1 FROM membership_fact o JOIN protection_fact op ON op.person_id = o.person_id \
                  AND op.superseded_at IS NULL WHERE o.household_id = m.household_id AND o.superseded_at IS NULL) \
                OR EXISTS (SELECT 1 FROM earlier_membership_fact o JOIN protection_fact op ON op.person_id = o.person_id \
                  AND op.superseded_at IS NULL WHERE o.household_id = m.household_id AND o.superseded_at IS NULL)) AS protected, \
                EXISTS (SELECT 1 FROM payer_fact pf WHERE pf.household_id = m.household_id AND pf.person_id = m.person_id \
                  AND pf.recorded_at <= $2 AND (pf.superseded_at IS NULL OR pf.superseded_at > $2)) AS payer, \
                CASE WHEN p.change_id > m.change_id THEN p.change_id ELSE m.change_id END AS revision, hc.change_id AS newest_change \
                FROM ", $table, " m JOIN person_fact p ON p.person_id = m.person_id \
                LEFT JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL \
                LEFT JOIN household_change hc ON hc.household_id = m.household_id \
                WHERE m.household_id ", $households, $last, " \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                AND p.recorded_at <= $2 AND (p.superseded_at IS NULL OR p.superseded_at > $2) \
                AND m.valid_from < $4 AND (m.valid_until IS NULL OR m.valid_until > $3 \
                  OR EXISTS (SELECT 1 FROM student_fact st WHERE st.person_id = m.person_id \
                    AND st.recorded_at <= $2 AND (st.superseded_at IS NULL OR st.superseded_at > $2) \
                    AND st.starts_on < $4 AND (st.ended_on IS NULL OR st.ended_on > $3))) \
                ORDER BY m.household_id, m.head DESC, p.birth_date, p.person_id"
            ),
            eligibilities: concat!(
                "SELECT m.household_id, e.person_id, e.insured_number, e.branch, e.valid_from, e.valid_until, \
                e.lost_reason, e.change_id, m.valid_from AS member_from FROM eligibility_fact e \
                JOIN ", $table, " m ON m.person_id = e.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, $last, " \
                AND e.recorded_at <= $2 AND (e.superseded_at IS NULL OR e.superseded_at > $2) \
                AND e.valid_from < $4 AND (e.valid_until IS NULL OR e.valid_until > $3 OR e.lost_reason = '24') \
                ORDER BY e.valid_from"
            ),
            incomes: concat!(
                "SELECT m.household_id, i.id, i.person_id, i.income_year, i.status, i.salary_receipts, i.salary_income, \
                i.pension_receipts, i.pension_income, i.other_income, i.total_income, i.transfer_special_deduction, \
                i.casualty_loss, i.family_pay_deducted, i.family_pay_received, i.fixed_asset_tax, i.change_id FROM income_fact i \
                JOIN ", $table, " m ON m.person_id = i.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, $last_of_incomes, " \
                AND i.recorded_at <= $2 AND (i.superseded_at IS NULL OR i.superseded_at > $2) \
                AND i.income_year = $3"
            ),
            circumstances: concat!(
                "SELECT m.household_id, c.person_id, c.change_id, c.kind, c.on_day, c.multiple, c.until_day FROM circumstance_fact c \
                JOIN ", $table, " m ON m.person_id = c.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, $last_of_circumstances, " \
                AND c.recorded_at <= $2 AND (c.superseded_at IS NULL OR c.superseded_at > $2) ORDER BY c.on_day"
            ),
        }
    };
}

macro_rules! both {
    ($households:literal) => {
        [
            reading!("membership_fact", "FALSE", $households, "$5", "$4", "$3"),
            reading!(
                "earlier_membership_fact",
                "TRUE",
                $households,
                "$5",
                "$4",
                "$3"
            ),
        ]
    };
}

/// The households of now, and those that people left: hardly any, so that for nearly every
/// household the second costs one look at a small table.
const RANGE: [Reading; 2] = both!("BETWEEN $1 AND ");
/// One household has a text of its own: PostgreSQL plans it once, while it plans a range anew
/// each time.
const ONE: [Reading; 2] = both!("= $1 AND $1 <= ");

#[derive(FromRow)]
pub struct IncomeWithChange {
    pub household_id: i64,
    #[sqlx(flatten)]
    pub row: IncomeRow,
    pub change_id: i64,
}

/// What was read of some households.
#[derive(Default)]
pub struct Rows {
    pub members: Vec<MemberRow>,
    pub eligibilities: Vec<EligibilityRow>,
    pub incomes: Vec<IncomeWithChange>,
    pub circumstances: Vec<circumstances::Row>,
    pub reliefs: Vec<ReliefRow>,
}

/// 減免 granted to a household for the year, as JSON.
#[derive(FromRow)]
pub struct ReliefRow {
    pub household_id: i64,
    pub change_id: i64,
    pub relief: String,
}

const RELIEFS: &str = "SELECT household_id, change_id, relief FROM relief_fact \
    WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 \
    AND recorded_at <= $4 AND (superseded_at IS NULL OR superseded_at > $5) ORDER BY case_id";

/// First and last day (half-open) that count, and the year of the incomes.
pub type Days = (NaiveDate, NaiveDate, i64);

/// Rows of the households with ids from `first` to `last`, as known at a moment.
pub async fn rows(
    db: &Db,
    (first, last): (i64, i64),
    (from, until, income_year): Days,
    known: i64,
) -> Result<Rows, ServiceError> {
    const LEFT: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM earlier_membership_fact \
        WHERE household_id BETWEEN $1 AND $2 LIMIT 1) AS one";
    let left: i64 =
        on_db!(db, pool => sqlx::query_scalar(LEFT).bind(first).bind(last).fetch_one(pool).await?);
    let texts = if first == last { &ONE } else { &RANGE };
    let mut all = Rows::default();
    // Hardly any household was left by anybody: the second texts are not even planned for it.
    for text in texts.iter().take(if left > 0 { 2 } else { 1 }) {
        let members: Vec<MemberRow> = on_db!(db, pool => sqlx::query_as(text.members)
            .bind(first).bind(known).bind(from).bind(until).bind(last).fetch_all(pool).await?);
        if members.is_empty() {
            continue;
        }
        all.add(members, on_db!(db, pool => (
            sqlx::query_as(text.eligibilities).bind(first).bind(known).bind(from).bind(until).bind(last).fetch_all(pool).await?,
            sqlx::query_as(text.incomes).bind(first).bind(known).bind(income_year).bind(last).fetch_all(pool).await?,
            sqlx::query_as(text.circumstances).bind(first).bind(known).bind(last).fetch_all(pool).await?,
        )));
    }
    all.reliefs = on_db!(db, pool => sqlx::query_as(RELIEFS).bind(first).bind(last)
        .bind(income_year + 1).bind(known).bind(known).fetch_all(pool).await?);
    Ok(all)
}

impl Rows {
    /// Adds what was read of some memberships, in the order of households and members.
    fn add(
        &mut self,
        members: Vec<MemberRow>,
        (eligibilities, incomes, circumstances): (
            Vec<EligibilityRow>,
            Vec<IncomeWithChange>,
            Vec<circumstances::Row>,
        ),
    ) {
        let alone = self.members.is_empty();
        self.members.extend(members);
        self.eligibilities.extend(eligibilities);
        self.incomes.extend(incomes);
        self.circumstances.extend(circumstances);
        if !alone {
            self.members
                .sort_by_key(|row| (row.household_id, !row.head, row.birth_date, row.person_id));
            self.eligibilities.sort_by_key(|row| row.valid_from);
        }
    }
}

/// Whoever was the last head of a household to which nobody belongs on any of the days: what was
/// decided for it must still be seen and taken back.
const LAST: &str = "SELECT m.household_id, p.person_id, p.resident_number, p.name, p.kana, p.birth_date, p.postcode, p.address, \
    p.ward, m.relation, m.head, m.household_number, m.valid_from AS member_from, m.valid_until AS member_until, m.moved_in, \
    m.moved_out, pr.valid_until AS protected_until, pr.valid_until IS NOT NULL AS protected, FALSE AS payer, \
    CASE WHEN p.change_id > m.change_id THEN p.change_id ELSE m.change_id END AS revision, hc.change_id AS newest_change \
    FROM membership m JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
    LEFT JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL \
    LEFT JOIN household_change hc ON hc.household_id = m.household_id \
    WHERE m.household_id = $1 AND m.recorded_at <= $2 AND EXISTS (SELECT 1 FROM decision d WHERE d.household_id = $1 \
    AND d.fiscal_year = $3) ORDER BY m.head DESC, m.recorded_at DESC LIMIT 1";

pub async fn last_in(
    tx: &mut Tx,
    id: i64,
    (fiscal_year, known): (i32, i64),
) -> Result<Option<MemberRow>, ServiceError> {
    Ok(
        on_tx!(tx, c => sqlx::query_as(LAST).bind(id).bind(known).bind(i64::from(fiscal_year))
        .fetch_optional(c).await?),
    )
}

pub async fn last(
    db: &Db,
    id: i64,
    (fiscal_year, known): (i32, i64),
) -> Result<Option<MemberRow>, ServiceError> {
    Ok(
        on_db!(db, pool => sqlx::query_as(LAST).bind(id).bind(known).bind(i64::from(fiscal_year))
        .fetch_optional(pool).await?),
    )
}

/// Rows of one household, inside a transaction that holds it.
pub async fn rows_in(
    tx: &mut Tx,
    id: i64,
    (from, until, income_year): Days,
    known: i64,
) -> Result<Rows, ServiceError> {
    let mut all = Rows::default();
    for text in &ONE {
        let members: Vec<MemberRow> = on_tx!(tx, c => sqlx::query_as(text.members)
            .bind(id).bind(known).bind(from).bind(until).bind(id).fetch_all(c).await?);
        if members.is_empty() {
            continue;
        }
        let eligibilities = on_tx!(tx, c => sqlx::query_as(text.eligibilities)
            .bind(id).bind(known).bind(from).bind(until).bind(id).fetch_all(c).await?);
        let incomes = on_tx!(tx, c => sqlx::query_as(text.incomes)
            .bind(id).bind(known).bind(income_year).bind(id).fetch_all(c).await?);
        let circumstances = on_tx!(tx, c => sqlx::query_as(text.circumstances)
            .bind(id).bind(known).bind(id).fetch_all(c).await?);
        all.add(members, (eligibilities, incomes, circumstances));
    }
    all.reliefs = on_tx!(tx, c => sqlx::query_as(RELIEFS).bind(id).bind(id)
        .bind(income_year + 1).bind(known).bind(known).fetch_all(c).await?);
    Ok(all)
}
