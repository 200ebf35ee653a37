//! 7/5/2割軽減の判定, once more.

use super::person::periods;
use super::{SecondError, Year};
use chrono::NaiveDate;
use kokuho_shared::assessment::household::*;
use kokuho_shared::law::parameters::*;

impl Year<'_> {
    /// Counted for the thresholds: insured on the day, or 特定同一世帯所属者.
    fn counted_on(&self, member: &Member, day: NaiveDate) -> bool {
        self.insured_on(member, day)
            || (member.former_member
                && !member.insured
                && member.left_household_on.is_none_or(|left| left > day))
    }

    /// 7/5/2割 of a month: judged on the test day, with those who are 特例対象 in the month, or in
    /// the test day's own month where the city judges once.
    pub fn tier(&self, month: NaiveDate) -> Result<u8, SecondError> {
        if let Reduction::Given { tier } = self.household.reduction {
            return Ok(tier);
        }
        let april = self.day(4, 1)?;
        let members = &self.household.members;
        let somebody = members.iter().any(|member| self.insured_on(member, april));
        let first = members
            .iter()
            .filter(|member| member.insured)
            .flat_map(periods)
            .filter_map(|(acquired, ..)| acquired)
            .min();
        let day = if somebody {
            april
        } else {
            first.unwrap_or(april)
        };
        let special_in = match self.options.involuntary_tier {
            InvoluntaryTier::ByMonth => month,
            InvoluntaryTier::AtTestDate => day,
        };
        let counted = members
            .iter()
            .filter(|member| self.counted_on(member, day))
            .count();
        let looked_at: Vec<&Member> = members
            .iter()
            .filter(|member| member.head || self.counted_on(member, day))
            .collect();
        if looked_at
            .iter()
            .any(|member| member.income_status != IncomeStatus::Known)
        {
            return Ok(0);
        }
        let income: i64 = looked_at
            .iter()
            .map(|member| self.test_income(member, self.involuntary_month(member, special_in)))
            .sum();
        let earners = looked_at
            .iter()
            .filter(|member| self.earner(member))
            .count();
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let test = self.national.reduction_test.value;
        let base = test.base + test.per_extra_earner * (count(earners) - 1).max(0);
        let heads = self.national.per_head.value;
        let [high, middle, low] = self.national.reliefs.value.tiers;
        Ok(match income {
            _ if income <= base => high,
            _ if income <= base + heads.t50 * count(counted) => middle,
            _ if income <= base + heads.t20 * count(counted) => low,
            _ => 0,
        })
    }

    fn test_income(&self, member: &Member, involuntary: bool) -> i64 {
        let income = &member.income;
        let mut pension = income.pension_income.0;
        if self.senior(member) {
            pension = (pension - self.national.senior_pension.value.deduction).max(0);
        }
        let own_salary = (income.salary_income.0 - income.family_pay_received.0).max(0);
        let own_salary = self.salary(own_salary, involuntary);
        let added = income.transfer_special_deduction.0 + income.family_pay_deducted.0;
        (own_salary + pension + income.other_income.0 + added - income.casualty_loss.0).max(0)
    }

    fn earner(&self, member: &Member) -> bool {
        let (income, limits) = (&member.income, self.national.earner.value);
        let senior = self.senior(member);
        let salary = match income.salary_receipts {
            Some(receipts) => receipts.0 > limits.salary_over,
            None => income.salary_income.0 - income.family_pay_received.0 > 0,
        };
        let pension = match (income.pension_receipts, senior) {
            (Some(receipts), true) => receipts.0 > limits.pension_over_65,
            (Some(receipts), false) => receipts.0 > limits.pension_over,
            (None, true) => income.pension_income.0 > self.national.senior_pension.value.deduction,
            (None, false) => income.pension_income.0 > 0,
        };
        salary || pension
    }
}
