//! The rows that a household is read from, with one SQL text for one household and one for a
//! range of them.

use super::circumstances;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::incomes::IncomeRow;
use crate::store::Tx;
use crate::store::together::{Answers, HouseholdQuery};
use crate::{guarded, guarded_all, on_tx};
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::calendar::Month;
use kokuho_shared::ids::{HouseholdId, PersonId};
use serde::Deserialize;
use sqlx::FromRow;

#[derive(Deserialize, FromRow)]
pub struct MemberRow {
    pub household_id: HouseholdId,
    pub person_id: PersonId,
    pub resident_number: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    /// Where the person is shown to live: of a household that the person left, where they lived while they
    /// belonged to it.
    pub postcode: String,
    pub address: String,
    pub ward: String,
    /// Where the person lives now.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub present: Present,
    pub relation: String,
    pub head: bool,
    pub household_number: String,
    pub member_from: NaiveDate,
    pub member_until: Option<NaiveDate>,
    /// The days before and after belong to other households of the city.
    pub moved_in: bool,
    pub moved_out: bool,
    pub protected_until: Option<NaiveDate>,
    /// 支援措置: somebody under a measure belongs or belonged to the household, or lives in the place that is
    /// shown, whatever year or moment is asked for.
    pub protected: bool,
    /// 国保上の世帯主.
    pub payer: bool,
    pub revision: i64,
    /// Of the household, also where it left no row.
    pub newest_change: Option<i64>,
}

/// 現在の居所 of a person.
#[derive(Deserialize, FromRow)]
pub struct Present {
    pub present_postcode: String,
    pub present_address: String,
    pub present_ward: String,
    /// 支援措置: somebody under a measure lives there.
    pub present_guarded: bool,
}

#[derive(Deserialize, FromRow)]
pub struct EligibilityRow {
    pub household_id: HouseholdId,
    pub person_id: PersonId,
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

/// What is read of households; the places are those of `store::together::Asked`, and `$7` the last
/// household of a range.
struct Reading {
    members: &'static str,
    eligibilities: &'static str,
    incomes: &'static str,
    circumstances: &'static str,
}

macro_rules! reading {
    ($table:literal, $lived:expr, $guarded:ident, $moved_out:literal, $households:literal) => {
        Reading {
            members: concat!(
                "SELECT m.household_id, p.person_id, p.resident_number, p.name, p.kana, p.birth_date, l.postcode, l.address, \
                l.ward, n.postcode AS present_postcode, n.address AS present_address, n.ward AS present_ward, ",
                $guarded!(place "n.place"), " AS present_guarded, m.relation, m.head, m.household_number, \
                m.valid_from AS member_from, m.valid_until AS member_until, m.moved_in, ", $moved_out, " AS moved_out, pr.valid_until AS protected_until, ",
                $guarded!(both "m.household_id", "l.place"), " AS protected, \
                EXISTS (SELECT 1 FROM payer_fact pf WHERE pf.household_id = m.household_id AND pf.person_id = m.person_id \
                  AND pf.recorded_at <= $2 AND (pf.superseded_at IS NULL OR pf.superseded_at > $2)) AS payer, \
                CASE WHEN p.change_id > m.change_id THEN p.change_id ELSE m.change_id END AS revision, hc.change_id AS newest_change \
                FROM ", $table, " m JOIN person_fact p ON p.person_id = m.person_id \
                JOIN person_fact n ON n.person_id = m.person_id AND n.superseded_at IS NULL \
                JOIN person_fact l ON l.id = ", $lived, " \
                LEFT JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL \
                LEFT JOIN household_change hc ON hc.household_id = m.household_id \
                WHERE m.household_id ", $households, " \
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
                WHERE m.household_id ", $households, " \
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
                WHERE m.household_id ", $households, " \
                AND i.recorded_at <= $2 AND (i.superseded_at IS NULL OR i.superseded_at > $2) \
                AND i.income_year = $5"
            ),
            circumstances: concat!(
                "SELECT m.household_id, c.person_id, c.change_id, c.kind, c.on_day, c.multiple, c.until_day FROM circumstance_fact c \
                JOIN ", $table, " m ON m.person_id = c.person_id \
                AND m.recorded_at <= $2 AND (m.superseded_at IS NULL OR m.superseded_at > $2) \
                WHERE m.household_id ", $households, " \
                AND c.recorded_at <= $2 AND (c.superseded_at IS NULL OR c.superseded_at > $2) ORDER BY c.on_day"
            ),
        }
    };
}

/// Where somebody lived who left: what was known last while they belonged to the household.
macro_rules! lived {
    () => {
        "COALESCE((SELECT f.id FROM membership_fact b JOIN person_fact f ON f.person_id = b.person_id \
         AND f.recorded_at < b.superseded_at WHERE b.household_id = m.household_id AND b.person_id = m.person_id \
         AND b.superseded_at IS NOT NULL ORDER BY b.superseded_at DESC, f.recorded_at DESC LIMIT 1), p.id)"
    };
}

macro_rules! both {
    ($guarded:ident, $households:literal) => {
        [
            reading!("membership_fact", "p.id", $guarded, "FALSE", $households),
            reading!(
                "earlier_membership_fact",
                lived!(),
                $guarded,
                "TRUE",
                $households
            ),
        ]
    };
}

/// The households of now, and those that people left: hardly any, so that for nearly every
/// household the second costs one look at a small table.
const RANGE: [Reading; 2] = both!(guarded_all, "BETWEEN $1 AND $7");
/// One household has a text of its own: PostgreSQL plans it once, while it plans a range anew
/// each time.
const ONE: [Reading; 2] = both!(guarded, "= $1");

#[derive(Deserialize, FromRow)]
pub struct IncomeWithChange {
    pub household_id: HouseholdId,
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub row: IncomeRow,
    pub change_id: i64,
}

/// What was read of some households.
#[derive(Default)]
pub struct Rows {
    pub members: Vec<MemberRow>,
    pub eligibilities: Vec<EligibilityRow>,
    pub incomes: Vec<IncomeWithChange>,
    pub circumstances: Vec<circumstances::CircumstanceRow>,
    pub reliefs: Vec<ReliefRow>,
}

/// 減免 granted to a household for the year, as JSON.
#[derive(Deserialize, FromRow)]
pub struct ReliefRow {
    pub household_id: HouseholdId,
    pub change_id: i64,
    pub relief: String,
}

macro_rules! reliefs {
    ($households:literal) => {
        concat!(
            "SELECT household_id, change_id, relief FROM relief_fact WHERE household_id ",
            $households,
            " AND fiscal_year = $6 AND recorded_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2) ORDER BY case_id"
        )
    };
}
const RELIEFS: &str = reliefs!("BETWEEN $1 AND $7");

/// Everything that is read of one household.
pub const OF_ONE: [&str; 9] = [
    ONE[0].members,
    ONE[0].eligibilities,
    ONE[0].incomes,
    ONE[0].circumstances,
    ONE[1].members,
    ONE[1].eligibilities,
    ONE[1].incomes,
    ONE[1].circumstances,
    reliefs!("= $1"),
];

/// Rows of the households from the one that is asked about to `last`.
pub async fn rows(tx: &mut Tx, asked: &HouseholdQuery, last: i64) -> Result<Rows, ServiceError> {
    const LEFT: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM earlier_membership_fact \
        WHERE household_id BETWEEN $1 AND $2 LIMIT 1) AS one";
    macro_rules! read {
        ($text:expr) => {
            on_tx!(&mut *tx, c => sqlx::query_as($text).bind(asked.household).bind(asked.known_at)
                .bind(asked.days.0).bind(asked.days.1).bind(asked.income_year).bind(asked.fiscal_year).bind(last)
                .fetch_all(c).await?)
        };
    }
    let left: i64 = on_tx!(&mut *tx, c => sqlx::query_scalar(LEFT).bind(asked.household).bind(last)
        .fetch_one(c).await?);
    let mut all = Rows::default();
    // Hardly any household was left by anybody: the second texts are not even planned for it.
    for text in RANGE.iter().take(if left > 0 { 2 } else { 1 }) {
        let members: Vec<MemberRow> = read!(text.members);
        if members.is_empty() {
            continue;
        }
        let (eligibilities, incomes) = (read!(text.eligibilities), read!(text.incomes));
        all.add(members, eligibilities, incomes, read!(text.circumstances));
    }
    all.reliefs = read!(RELIEFS);
    Ok(all)
}

