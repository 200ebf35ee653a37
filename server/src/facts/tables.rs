//! The tables of facts that more than one room writes. A fact is never overwritten: what was known ends, and what is
//! known now is added.

use crate::error::ServiceError;
use crate::store::Tx;
use crate::store::bulk::Value;

/// A table of facts; its ids go into the first column.
pub struct FactTable {
    pub name: &'static str,
    columns: &'static [&'static str],
}

impl FactTable {
    /// Ends facts and adds others, both at a moment. Returns the first id of those added.
    pub async fn write(
        &self,
        tx: &mut Tx,
        ended: &[i64],
        mut added: Vec<Vec<Value>>,
        at: i64,
    ) -> Result<i64, ServiceError> {
        tx.supersede(self.name, ended, at).await?;
        if added.is_empty() {
            return Ok(0);
        }
        let first = tx.take_ids(self.name, added.len()).await?;
        for (row, id) in added.iter_mut().zip(first..) {
            if let Some(place) = row.first_mut() {
                *place = Value::Int(id);
            }
        }
        tx.insert(self.name, self.columns, &added).await?;
        Ok(first)
    }
}

/// 住民: who somebody is, and where.
pub const PERSONS: FactTable = FactTable {
    name: "person_fact",
    columns: PERSON,
};
/// 世帯員: to which household somebody belongs.
pub const MEMBERSHIPS: FactTable = FactTable {
    name: "membership_fact",
    columns: MEMBERSHIP,
};
/// The households to which somebody belonged before.
pub const EARLIER_MEMBERSHIPS: FactTable = FactTable {
    name: "earlier_membership_fact",
    columns: MEMBERSHIP,
};
/// 所得 of a person and calendar year.
pub const INCOMES: FactTable = FactTable {
    name: "income_fact",
    columns: INCOME,
};
/// 資格期間.
pub const ELIGIBILITIES: FactTable = FactTable {
    name: "eligibility_fact",
    columns: ELIGIBILITY,
};

/// 年金保険者からの通知: what somebody's pension pays.
pub const PENSIONS: FactTable = FactTable {
    name: "pension_fact",
    columns: PENSION,
};

const PERSON: &[&str] = &[
    "id",
    "person_id",
    "change_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "resident_number",
    "name",
    "kana",
    "name_folded",
    "kana_folded",
    "birth_date",
    "sex",
    "postcode",
    "address",
    "ward",
    "place",
];
const MEMBERSHIP: &[&str] = &[
    "id",
    "household_id",
    "person_id",
    "change_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "household_number",
    "relation",
    "head",
    "moved_in",
];
const INCOME: &[&str] = &[
    "id",
    "person_id",
    "change_id",
    "income_year",
    "recorded_at",
    "status",
    "salary_receipts",
    "salary_income",
    "pension_receipts",
    "pension_income",
    "other_income",
    "total_income",
    "transfer_special_deduction",
    "casualty_loss",
    "family_pay_deducted",
    "family_pay_received",
    "fixed_asset_tax",
];
const ELIGIBILITY: &[&str] = &[
    "id",
    "person_id",
    "change_id",
    "valid_from",
    "valid_until",
    "recorded_at",
    "insurer_number",
    "insured_number",
    "branch",
    "acquired_reason",
    "lost_reason",
];

const PENSION: &[&str] = &[
    "id",
    "person_id",
    "change_id",
    "recorded_at",
    "listed_on",
    "annual",
    "care_each",
    "account_transfer",
];

const RARE: &[&str] = &["person_fact_id", "field", "character", "sort"];

/// 外字 of names and places, each with the fact in which it stands.
pub async fn write_rare(tx: &mut Tx, rows: &[Vec<Value>]) -> Result<(), ServiceError> {
    tx.insert("rare_character", RARE, rows).await
}
