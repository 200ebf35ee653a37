//! The annual amount of one part while the same people are liable: 所得割, 均等割, 平等割,
//! their reductions and roundings, and the cap (令29条の7).

use crate::assessment::income::figures::IncomeForLevy;
use crate::assessment::premium::months::{Months, Specific};
use crate::assessment::premium::payer::Payer;
use crate::assessment::premium::units::{EXACT, Share, Units, below, floor};
use crate::assessment::rules::Rules;
use crate::explain::{Code, Listen};
use crate::law::parameters::{IncomeMode, IncomeScope, Part, PartRates, PartScope, ReducedUnit};
use crate::money::{Rounding, Yen};

/// The share of 平等割 in a month.
pub(in crate::assessment) fn share_in(specific: Specific, month: u32) -> Share {
    match 1 << month {
        bit if specific.half & bit != 0 => Share::Half,
        bit if specific.three_quarters & bit != 0 => Share::ThreeQuarters,
        _ => Share::Whole,
    }
}

/// The months of the year with the same share.
pub(in crate::assessment) fn months_with(share: Share, specific: Specific) -> Months {
    match share {
        Share::Whole => !(specific.half | specific.three_quarters),
        Share::Half => specific.half,
        Share::ThreeQuarters => specific.three_quarters,
    }
}

/// The lines of a state, as annual amounts in yen.
#[derive(Clone, Copy)]
pub(in crate::assessment) struct Annual {
    pub income_levy: Yen,
    pub asset_levy: Yen,
    pub per_capita: Yen,
    pub per_household: Yen,
    pub subtotal: Yen,
    /// Before the part rounding over the whole part, in ten-thousandths of a yen.
    pub exact: i64,
    /// After the part rounding and the cap.
    pub amount: Yen,
}

pub(in crate::assessment) struct State<'a> {
    part: Part,
    rules: &'a Rules,
    rates: &'a PartRates,
    tier: i64,
    share: Share,
    units: &'a Units,
}

/// `None` where an amount leaves the range of the calculation.
pub(in crate::assessment) fn annual<L: Listen>(
    part: Part,
    rules: &Rules,
    tier: i64,
    share: Share,
    liable: &[Payer],
    listener: &mut L,
) -> Option<Annual> {
    let state = State::new(part, rules, tier, share)?;
    let mut lines = state.lines(liable, Yen::ZERO, listener)?;
    lines.amount = state.cut(&lines, listener);
    Some(lines)
}

fn mode(rules: &Rules, part: Part) -> Rounding {
    match rules.income_mode(part) {
        IncomeMode::Floor => Rounding::FLOOR,
        IncomeMode::HalfUp => Rounding::HalfUp,
    }
}

/// 所得割 of one person, rounded by the city's mode; `None` where the part is not levied.
pub(in crate::assessment) fn own_levy(
    part: Part,
    rules: &Rules,
    base: IncomeForLevy,
) -> Option<Yen> {
    rules
        .rates
        .get(part)?
        .income_rate
        .times(base.0, mode(rules, part))
}

