//! One part in one month: lines, reductions, the sum before rounding and cap.

use super::fraction::Fraction;
use super::{SecondError, Year};
use chrono::{Datelike, NaiveDate};
use kokuho_shared::assessment::household::*;
use kokuho_shared::law::parameters::*;
use kokuho_shared::money::Yen;

/// A part in the month that begins on `first`.
pub struct InMonth<'a> {
    pub year: &'a Year<'a>,
    pub part: Part,
    pub rate: &'a PartRates,
    pub first: NaiveDate,
    pub tier: i64,
    pub quarters: i128,
}

impl<'a> InMonth<'a> {
    /// The members who are liable.
    pub fn charged(&self) -> Result<Vec<&'a Member>, SecondError> {
        let mut charged = Vec::new();
        for member in &self.year.household.members {
            if self.year.charged(member, self.part, self.first)? {
                charged.push(member);
            }
        }
        Ok(charged)
    }

    fn base(&self, member: &Member) -> i64 {
        self.year
            .base(member, self.year.involuntary_month(member, self.first))
    }

    fn times_rate(&self, base: i64) -> Fraction {
        let own = self.year.rounding.income_mode_by_part;
        let mode = own.and_then(|modes| modes.get(self.part).copied());
        let ppm = i128::from(self.rate.income_rate.parts_per_million());
        let exact = Fraction::whole(base) * Fraction::new(ppm, 1_000_000);
        match mode.unwrap_or(self.year.rounding.income_mode) {
            IncomeMode::Floor => exact.floor(),
            IncomeMode::HalfUp => exact.half_up(),
        }
    }

    fn units(&self, member: &Member, tier: i64) -> [Fraction; 2] {
        self.year.units(self.part, self.rate, tier, member)
    }

    fn household(&self, tier: i64) -> Fraction {
        let shared = self.year.shared(self.rate.per_household, self.quarters);
        let kept = self.year.kept(shared, tier);
        match self.year.rounding.reduced_unit {
            ReducedUnit::FloorHousehold => kept.floor(),
            _ => kept,
        }
    }

    /// 所得割 and 均等割 of one person.
    pub fn own(&self, member: &Member) -> Result<Fraction, SecondError> {
        let [unit, adult] = self.units(member, self.tier);
        Ok(self.times_rate(self.base(member)) + unit + adult)
    }

    /// The sum of the part a year, before its rounding and the cap.
    pub fn sum(&self, charged: &[&Member]) -> Result<Fraction, SecondError> {
        let rounding = self.year.rounding;
        let tax: i64 = charged.iter().map(|member| member.fixed_asset_tax.0).sum();
        let ppm = i128::from(self.rate.asset_rate.parts_per_million());
        let assets = (Fraction::whole(tax) * Fraction::new(ppm, 1_000_000)).floor();
        let household = self.household(self.tier);
        let local = self.year.household.local_reductions.get(self.part);
        let local = Fraction::whole(local.map_or(0, |amount| amount.0));
        if rounding.part_scope == PartScope::Person {
            let mut sum = (household + assets - local).floor_to(rounding.part_unit);
            for member in charged {
                sum += self.own(member)?.floor_to(rounding.part_unit);
            }
            return Ok(Fraction::whole(sum));
        }
        let levy = match rounding.income_scope {
            IncomeScope::Person => charged
                .iter()
                .map(|member| self.times_rate(self.base(member)))
                .sum(),
            IncomeScope::Household => {
                self.times_rate(charged.iter().map(|member| self.base(member)).sum())
            }
        };
        let units: Vec<[Fraction; 2]> = charged
            .iter()
            .map(|member| self.units(member, self.tier))
            .collect();
        let line = |index: usize| units.iter().map(|unit| unit[index]).sum::<Fraction>();
        let capita = match rounding.reduced_unit {
            ReducedUnit::FloorHousehold => line(0).floor() + line(1).floor(),
            _ => line(0) + line(1),
        };
        Ok(levy + assets + capita + household - local)
    }

    /// 旧被扶養者の減免 of the month's state.
    pub fn relief(&self, charged: &[&Member]) -> Result<Fraction, SecondError> {
        let target = i64::from(self.year.national.former_dependant.value.percent);
        let mut relief = Fraction::ZERO;
        for member in charged {
            if member.former_dependant_since.is_none() {
                continue;
            }
            relief = relief + self.times_rate(self.base(member));
            if self.tier < target && self.year.brought_down(member, self.first) {
                let total = |tier| self.units(member, tier).into_iter().sum::<Fraction>();
                relief = relief + total(self.tier) - total(target);
            }
        }
        let mut only = true;
        for member in &self.year.household.members {
            let insured = self.year.charged(member, Part::Medical, self.first)?;
            only &= !insured || self.year.brought_down(member, self.first);
        }
        if only && self.tier < target {
            relief = relief + self.household(self.tier) - self.household(target);
        }
        Ok(relief)
    }
}

