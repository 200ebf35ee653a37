//! 検算: a literal second calculation of the year's premium (令29条の7).
//!
//! Written from the text of the rule, day by day and month by month, in exact fractions. It
//! shares with `kokuho-shared` only the types of facts, numbers and dates, and the dated
//! figures of the law; none of its calculations. Two results that differ stop a release.

mod fraction;

use chrono::{Datelike, Months, NaiveDate};
use fraction::Fraction;
use kokuho_shared::api::estimate::Estimate;
use kokuho_shared::assessment::household::*;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::parameters::*;
use kokuho_shared::law::{LawError, shipped};
use kokuho_shared::money::Yen;

/// Why there is no second result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondError {
    #[error(transparent)]
    Law(#[from] LawError),
    #[error("rates and rounding are needed inline")]
    NoRates,
    #[error("a date is outside the calendar")]
    Calendar,
}

/// The total of a question that brings its rates.
pub fn total(question: &Estimate) -> Result<Yen, SecondError> {
    let (Some(rates), Some(rounding)) = (question.rates, question.rounding) else {
        return Err(SecondError::NoRates);
    };
    let national = shipped::national(FiscalYear(question.as_of.fiscal_year))?;
    let household = Household {
        reduction: question.inputs.reduction,
        members: question.inputs.members.clone(),
    };
    let options = question.options.unwrap_or_default();
    premium(&household, &national, &rates, &rounding, &options)
}

/// The year's premium of a household.
pub fn premium(
    household: &Household,
    national: &National,
    rates: &ByPart<PartRates>,
    rounding: &RoundingRules,
    options: &Options,
) -> Result<Yen, SecondError> {
    let year = Year {
        household,
        national,
        rounding,
        options,
    };
    let tier = i64::from(year.tier()?);
    let mut sum = 0;
    for (part, rate) in rates.iter() {
        let mut twelfths = Fraction::ZERO;
        for month in 0..12 {
            let first = year
                .day(4, 1)?
                .checked_add_months(Months::new(month))
                .ok_or(SecondError::Calendar)?;
            let mut charged = Vec::new();
            for member in &household.members {
                if year.charged(member, part, first)? {
                    charged.push(member);
                }
            }
            if !charged.is_empty() {
                let quarters = year.quarters(part, first)?;
                let annual = year.annual(part, rate, tier, quarters, &charged)?;
                twelfths = twelfths + Fraction::new(i128::from(annual), 12);
            }
        }
        sum += twelfths.floor_to(rounding.proration_unit);
    }
    Ok(Yen(Fraction::whole(sum).floor_to(rounding.total_unit)))
}

struct Year<'a> {
    household: &'a Household,
    national: &'a National,
    rounding: &'a RoundingRules,
    options: &'a Options,
}