impl<'a> State<'a> {
    /// `None` where the part is not levied.
    pub(in crate::assessment) fn new(
        part: Part,
        rules: &'a Rules,
        tier: i64,
        share: Share,
    ) -> Option<State<'a>> {
        Some(State {
            part,
            rules,
            rates: rules.rates.get(part)?,
            tier,
            share,
            units: rules.units(part, tier),
        })
    }

    /// The lines of the part; `local` is taken off their sum.
    pub(in crate::assessment) fn lines<L: Listen>(
        &self,
        liable: &[Payer],
        local: Yen,
        listener: &mut L,
    ) -> Option<Annual> {
        let income_levy = self.income_levy(liable, listener)?;
        let asset_levy = self.asset_levy(liable, listener)?;
        let capita = self.per_capita(liable, listener);
        let household = self.per_household(listener);
        listener.leaf(Code::LocalReduction, Some(self.part), None, -local, &[]);
        let (per_capita, per_household) = (floor(capita), floor(household));
        let fixed = [asset_levy, -local];
        let whole = income_levy + asset_levy - local;
        let subtotal = whole + floor(capita + household);
        let told = whole + per_capita + per_household;
        let rest = below(capita) + below(household);
        listener.leaf(
            Code::Fraction,
            Some(self.part),
            None,
            subtotal - told,
            &[rest],
        );
        Some(Annual {
            income_levy,
            asset_levy,
            per_capita,
            per_household,
            subtotal,
            exact: self.exact(liable, income_levy, fixed, capita, household)?,
            amount: Yen::ZERO,
        })
    }

    /// The part rounding and the cap.
    pub(in crate::assessment) fn cut<L: Listen>(&self, lines: &Annual, listener: &mut L) -> Yen {
        let part = Some(self.part);
        let unit = self.rules.rounding.part_unit;
        let rounded = Rounding::FloorTo(unit).apply(floor(lines.exact));
        let off = rounded - lines.subtotal;
        listener.leaf(Code::PartRounding, part, None, off, &[unit]);
        let cap = self.rates.cap;
        let amount = rounded.min(cap);
        let before = [rounded.0, cap.0];
        listener.leaf(Code::CapCut, part, None, amount - rounded, &before);
        amount
    }

    pub(in crate::assessment) fn own_levy(&self, payer: &Payer) -> Option<Yen> {
        self.rates
            .income_rate
            .times(payer.base.0, mode(self.rules, self.part))
    }

    fn income_levy<L: Listen>(&self, liable: &[Payer], listener: &mut L) -> Option<Yen> {
        let part = Some(self.part);
        let rate = self.rates.income_rate.parts_per_million();
        let line = listener.open(Code::IncomeLevy, part, None);
        let mut sum = Yen::ZERO;
        match self.rules.rounding.income_scope {
            IncomeScope::Person => {
                for payer in liable {
                    let own = self.own_levy(payer)?;
                    let inputs = [payer.income.0, payer.deduction.0, payer.base.0.0, rate];
                    let code = if payer.involuntary {
                        Code::IncomeLevyOfInvoluntary
                    } else {
                        Code::IncomeLevyOfPerson
                    };
                    listener.leaf(code, part, Some(payer.index), own, &inputs);
                    sum += own;
                }
            }
            IncomeScope::Household => {
                let base: Yen = liable.iter().map(|payer| payer.base.0).sum();
                sum = self
                    .rates
                    .income_rate
                    .times(base, mode(self.rules, self.part))?;
                listener.leaf(
                    Code::IncomeLevyOfHousehold,
                    part,
                    None,
                    sum,
                    &[base.0, rate],
                );
            }
        }
        listener.close(line, sum, &[]);
        Some(sum)
    }

    /// 資産割: the fixed asset tax of those liable, cut to the yen once.
    fn asset_levy<L: Listen>(&self, liable: &[Payer], listener: &mut L) -> Option<Yen> {
        let tax: Yen = liable.iter().map(|payer| payer.fixed_asset_tax).sum();
        let rate = self.rates.asset_rate;
        let levy = rate.times(tax, Rounding::FLOOR)?;
        let inputs = [tax.0, rate.parts_per_million()];
        listener.leaf(Code::AssetLevy, Some(self.part), None, levy, &inputs);
        Some(levy)
    }

    /// 均等割 of everybody, exact unless the city floors the household's sum.
    fn per_capita<L: Listen>(&self, liable: &[Payer], listener: &mut L) -> i64 {
        let line = listener.open(Code::PerCapita, Some(self.part), None);
        let (mut lines, mut shown, mut rests) = ([0i64, 0], Yen::ZERO, [0i64; 2]);
        for payer in liable {
            let own = self.unit(payer);
            // Beyond the range the sum is refused below.
            lines[0] = lines[0].saturating_add(own[0]);
            lines[1] = lines[1].saturating_add(own[1]);
            if L::HEARS {
                shown += self.tell_unit(payer, own, listener);
                rests[0] += below(own[0]);
                rests[1] += below(own[1]);
            }
        }
        let exact = match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorHousehold => {
                (floor(lines[0]) + floor(lines[1])).0.saturating_mul(EXACT)
            }
            _ => lines[0].saturating_add(lines[1]),
        };
        if L::HEARS {
            let fraction = floor(exact) - shown;
            let rests = match self.rules.rounding.reduced_unit {
                ReducedUnit::FloorHousehold => rests,
                _ => [rests[0] + rests[1], 0],
            };
            listener.leaf(Code::Fraction, Some(self.part), None, fraction, &rests);
        }
        listener.close(line, floor(exact), &[]);
        exact
    }

    /// 均等割 and 18歳以上均等割 of one person, in ten-thousandths.
    #[inline]
    pub(in crate::assessment) fn unit(&self, payer: &Payer) -> [i64; 2] {
        let Units {
            capita,
            young,
            adult,
            ..
        } = *self.units;
        match self.part {
            Part::Child if payer.child => [young, 0],
            Part::Child => [capita, adult],
            Part::Medical | Part::Support if payer.preschool => [young, 0],
            _ => [capita, 0],
        }
    }

    /// To a multiple of so many yen the city raises what 7/5/2割 takes off.
    fn step(&self) -> i64 {
        match self.rules.rounding.reduced_unit {
            ReducedUnit::Ceil10 => 10,
            _ => 1,
        }
    }

    /// Tells how the units of one person came about; returns their sum in whole yen.
    fn tell_unit<L: Listen>(&self, payer: &Payer, own: [i64; 2], listener: &mut L) -> Yen {
        let (part, person) = (Some(self.part), Some(payer.index));
        let unit = self.rates.per_capita;
        listener.leaf(Code::PerCapitaOfPerson, part, person, unit, &[]);
        let kept = floor(self.units.capita);
        let percent = self.tier;
        listener.leaf(
            Code::Reduction,
            part,
            person,
            kept - unit,
            &[unit.0, percent, self.step(), 0],
        );
        let remaining = floor(own[0]);
        let (code, off) = if self.part == Part::Child {
            (Code::ChildExempt, self.rules.reliefs.child_percent)
        } else {
            (Code::PreschoolHalf, self.rules.reliefs.preschool_percent)
        };
        let inputs = [kept.0, off, below(self.units.capita)];
        listener.leaf(code, part, person, remaining - kept, &inputs);
        if own[1] != 0 {
            let adult = self.rates.per_capita_18plus;
            let left = floor(own[1]);
            listener.leaf(Code::AdultPerCapita, part, person, adult, &[]);
            listener.leaf(
                Code::Reduction,
                part,
                person,
                left - adult,
                &[adult.0, percent, self.step(), 0],
            );
        }
        remaining + floor(own[1])
    }

    fn per_household<L: Listen>(&self, listener: &mut L) -> i64 {
        let unit = self.rates.per_household;
        let exact = self.units.household(self.share);
        if L::HEARS && unit != Yen::ZERO {
            let part = Some(self.part);
            let line = listener.open(Code::PerHousehold, part, None);
            let shared = self.units.shared(self.share);
            let (after_share, left) = (floor(shared), floor(exact));
            listener.leaf(Code::PerHouseholdUnit, part, None, unit, &[]);
            listener.leaf(
                Code::SpecificHousehold,
                part,
                None,
                after_share - unit,
                &[unit.0, self.share.quarters(&self.rules.reliefs)],
            );
            listener.leaf(
                Code::Reduction,
                part,
                None,
                left - after_share,
                &[after_share.0, self.tier, self.step(), below(shared)],
            );
            listener.close(line, left, &[]);
        }
        exact
    }

    /// The sum of the part before its own rounding and the cap; where the city rounds person by
    /// person, everybody's sum is rounded already.
    fn exact(
        &self,
        liable: &[Payer],
        levy: Yen,
        fixed: [Yen; 2],
        capita: i64,
        household: i64,
    ) -> Option<i64> {
        let unit = Rounding::FloorTo(self.rules.rounding.part_unit);
        // Cut to the yen first: a multiple of the unit is a whole yen.
        let whole = |exact: i64| unit.apply(floor(exact));
        let fixed: Yen = fixed.into_iter().sum();
        match self.rules.rounding.part_scope {
            PartScope::Part => {
                let levies = (levy + fixed).0.checked_mul(EXACT)?;
                levies.checked_add(capita)?.checked_add(household)
            }
            PartScope::Person => {
                let mut sum = whole(fixed.0.checked_mul(EXACT)?.checked_add(household)?);
                for payer in liable {
                    let [capita, adult] = self.unit(payer);
                    let levy = self.own_levy(payer)?.0.checked_mul(EXACT)?;
                    sum += whole(levy.checked_add(capita)?.checked_add(adult)?);
                }
                sum.0.checked_mul(EXACT)
            }
        }
    }

    /// 平等割 of the household, in ten-thousandths.
    pub(in crate::assessment) fn household(&self) -> i64 {
        self.units.household(self.share)
    }
}
