//! What is known when a file comes in: the current facts, by the numbers the file uses.

use super::eligibility_file::{EligibilityLine, Registered};
use super::household_moves::Living;
use super::residents_file::Resident;
use crate::error::ServiceError;
use crate::facts::incomes::IncomeRow;
use crate::on_tx;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::ids::{HouseholdId, PersonId};
use sqlx::FromRow;
use std::collections::HashMap;

/// A current fact row of a resident.
pub struct CurrentResident {
    pub person_fact: i64,
    pub membership_fact: i64,
    pub person_id: PersonId,
    pub household_id: HouseholdId,
    /// Since when the person belongs to the household.
    pub from: NaiveDate,
    pub moved_in: bool,
    pub resident: Resident,
}

impl CurrentResident {
    /// The household as one that was left on a day.
    pub fn as_earlier(&self, left: NaiveDate) -> Earlier {
        Earlier {
            id: None,
            person_id: self.person_id,
            household_id: self.household_id,
            from: self.from,
            until: self.resident.until.map_or(left, |until| until.min(left)),
            household_number: self.resident.household_number.clone(),
            relation: self.resident.relation.clone(),
            head: self.resident.head,
            moved_in: self.moved_in,
        }
    }
}

/// 以前の世帯: a household that a person left.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Earlier {
    /// `None` until it is written.
    pub id: Option<i64>,
    pub person_id: PersonId,
    pub household_id: HouseholdId,
    #[sqlx(rename = "valid_from")]
    pub from: NaiveDate,
    #[sqlx(rename = "valid_until")]
    pub until: NaiveDate,
    pub household_number: String,
    pub relation: String,
    pub head: bool,
    pub moved_in: bool,
}

/// The households that some people left, by person and in order.
pub async fn earlier(
    tx: &mut Tx,
    persons: &[PersonId],
) -> Result<HashMap<PersonId, Vec<Earlier>>, ServiceError> {
    let rows: Vec<Earlier> = tx.of_ids("SELECT id, person_id, household_id, valid_from, valid_until, household_number, relation, head, \
        moved_in FROM earlier_membership_fact WHERE person_id AMONG AND superseded_at IS NULL \
        ORDER BY person_id, valid_from", persons).await?;
    let mut by_person: HashMap<PersonId, Vec<Earlier>> = HashMap::new();
    for row in rows {
        by_person.entry(row.person_id).or_default().push(row);
    }
    Ok(by_person)
}

/// Whether no person is known yet: then none is looked up.
pub async fn nobody(tx: &mut Tx) -> Result<bool, ServiceError> {
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM person_fact LIMIT 1) AS one";
    let known: i64 = on_tx!(tx, c => sqlx::query_scalar(ANY).fetch_one(c).await?);
    Ok(known == 0)
}

/// Who lives in households of some numbers.
pub async fn living(tx: &mut Tx, numbers: &[String]) -> Result<Living, ServiceError> {
    let mut living = Living::new();
    let rows: Vec<(String, String)> = tx.of_texts("SELECT m.household_number, p.resident_number FROM membership_fact m \
        JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL AND p.valid_until IS NULL \
        WHERE m.household_number AMONG AND m.superseded_at IS NULL ORDER BY p.resident_number", numbers).await?;
    for (household, person) in rows {
        living.entry(household).or_default().push(person);
    }
    Ok(living)
}

/// Who lives in some households: each with the number.
pub async fn living_in(
    tx: &mut Tx,
    households: &[HouseholdId],
) -> Result<Vec<(HouseholdId, String)>, ServiceError> {
    tx.of_ids("SELECT m.household_id, p.resident_number FROM membership_fact m \
        JOIN person_fact p ON p.person_id = m.person_id AND p.superseded_at IS NULL AND p.valid_until IS NULL \
        WHERE m.household_id AMONG AND m.superseded_at IS NULL", households).await
}

#[derive(FromRow)]
struct ResidentRow {
    person_fact: i64,
    membership_fact: i64,
    person_id: PersonId,
    household_id: HouseholdId,
    resident_number: String,
    household_number: String,
    head: bool,
    relation: String,
    name: String,
    kana: String,
    birth_date: NaiveDate,
    sex: i64,
    postcode: String,
    address: String,
    ward: String,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    member_from: NaiveDate,
    moved_in: bool,
}

/// Residents by 宛名番号.
pub type CurrentResidents = HashMap<String, CurrentResident>;