impl Year<'_> {
    fn number(&self) -> i32 {
        self.national.fiscal_year.0
    }

    fn day(&self, month: u32, day: u32) -> Result<NaiveDate, SecondError> {
        NaiveDate::from_ymd_opt(self.number(), month, day).ok_or(SecondError::Calendar)
    }

    /// Born on or after the 2 April `age` years before the year.
    fn younger(&self, member: &Member, age: i32) -> bool {
        NaiveDate::from_ymd_opt(self.number() - age, 4, 2)
            .is_some_and(|day| member.birth_date >= day)
    }

    /// 65 on 31 December of the income year; a birthday on 1 January counts.
    fn senior(&self, member: &Member) -> bool {
        let age = self.national.senior_pension.value.age;
        NaiveDate::from_ymd_opt(self.number() - age, 1, 1)
            .is_some_and(|day| member.birth_date <= day)
    }

    fn insured_on(&self, member: &Member, day: NaiveDate) -> bool {
        let after = member.acquired_on.is_none_or(|acquired| day >= acquired);
        let before = member.lost_on.is_none_or(|lost| day < lost);
        member.insured && after && before
    }

    fn birthday(&self, member: &Member, age: i32) -> Result<NaiveDate, SecondError> {
        let year = member.birth_date.year() + age;
        let day = member
            .birth_date
            .with_year(year)
            .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1));
        day.ok_or(SecondError::Calendar)
    }

    /// Counted for the thresholds: insured on the day, or 特定同一世帯所属者.
    fn counted_on(&self, member: &Member, day: NaiveDate) -> bool {
        self.insured_on(member, day) || (member.former_member && !member.insured)
    }

    fn tier(&self) -> Result<u8, SecondError> {
        if let Reduction::Given { tier } = self.household.reduction {
            return Ok(tier);
        }
        let april = self.day(4, 1)?;
        let members = &self.household.members;
        let somebody = members.iter().any(|member| self.insured_on(member, april));
        let first = members
            .iter()
            .filter(|member| member.insured)
            .filter_map(|member| member.acquired_on)
            .min();
        let day = if somebody {
            april
        } else {
            first.unwrap_or(april)
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
            .map(|member| self.test_income(member))
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

    fn test_income(&self, member: &Member) -> i64 {
        let income = &member.income;
        let mut pension = income.pension_income.0;
        if self.senior(member) {
            pension = (pension - self.national.senior_pension.value.deduction).max(0);
        }
        let own_salary = (income.salary_income.0 - income.family_pay_received.0).max(0);
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

    /// Whether the member is charged in the month that begins on `first`.
    fn charged(&self, member: &Member, part: Part, first: NaiveDate) -> Result<bool, SecondError> {
        let next = first
            .checked_add_months(Months::new(1))
            .ok_or(SecondError::Calendar)?;
        let lost = member.lost_on.map(|lost| {
            let moved = self.options.loss_on_first == LossOnFirst::PreviousDay
                && member.loss_ground == Some(LossGround::Art6)
                && lost.day() == 1;
            if moved {
                lost.pred_opt().unwrap_or(lost)
            } else {
                lost
            }
        });
        let ages = self.national.ages.value;
        let begun = member.acquired_on.is_none_or(|acquired| acquired < next);
        // The month of the loss is not charged: the loss must lie after this month.
        let lasts = lost.is_none_or(|lost| lost >= next)
            && self.birthday(member, ages.insured_until)? >= next;
        let attained = |age: i32| {
            self.birthday(member, age)?
                .pred_opt()
                .ok_or(SecondError::Calendar)
        };
        let care = attained(ages.care_from)? < next && attained(ages.care_until)? >= next;
        Ok(member.insured && begun && lasts && (part != Part::Care || care))
    }

    fn annual(
        &self,
        part: Part,
        rate: &PartRates,
        tier: i64,
        quarters: i128,
        charged: &[&Member],
    ) -> Result<i64, SecondError> {
        let rounding = self.rounding;
        let mode = rounding
            .income_mode_by_part
            .and_then(|modes| modes.get(part).copied());
        let mode = mode.unwrap_or(rounding.income_mode);
        let times_rate = |base: i64| {
            let exact = Fraction::whole(base)
                * Fraction::new(i128::from(rate.income_rate.parts_per_million()), 1_000_000);
            match mode {
                IncomeMode::Floor => exact.floor(),
                IncomeMode::HalfUp => exact.half_up(),
            }
        };
        let levies: Vec<Fraction> = charged
            .iter()
            .map(|member| times_rate(self.base(member)))
            .collect();
        let units: Vec<[Fraction; 2]> = charged
            .iter()
            .map(|member| self.units(part, rate, tier, member))
            .collect();
        let tax: i64 = charged.iter().map(|member| member.fixed_asset_tax.0).sum();
        let share = Fraction::new(i128::from(rate.asset_rate.parts_per_million()), 1_000_000);
        let assets = (Fraction::whole(tax) * share).floor();
        let household = self.kept(self.shared(rate.per_household, quarters), tier);
        if rounding.part_scope == PartScope::Person {
            let persons = levies.iter().zip(&units);
            let own = persons
                .map(|(levy, [unit, adult])| (*levy + *unit + *adult).floor_to(rounding.part_unit));
            let sum = own.sum::<i64>() + (household + assets).floor_to(rounding.part_unit);
            return Ok(sum.min(rate.cap.0));
        }
        let levy = match rounding.income_scope {
            IncomeScope::Person => levies.into_iter().sum(),
            IncomeScope::Household => {
                times_rate(charged.iter().map(|member| self.base(member)).sum())
            }
        };
        let line = |index: usize| units.iter().map(|unit| unit[index]).sum::<Fraction>();
        let fixed = match rounding.reduced_unit {
            ReducedUnit::FloorHousehold => line(0).floor() + line(1).floor() + household.floor(),
            _ => line(0) + line(1) + household,
        };
        Ok((levy + assets + fixed)
            .floor_to(rounding.part_unit)
            .min(rate.cap.0))
    }

    fn base(&self, member: &Member) -> i64 {
        if member.income_status == IncomeStatus::Unknown {
            return 0;
        }
        let income = &member.income;
        let sum = income.salary_income.0 + income.pension_income.0 + income.other_income.0;
        let total = income.total_income.map_or(sum, |total| total.0);
        let mut deduction = 0;
        for step in self.national.basic_deduction.value.iter().rev() {
            if total <= step.up_to {
                deduction = step.amount;
            }
        }
        Fraction::whole((sum - deduction).max(0)).floor_to(self.rounding.income_base_unit)
    }

    /// 特定世帯: quarters of 平等割 in the month. One insured person is left with somebody who
    /// moved on to 後期高齢者医療 at most 60 (then 96) months ago.
    fn quarters(&self, part: Part, first: NaiveDate) -> Result<i128, SecondError> {
        let child = part == Part::Child && self.options.specific_household_child;
        let mut insured = 0;
        let mut latest: Option<NaiveDate> = None;
        for member in &self.household.members {
            insured += usize::from(self.charged(member, Part::Medical, first)?);
            if member.former_member && !member.insured {
                latest = latest.max(member.specific_month.map(|month| month.first_day()));
            }
            let turning = self.birthday(member, self.national.ages.value.insured_until)?;
            let month = turning.with_day(1).ok_or(SecondError::Calendar)?;
            if member.insured && turning >= self.day(4, 1)? && month <= first {
                latest = latest.max(Some(month));
            }
        }
        let Some(latest) = latest
            .filter(|_| insured == 1 && (child || matches!(part, Part::Medical | Part::Support)))
        else {
            return Ok(4);
        };
        let months = |day: NaiveDate| day.year() * 12 + day.month() as i32;
        let reliefs = self.national.reliefs.value;
        let passed = months(first) - months(latest);
        Ok(i128::from(if passed <= reliefs.specific_months {
            reliefs.specific_quarters
        } else if passed <= reliefs.specific_continuing_months {
            reliefs.specific_continuing_quarters
        } else {
            4
        }))
    }

    fn shared(&self, unit: Yen, quarters: i128) -> Fraction {
        let left = Fraction::whole(unit.0) * Fraction::new(quarters, 4);
        match self.rounding.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => left.floor(),
            ReducedUnit::Exact | ReducedUnit::FloorHousehold => left,
        }
    }

    /// What remains of a unit after 7/5/2割.
    fn kept(&self, unit: Fraction, tier: i64) -> Fraction {
        let off = unit * Fraction::new(i128::from(tier), 100);
        match self.rounding.reduced_unit {
            ReducedUnit::FloorPerson => (unit - off).floor(),
            ReducedUnit::Ceil10 => (unit - off.ceil_to(10)).or_zero(),
            ReducedUnit::Exact | ReducedUnit::FloorHousehold => unit - off,
        }
    }

    /// 均等割 and 18歳以上均等割 of one member.
    fn units(&self, part: Part, rate: &PartRates, tier: i64, member: &Member) -> [Fraction; 2] {
        let ages = self.national.ages.value;
        let kept = self.kept(Fraction::whole(rate.per_capita.0), tier);
        if part == Part::Child {
            let child = self.younger(member, ages.child_under);
            let adult = self.kept(Fraction::whole(rate.per_capita_18plus.0), tier);
            let percent = self.national.reliefs.value.child_percent;
            return if child {
                [self.share_left(kept, percent), Fraction::ZERO]
            } else {
                [kept, adult]
            };
        }
        let preschool = self.younger(member, ages.preschool_under) && part != Part::Care;
        if !preschool {
            return [kept, Fraction::ZERO];
        }
        [
            self.share_left(kept, self.national.reliefs.value.preschool_percent),
            Fraction::ZERO,
        ]
    }

    fn share_left(&self, kept: Fraction, percent: i64) -> Fraction {
        let left = kept * Fraction::new(i128::from(100 - percent), 100);
        match self.rounding.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => left.floor(),
            ReducedUnit::Exact | ReducedUnit::FloorHousehold => left,
        }
    }
}
