//! 保険料の年額 (令29条の7) of a household insured from 1 April.

use super::household::{Household, IncomeStatus, Member};
use super::rules::*;
use super::tier::{self, TierTest};
use crate::calendar::age_attained_on;
use crate::money::{Rounding, Yen};
use chrono::{Months, NaiveDate};
use serde::Serialize;

/// Units are kept exactly as twentieths of a yen: a tenth (7/5/2割), then a half (未就学児).
const EXACT: i64 = 20;

/// Why a premium cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssessmentError {
    #[error("世帯主がちょうど1人必要です (現在 {0} 人)")]
    Heads(usize),
    #[error("{part:?} は、この年度には賦課されません")]
    PartNotLevied { part: Part },
    #[error("{part:?} の賦課限度額 {cap:?} が国の限度額 {national:?} を超えています")]
    CapAboveNational { part: Part, cap: Yen, national: Yen },
    #[error("日付または金額が計算できる範囲にありません")]
    OutOfRange,
}

/// The premium of the year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Premium {
    pub test: TierTest,
    pub parts: Vec<PartResult>,
    pub total: Yen,
}

/// One part of the premium; the lines are those of its first liable month, as annual amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartResult {
    pub part: Part,
    pub income_levy: Yen,
    pub per_capita: Yen,
    pub per_household: Yen,
    pub months: i64,
    pub amount: Yen,
}

/// Assesses a household under national and municipal rules.
pub fn assess(
    household: &Household,
    national: &National,
    rates: &ByPart<PartRates>,
    rounding: &RoundingRules,
) -> Result<Premium, AssessmentError> {
    let heads = household
        .members
        .iter()
        .filter(|member| member.head)
        .count();
    if heads != 1 {
        return Err(AssessmentError::Heads(heads));
    }
    national.check_caps(rates)?;
    let test = tier::judge(household, national);
    let levy = Levy {
        household,
        national,
        rounding,
        tier: i64::from(test.tier),
    };
    let parts: Vec<PartResult> = rates
        .iter()
        .map(|(part, rate)| levy.part(part, &rate))
        .collect::<Result<_, _>>()?;
    let sum = parts.iter().map(|part| part.amount).sum();
    let total = Rounding::FloorTo(rounding.total_unit).apply(sum);
    Ok(Premium { test, parts, total })
}

struct Levy<'a> {
    household: &'a Household,
    national: &'a National,
    rounding: &'a RoundingRules,
    tier: i64,
}

struct Annual {
    income_levy: Yen,
    per_capita: Yen,
    per_household: Yen,
    amount: Yen,
}