/// Those of some numbers.
pub async fn residents(tx: &mut Tx, numbers: &[&str]) -> Result<CurrentResidents, ServiceError> {
    let rows: Vec<ResidentRow> = tx.of_texts("SELECT p.id AS person_fact, m.id AS membership_fact, p.person_id, m.household_id, \
        p.resident_number, m.household_number, m.head, m.relation, p.name, p.kana, p.birth_date, p.sex, \
        p.postcode, p.address, p.ward, p.valid_from, p.valid_until, m.valid_from AS member_from, m.moved_in \
        FROM person_fact p JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
        WHERE p.resident_number AMONG AND p.superseded_at IS NULL", numbers).await?;
    let known = rows.into_iter().map(|row| {
        let resident = Resident {
            resident_number: row.resident_number,
            household_number: row.household_number,
            head: row.head,
            relation: row.relation,
            name: row.name,
            kana: row.kana,
            birth_date: row.birth_date,
            sex: row.sex,
            postcode: row.postcode,
            address: row.address,
            ward: row.ward,
            since: row.valid_from,
            until: row.valid_until,
        };
        let known = CurrentResident {
            person_fact: row.person_fact,
            membership_fact: row.membership_fact,
            person_id: row.person_id,
            household_id: row.household_id,
            from: row.member_from,
            moved_in: row.moved_in,
            resident,
        };
        (known.resident.resident_number.clone(), known)
    });
    Ok(known.collect())
}

#[derive(FromRow)]
struct RegisteredRow {
    resident_number: String,
    person_id: PersonId,
    household_number: String,
    head: bool,
}

/// Those of some numbers who may appear in the eligibility register.
pub async fn registered(
    tx: &mut Tx,
    numbers: &[&str],
) -> Result<HashMap<String, Registered>, ServiceError> {
    let rows: Vec<RegisteredRow> = tx
        .of_texts(
            "SELECT p.resident_number, p.person_id, m.household_number, m.head FROM person_fact p \
        JOIN membership_fact m ON m.person_id = p.person_id AND m.superseded_at IS NULL \
        WHERE p.resident_number AMONG AND p.superseded_at IS NULL",
            numbers,
        )
        .await?;
    let registered = rows.into_iter().map(|row| {
        let registered = Registered {
            person_id: row.person_id,
            household_number: row.household_number,
            head: row.head,
        };
        (row.resident_number, registered)
    });
    Ok(registered.collect())
}

/// Ids of persons by 宛名番号.
pub async fn persons(
    tx: &mut Tx,
    numbers: &[&str],
) -> Result<HashMap<String, PersonId>, ServiceError> {
    let rows: Vec<(String, PersonId)> = tx
        .of_texts(
            "SELECT resident_number, person_id FROM person_fact WHERE resident_number AMONG \
        AND superseded_at IS NULL",
            numbers,
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Current income facts of some people by person and year.
pub async fn incomes(
    tx: &mut Tx,
    persons: &[PersonId],
) -> Result<HashMap<(PersonId, i64), IncomeRow>, ServiceError> {
    let rows: Vec<IncomeRow> = tx.of_ids("SELECT id, person_id, income_year, status, salary_receipts, salary_income, \
        pension_receipts, pension_income, other_income, total_income, transfer_special_deduction, casualty_loss, \
        family_pay_deducted, family_pay_received, fixed_asset_tax FROM income_fact \
        WHERE person_id AMONG AND superseded_at IS NULL", persons).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.person_id, row.income_year), row))
        .collect())
}

/// A current eligibility fact.
#[derive(Clone, Debug, FromRow)]
pub struct CurrentEligibility {
    pub id: i64,
    pub person_id: PersonId,
    pub insurer_number: String,
    pub insured_number: String,
    pub branch: String,
    pub valid_from: NaiveDate,
    pub acquired_reason: String,
    pub valid_until: Option<NaiveDate>,
    pub lost_reason: String,
}

impl CurrentEligibility {
    pub fn says(&self, line: &EligibilityLine) -> bool {
        self.insurer_number == line.insurer_number
            && self.insured_number == line.insured_number
            && self.branch == line.branch
            && self.valid_from == line.acquired_on
            && self.acquired_reason == line.acquired_reason
            && self.valid_until == line.lost_on
            && self.lost_reason == line.lost_reason
    }
}

/// Current eligibility facts of some people by person and day of acquisition.
pub async fn eligibilities(
    tx: &mut Tx,
    persons: &[PersonId],
) -> Result<HashMap<(PersonId, NaiveDate), CurrentEligibility>, ServiceError> {
    let rows: Vec<CurrentEligibility> = tx.of_ids("SELECT id, person_id, insurer_number, insured_number, branch, valid_from, acquired_reason, \
        valid_until, lost_reason FROM eligibility_fact WHERE person_id AMONG AND superseded_at IS NULL", persons).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.person_id, row.valid_from), row))
        .collect())
}
