//! 7/5/2割軽減の判定 (令29条の7): one test per household.

use super::household::{Household, IncomeStatus, Member, Reduction};
use super::rules::National;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The outcome of the test and everything it looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierTest {
    /// Per cent taken off: 70, 50, 20 or 0.
    pub tier: u8,
    /// 判定不能: an income of the household is not known; the tier is 0 until it is.
    pub undetermined: bool,
    pub test_income: Yen,
    pub earners: i64,
    pub counted: i64,
    pub thresholds: Thresholds,
}

/// The highest test income of each tier, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    pub t70: Yen,
    pub t50: Yen,
    pub t20: Yen,
}

/// Judges the household on the state of 1 April.
pub fn judge(household: &Household, national: &National) -> TierTest {
    let rules = &national.common;
    let looked_at = household
        .members
        .iter()
        .filter(|member| member.head || member.insured);
    let (mut income, mut earners, mut counted, mut unknown) = (Yen::ZERO, 0, 0, false);
    for member in looked_at {
        let senior = is_65_for_income(member.birth_date, national);
        income += test_income(member, senior, national);
        earners += i64::from(is_earner(member, senior, national));
        counted += i64::from(member.insured);
        unknown |= member.income_status != IncomeStatus::Known;
    }
    let base = rules.test_base + rules.per_extra_earner * (earners - 1).max(0);
    let thresholds = Thresholds {
        t70: Yen(base),
        t50: Yen(base + national.year.per_head.t50 * counted),
        t20: Yen(base + national.year.per_head.t20 * counted),
    };
    let tier = match household.reduction {
        Reduction::Given { tier } => tier,
        Reduction::Judge if unknown => 0,
        Reduction::Judge if income <= thresholds.t70 => 70,
        Reduction::Judge if income <= thresholds.t50 => 50,
        Reduction::Judge if income <= thresholds.t20 => 20,
        Reduction::Judge => 0,
    };
    let undetermined = unknown && household.reduction == Reduction::Judge;
    TierTest {
        tier,
        undetermined,
        test_income: income,
        earners,
        counted,
        thresholds,
    }
}

/// 65 on 31 December of the income year: born on or before 1 January of the year − 65.
fn is_65_for_income(birth: NaiveDate, national: &National) -> bool {
    let last = NaiveDate::from_ymd_opt(national.year.fiscal_year.0 - 65, 1, 1);
    last.is_some_and(|last| birth <= last)
}

fn test_income(member: &Member, senior: bool, national: &National) -> Yen {
    let deduction = if senior {
        national.common.pension_deduction_65
    } else {
        0
    };
    let pension = (member.income.pension_income - Yen(deduction)).or_zero();
    (member.income.salary_income + pension + member.income.other_income).or_zero()
}

/// 給与所得者等: each person at most once, by receipts where they are known.
fn is_earner(member: &Member, senior: bool, national: &National) -> bool {
    let rules = &national.common;
    let income = &member.income;
    let by_salary = match income.salary_receipts {
        Some(receipts) => receipts.0 > rules.earner_salary_over,
        None => income.salary_income > Yen::ZERO,
    };
    let receipts_over = if senior {
        rules.earner_pension_over_65
    } else {
        rules.earner_pension_over
    };
    let income_over = if senior {
        rules.pension_deduction_65
    } else {
        0
    };
    by_salary
        || match income.pension_receipts {
            Some(receipts) => receipts.0 > receipts_over,
            None => income.pension_income.0 > income_over,
        }
}
