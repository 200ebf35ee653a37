//! 所得 as a fact: how it is read and written.

use crate::row;
use crate::store::Row;
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::ids::PersonId;
use kokuho_shared::money::Yen;
use serde::Deserialize;
use sqlx::FromRow;

/// What is known of one person's incomes of a calendar year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeFact {
    pub person_id: PersonId,
    pub income_year: i64,
    pub status: IncomeStatus,
    pub income: Income,
    /// 固定資産税額 of the fiscal year after it.
    pub fixed_asset_tax: Yen,
}

/// A current income fact.
#[derive(Clone, Debug, Deserialize, FromRow)]
pub struct IncomeRow {
    pub id: i64,
    pub person_id: PersonId,
    pub income_year: i64,
    pub status: String,
    pub salary_receipts: Option<i64>,
    pub salary_income: i64,
    pub pension_receipts: Option<i64>,
    pub pension_income: i64,
    pub other_income: i64,
    pub total_income: Option<i64>,
    pub transfer_special_deduction: i64,
    pub casualty_loss: i64,
    pub family_pay_deducted: i64,
    pub family_pay_received: i64,
    pub fixed_asset_tax: i64,
}

impl IncomeRow {
    pub fn line(&self) -> IncomeFact {
        IncomeFact {
            person_id: self.person_id,
            income_year: self.income_year,
            status: IncomeStatus::of_key(&self.status).unwrap_or(IncomeStatus::Unknown),
            income: Income {
                salary_receipts: self.salary_receipts.map(Yen),
                salary_income: Yen(self.salary_income),
                pension_receipts: self.pension_receipts.map(Yen),
                pension_income: Yen(self.pension_income),
                other_income: Yen(self.other_income),
                total_income: self.total_income.map(Yen),
                transfer_special_deduction: Yen(self.transfer_special_deduction),
                casualty_loss: Yen(self.casualty_loss),
                family_pay_deducted: Yen(self.family_pay_deducted),
                family_pay_received: Yen(self.family_pay_received),
            },
            fixed_asset_tax: Yen(self.fixed_asset_tax),
        }
    }
}

/// A row of `income_fact`; its id is set when it is written.
pub fn income_row(change: i64, at: i64, line: &IncomeFact) -> Row {
    let income = &line.income;
    row! {
        id: 0,
        person_id: line.person_id,
        change_id: change,
        income_year: line.income_year,
        recorded_at: at,
        status: line.status.key(),
        salary_receipts: income.salary_receipts,
        salary_income: income.salary_income,
        pension_receipts: income.pension_receipts,
        pension_income: income.pension_income,
        other_income: income.other_income,
        total_income: income.total_income,
        transfer_special_deduction: income.transfer_special_deduction,
        casualty_loss: income.casualty_loss,
        family_pay_deducted: income.family_pay_deducted,
        family_pay_received: income.family_pay_received,
        fixed_asset_tax: line.fixed_asset_tax,
    }
}