impl InMonth<'_> {
    /// 減免 on application: so many per cent of a line as 旧被扶養者 leave it; several together
    /// take at most the line.
    pub fn granted(&self, charged: &[&Member]) -> Result<Fraction, SecondError> {
        let reliefs = &self.year.household.reliefs;
        let here: Vec<&Relief> = reliefs
            .iter()
            .filter(|relief| {
                let covered = relief.parts.is_empty() || relief.parts.contains(&self.part);
                let (from, until) = (relief.from.first_day(), relief.until.first_day());
                covered && from <= self.first && self.first <= until
            })
            .collect();
        let percents = |wanted: &dyn Fn(&Relief) -> bool| {
            let own = here.iter().filter(|relief| wanted(relief));
            own.map(|relief| i128::from(relief.percent))
                .sum::<i128>()
                .min(100)
        };
        let of = |line: Fraction, percent: i128| line * Fraction::new(percent, 100);
        let target = i64::from(self.year.national.former_dependant.value.percent);
        let (mut sum, mut only) = (Fraction::ZERO, self.tier < target);
        for member in charged {
            let his = |relief: &Relief| relief.person.as_ref().is_none_or(|id| *id == member.id);
            if self.year.maternity_month(member, self.first) {
                continue;
            }
            let dependant = member.former_dependant_since.is_some();
            let down =
                dependant && self.tier < target && self.year.brought_down(member, self.first);
            let levy = if dependant {
                Fraction::ZERO
            } else {
                self.times_rate(self.base(member))
            };
            let tier = if down { target } else { self.tier };
            let units: Fraction = self.units(member, tier).into_iter().sum();
            let levies = percents(&|relief| relief.income_levy && his(relief));
            let capita = percents(&|relief| relief.per_capita && his(relief));
            sum = sum + of(levy, levies) + of(units, capita);
        }
        for member in &self.year.household.members {
            let insured = self.year.charged(member, Part::Medical, self.first)?;
            only &= !insured || self.year.brought_down(member, self.first);
        }
        let household = self.household(if only { target } else { self.tier });
        let percent = percents(&|relief| relief.per_household && relief.person.is_none());
        Ok(sum + of(household, percent))
    }
}

impl Year<'_> {
    /// 特定世帯: quarters of 平等割 in the month. One insured person is left with somebody who
    /// moved on to 後期高齢者医療 at most 60 (then 96) months ago.
    pub fn quarters(&self, part: Part, first: NaiveDate) -> Result<i128, SecondError> {
        let child = part == Part::Child && self.options.specific_household_child;
        let mut insured = 0;
        let mut latest: Option<NaiveDate> = None;
        for member in &self.household.members {
            insured += usize::from(self.charged(member, Part::Medical, first)?);
            // Of the same household only until the month of leaving it.
            let left = member.left_household_on.and_then(|day| day.with_day(1));
            if left.is_some_and(|left| left <= first) {
                continue;
            }
            if member.former_member && !member.insured {
                latest = latest.max(member.specific_month.map(|month| month.first_day()));
            }
            let turning = self.birthday(member, self.national.ages.value.insured_until)?;
            let month = turning.with_day(1).ok_or(SecondError::Calendar)?;
            let left_before = member.lost_on.is_some_and(|lost| lost < turning);
            let turned = turning >= self.day(4, 1)? && month <= first && !left_before;
            // 障害認定 within the year.
            let certified = member.specific_month.map(|month| month.first_day());
            if let Some(day) = certified.filter(|day| member.insured && *day <= first) {
                latest = latest.max(Some(day));
            }
            if member.insured && turned {
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
