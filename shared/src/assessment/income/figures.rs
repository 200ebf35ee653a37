//! The two figures that one person's income becomes. They are different types so that the
//! base of the levy can never stand in the reduction test, nor the other way round.

use crate::assessment::household::{IncomeStatus, Member};
use crate::assessment::rules::Rules;
use crate::money::{Rounding, Yen};

/// 賦課基準額 (令29条の7第2項4号): what the income rate is applied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncomeForLevy(pub Yen);

/// 軽減判定所得 (令29条の7, 軽減の項): what the thresholds of 7/5/2割 are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncomeForReduction(pub Yen);

impl IncomeForLevy {
    /// Income less 基礎控除, per person, never below zero.
    pub fn of(member: &Member, involuntary: bool, rules: &Rules) -> IncomeForLevy {
        let base = (gross(member, involuntary, rules) - deduction(member, rules)).or_zero();
        IncomeForLevy(Rounding::FloorTo(rules.rounding.income_base_unit).apply(base))
    }
}

/// 総所得金額等 of the levy; nothing while the income is not known.
pub fn gross(member: &Member, involuntary: bool, rules: &Rules) -> Yen {
    if member.income_status == IncomeStatus::Unknown {
        return Yen::ZERO;
    }
    let income = &member.income;
    let salary = counted(income.salary_income, involuntary, rules);
    salary + income.pension_income + income.other_income
}

/// 給与所得 as it counts: of 特例対象被保険者等 only the share of 令29条の7の2, cut to the yen.
fn counted(salary: Yen, involuntary: bool, rules: &Rules) -> Yen {
    if involuntary {
        Yen((salary.0 * rules.involuntary.salary_percent).div_euclid(100))
    } else {
        salary
    }
}

/// 基礎控除 by 合計所得金額 (地方税法314条の2第2項), always of the unreduced figures.
pub fn deduction(member: &Member, rules: &Rules) -> Yen {
    let total = member.income.total_income;
    rules.basic_deduction(total.unwrap_or_else(|| gross(member, false, rules)))
}

impl IncomeForReduction {
    /// Before 基礎控除; 専従者給与 with its owner, special deductions of transfers added back.
    pub fn of(member: &Member, involuntary: bool, rules: &Rules) -> IncomeForReduction {
        let income = &member.income;
        let own = (income.salary_income - income.family_pay_received).or_zero();
        let salary = counted(own, involuntary, rules);
        let deducted = if rules.is_senior(member.birth_date) {
            Yen(rules.senior_pension.deduction)
        } else {
            Yen::ZERO
        };
        let pension = (income.pension_income - deducted).or_zero();
        let added = income.transfer_special_deduction + income.family_pay_deducted;
        let sum = salary + pension + income.other_income + added - income.casualty_loss;
        IncomeForReduction(sum.or_zero())
    }
}

/// 給与所得者等: each person at most once, by receipts where they are known.
pub fn is_earner(member: &Member, rules: &Rules) -> bool {
    let income = &member.income;
    let senior = rules.is_senior(member.birth_date);
    let by_salary = match income.salary_receipts {
        Some(receipts) => receipts.0 > rules.earner.salary_over,
        None => income.salary_income > income.family_pay_received,
    };
    let (receipts_over, income_over) = if senior {
        (rules.earner.pension_over_65, rules.senior_pension.deduction)
    } else {
        (rules.earner.pension_over, 0)
    };
    by_salary
        || match income.pension_receipts {
            Some(receipts) => receipts.0 > receipts_over,
            None => income.pension_income.0 > income_over,
        }
}