impl Levy<'_> {
    /// 月割: a twelfth of each month's state, cut to the yen once.
    fn part(&self, part: Part, rate: &PartRates) -> Result<PartResult, AssessmentError> {
        let april = NaiveDate::from_ymd_opt(self.national.year.fiscal_year.0, 4, 1);
        let april = april.ok_or(AssessmentError::OutOfRange)?;
        let (mut first, mut months, mut sum) = (None, 0, 0);
        for month in 0..12 {
            let begins = april.checked_add_months(Months::new(month));
            let begins = begins.ok_or(AssessmentError::OutOfRange)?;
            let liable: Vec<&Member> = self
                .household
                .members
                .iter()
                .filter(|member| self.is_liable(member, part, begins))
                .collect();
            if liable.is_empty() {
                continue;
            }
            let annual = self
                .annual(part, rate, &liable)
                .ok_or(AssessmentError::OutOfRange)?;
            sum += annual.amount.0;
            months += 1;
            first.get_or_insert(annual);
        }
        let lines = first.unwrap_or(Annual {
            income_levy: Yen::ZERO,
            per_capita: Yen::ZERO,
            per_household: Yen::ZERO,
            amount: Yen::ZERO,
        });
        Ok(PartResult {
            part,
            income_levy: lines.income_levy,
            per_capita: lines.per_capita,
            per_household: lines.per_household,
            months,
            amount: Yen(sum / 12),
        })
    }

    /// Insured until the month before the 75th birthday's; care from the month in which 40
    /// is attained to the month before the one in which 65 is.
    fn is_liable(&self, member: &Member, part: Part, month: NaiveDate) -> bool {
        let rules = &self.national.common;
        let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
        let attained_before = |age: u32, day: NaiveDate| {
            age_attained_on(member.birth_date, age).is_some_and(|attained| attained < day)
        };
        let leaves = u32::try_from(rules.insured_until)
            .ok()
            .and_then(|age| age_attained_on(member.birth_date, age))
            .and_then(|attained| attained.succ_opt());
        let insured = member.insured && leaves.is_none_or(|birthday| birthday >= next);
        let care = part != Part::Care
            || (attained_before(rules.care_from, next) && !attained_before(rules.care_until, next));
        insured && care
    }

    fn annual(&self, part: Part, rate: &PartRates, liable: &[&Member]) -> Option<Annual> {
        let mode = match self.rounding.income_mode {
            IncomeMode::Floor => Rounding::FLOOR,
            IncomeMode::HalfUp => Rounding::HalfUp,
        };
        let mut own = Vec::with_capacity(liable.len());
        for member in liable {
            own.push((
                rate.income_rate.times(self.base(member), mode)?,
                self.unit(part, rate, member),
            ));
        }
        let income_levy = match self.rounding.income_scope {
            IncomeScope::Person => own.iter().map(|(levy, _)| *levy).sum(),
            IncomeScope::Household => rate
                .income_rate
                .times(liable.iter().map(|member| self.base(member)).sum(), mode)?,
        };
        let household = self.keep(rate.per_household);
        let lines = |index: usize| own.iter().map(|(_, unit)| unit[index]).sum::<i64>();
        let cut = |exact: i64| exact.div_euclid(EXACT) * EXACT;
        let (capita, household) = match self.rounding.reduced_unit {
            ReducedUnit::FloorHousehold => (cut(lines(0)) + cut(lines(1)), cut(household)),
            _ => (lines(0) + lines(1), household),
        };
        let part_unit = Rounding::FloorTo(self.rounding.part_unit);
        let whole = |exact: i64| part_unit.divide(i128::from(exact), i128::from(EXACT));
        let sum = match self.rounding.part_scope {
            PartScope::Part => whole(income_levy.0 * EXACT + capita + household)?,
            PartScope::Person => {
                let mut sum = whole(household)?;
                for (levy, unit) in &own {
                    sum += whole(levy.0 * EXACT + unit[0] + unit[1])?;
                }
                sum
            }
        };
        Some(Annual {
            income_levy,
            per_capita: Yen(capita.div_euclid(EXACT)),
            per_household: Yen(household.div_euclid(EXACT)),
            amount: sum.min(rate.cap),
        })
    }

    /// 賦課基準額: income less 基礎控除, per person, never below zero.
    fn base(&self, member: &Member) -> Yen {
        if member.income_status == IncomeStatus::Unknown {
            return Yen::ZERO;
        }
        let income = &member.income;
        let sum = income.salary_income + income.pension_income + income.other_income;
        let deduction = self
            .national
            .basic_deduction(income.total_income.unwrap_or(sum));
        (sum - deduction).or_zero()
    }

    /// 均等割 and 18歳以上均等割 of one person, exact.
    fn unit(&self, part: Part, rate: &PartRates, member: &Member) -> [i64; 2] {
        let rules = &self.national.common;
        let year = self.national.year.fiscal_year.0;
        let born_from = |age: i32| {
            NaiveDate::from_ymd_opt(year - age, 4, 2).is_some_and(|day| member.birth_date >= day)
        };
        match part {
            Part::Child if born_from(rules.child_under) => [0, 0],
            Part::Child => [
                self.keep(rate.per_capita),
                self.keep(rate.per_capita_18plus),
            ],
            Part::Medical | Part::Support if born_from(rules.preschool_under) => {
                [self.half(self.keep(rate.per_capita)), 0]
            }
            _ => [self.keep(rate.per_capita), 0],
        }
    }

    /// What 7/5/2割 leaves of a unit.
    fn keep(&self, unit: Yen) -> i64 {
        let kept = unit.0 * EXACT * (100 - self.tier) / 100;
        match self.rounding.reduced_unit {
            ReducedUnit::FloorPerson => kept.div_euclid(EXACT) * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => kept,
            ReducedUnit::Ceil10 => {
                let off = -(-(unit.0 * self.tier)).div_euclid(1000) * 10;
                (unit.0 - off) * EXACT
            }
        }
    }

    /// 未就学児: half of what is left.
    fn half(&self, kept: i64) -> i64 {
        match self.rounding.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => (kept / 2).div_euclid(EXACT) * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => kept / 2,
        }
    }
}
