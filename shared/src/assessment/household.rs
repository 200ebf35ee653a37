//! The facts of one assessment: a household of one fiscal year.

use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 世帯 (household): the members whose facts one taxpayer's premium depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Household {
    #[serde(default)]
    pub reduction: Reduction,
    pub members: Vec<Member>,
}

/// Whether 7/5/2割軽減 is judged or given in per cent (unit tables).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Reduction {
    #[default]
    Judge,
    Given {
        tier: u8,
    },
}

/// 世帯員: an insured person, or a 擬制世帯主 (head, not insured).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub id: String,
    pub birth_date: NaiveDate,
    #[serde(default)]
    pub head: bool,
    #[serde(default = "yes")]
    pub insured: bool,
    #[serde(default)]
    pub income: Income,
    #[serde(default)]
    pub income_status: IncomeStatus,
}

fn yes() -> bool {
    true
}

/// 所得: figures of the calendar year before the fiscal year, in yen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Income {
    pub salary_receipts: Option<Yen>,
    #[serde(default)]
    pub salary_income: Yen,
    pub pension_receipts: Option<Yen>,
    #[serde(default)]
    pub pension_income: Yen,
    #[serde(default)]
    pub other_income: Yen,
    /// 合計所得金額 for the ladder of 基礎控除; absent = the sum of the three.
    pub total_income: Option<Yen>,
}

/// What is known of a person's income.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncomeStatus {
    #[default]
    Known,
    /// 未申告: levied on the income given, no reduction for the household.
    Undeclared,
    /// 転入で未着: no income levy, no reduction for the household.
    Unknown,
}