/// Rows of one household, from the answers to [`OF_ONE`].
pub fn rows_of_one(answers: &mut Answers) -> Result<Rows, ServiceError> {
    let mut all = Rows::default();
    for _ in &ONE {
        let members: Vec<MemberRow> = answers.take()?;
        let (eligibilities, incomes) = (answers.take()?, answers.take()?);
        let circumstances = answers.take()?;
        // Of whoever belonged to it in another year only nothing is wanted.
        if !members.is_empty() {
            all.add(members, eligibilities, incomes, circumstances);
        }
    }
    all.reliefs = answers.take()?;
    Ok(all)
}

impl Rows {
    /// Adds what was read of some memberships, in the order of households and members.
    fn add(
        &mut self,
        members: Vec<MemberRow>,
        eligibilities: Vec<EligibilityRow>,
        incomes: Vec<IncomeWithChange>,
        circumstances: Vec<circumstances::CircumstanceRow>,
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
const LAST: &str = concat!(
    "SELECT m.household_id, p.person_id, p.resident_number, p.name, p.kana, p.birth_date, l.postcode, l.address, \
    l.ward, p.postcode AS present_postcode, p.address AS present_address, p.ward AS present_ward, ",
    guarded!(place "p.place"),
    " AS present_guarded, m.relation, m.head, m.household_number, m.valid_from AS member_from, m.valid_until AS member_until, m.moved_in, \
    m.moved_out, pr.valid_until AS protected_until, ",
    guarded!(both "m.household_id", "l.place"),
    " AS protected, FALSE AS payer, \
    CASE WHEN p.change_id > m.change_id THEN p.change_id ELSE m.change_id END AS revision, hc.change_id AS newest_change \
    FROM membership m JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL \
    JOIN person_fact l ON l.id = CASE WHEN m.moved_out OR m.superseded_at IS NOT NULL THEN ",
    lived!(),
    " ELSE p.id END \
    LEFT JOIN protection_fact pr ON pr.person_id = p.person_id AND pr.superseded_at IS NULL \
    LEFT JOIN household_change hc ON hc.household_id = m.household_id \
    WHERE m.household_id = $1 AND m.recorded_at <= $2 AND EXISTS (SELECT 1 FROM decision d WHERE d.household_id = $1 \
    AND d.fiscal_year = $3) ORDER BY m.head DESC, m.recorded_at DESC LIMIT 1"
);

pub async fn last(
    tx: &mut Tx,
    id: HouseholdId,
    fiscal_year: FiscalYear,
    known_at: Instant,
) -> Result<Option<MemberRow>, ServiceError> {
    Ok(
        on_tx!(tx, c => sqlx::query_as(LAST).bind(id).bind(known_at.0).bind(fiscal_year)
        .fetch_optional(c).await?),
    )
}
