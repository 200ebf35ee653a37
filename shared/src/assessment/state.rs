//! The annual amount of one part while the same people are liable: 所得割, 均等割, 平等割,
//! their reductions and roundings, and the cap (令29条の7).

use super::figures::IncomeForLevy;
use super::months::{Months, Specific};
use super::premium::Payer;
use super::rules::Rules;
use crate::explain::{Code, Listen};
use crate::law::parameters::{IncomeMode, IncomeScope, Part, PartRates, PartScope, ReducedUnit};
use crate::money::{Rounding, Yen};

/// Units are kept exactly as ten-thousandths of a yen: per cent (7/5/2割) of per cent
/// (未就学児), and of quarters (特定世帯).
const EXACT: i64 = 10_000;

/// Which share of 平等割 the household pays in a month, in quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Whole,
    Half,
    ThreeQuarters,
}

impl Share {
    pub fn of(specific: Specific, month: u32) -> Share {
        match 1 << month {
            bit if specific.half & bit != 0 => Share::Half,
            bit if specific.three_quarters & bit != 0 => Share::ThreeQuarters,
            _ => Share::Whole,
        }
    }

    /// The months of the year with the same share.
    pub fn months(self, specific: Specific) -> Months {
        match self {
            Share::Whole => !(specific.half | specific.three_quarters),
            Share::Half => specific.half,
            Share::ThreeQuarters => specific.three_quarters,
        }
    }

    fn quarters(self, rules: &Rules) -> i64 {
        match self {
            Share::Whole => 4,
            Share::Half => rules.reliefs.specific_quarters,
            Share::ThreeQuarters => rules.reliefs.specific_continuing_quarters,
        }
    }
}

/// The lines of a state, as annual amounts in yen.
pub(super) struct Annual {
    pub income_levy: Yen,
    pub asset_levy: Yen,
    pub per_capita: Yen,
    pub per_household: Yen,
    pub subtotal: Yen,
    /// After the part rounding and the cap.
    pub amount: Yen,
}

struct State<'a> {
    part: Part,
    rules: &'a Rules,
    rates: &'a PartRates,
    tier: i64,
    share: Share,
}

/// `None` where an amount leaves the range of the calculation.
pub(super) fn annual<L: Listen>(
    part: Part,
    rules: &Rules,
    tier: i64,
    share: Share,
    liable: &[Payer],
    listener: &mut L,
) -> Option<Annual> {
    let rates = rules.rates.get(part)?;
    let state = State {
        part,
        rules,
        rates,
        tier,
        share,
    };
    let income_levy = state.income_levy(liable, listener)?;
    let asset_levy = state.asset_levy(liable, listener)?;
    let capita = state.per_capita(liable, listener);
    let household = state.per_household(listener);
    let (per_capita, per_household) = (floor(capita), floor(household));
    let subtotal = income_levy + asset_levy + per_capita + per_household;
    let rounded = state.rounded(liable, income_levy, asset_levy, capita, household)?;
    let unit = [rules.rounding.part_unit];
    listener.leaf(
        Code::PartRounding,
        Some(part),
        None,
        rounded - subtotal,
        &unit,
    );
    let amount = rounded.min(rates.cap);
    let before = [rounded.0, rates.cap.0];
    listener.leaf(Code::CapCut, Some(part), None, amount - rounded, &before);
    Some(Annual {
        income_levy,
        asset_levy,
        per_capita,
        per_household,
        subtotal,
        amount,
    })
}

fn floor(exact: i64) -> Yen {
    Yen(exact.div_euclid(EXACT))
}

fn mode(rules: &Rules, part: Part) -> Rounding {
    match rules.income_mode(part) {
        IncomeMode::Floor => Rounding::FLOOR,
        IncomeMode::HalfUp => Rounding::HalfUp,
    }
}

/// 所得割 of one person, rounded by the city's mode; `None` where the part is not levied.
pub(super) fn own_levy(part: Part, rules: &Rules, base: IncomeForLevy) -> Option<Yen> {
    rules
        .rates
        .get(part)?
        .income_rate
        .times(base.0, mode(rules, part))
}

impl State<'_> {
    fn own_levy(&self, payer: &Payer) -> Option<Yen> {
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
                    listener.leaf(
                        Code::IncomeLevyOfPerson,
                        part,
                        Some(payer.index),
                        own,
                        &inputs,
                    );
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
        let (mut lines, mut shown) = ([0, 0], Yen::ZERO);
        for payer in liable {
            let own = self.unit(payer);
            lines[0] += own[0];
            lines[1] += own[1];
            shown += self.tell_unit(payer, own, listener);
        }
        let exact = match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorHousehold => (floor(lines[0]) + floor(lines[1])).0 * EXACT,
            _ => lines[0] + lines[1],
        };
        listener.leaf(
            Code::Fraction,
            Some(self.part),
            None,
            floor(exact) - shown,
            &[],
        );
        listener.close(line, floor(exact), &[]);
        exact
    }

    /// 均等割 and 18歳以上均等割 of one person, in ten-thousandths.
    fn unit(&self, payer: &Payer) -> [i64; 2] {
        let kept = self.keep(self.rates.per_capita);
        match self.part {
            Part::Child if payer.child => {
                [self.take_off(kept, self.rules.reliefs.child_percent), 0]
            }
            Part::Child => [kept, self.keep(self.rates.per_capita_18plus)],
            Part::Medical | Part::Support if payer.preschool => {
                [self.take_off(kept, self.rules.reliefs.preschool_percent), 0]
            }
            _ => [kept, 0],
        }
    }

    /// Tells how the units of one person came about; returns their sum in whole yen.
    fn tell_unit<L: Listen>(&self, payer: &Payer, own: [i64; 2], listener: &mut L) -> Yen {
        let (part, person) = (Some(self.part), Some(payer.index));
        let unit = self.rates.per_capita;
        listener.leaf(Code::PerCapitaOfPerson, part, person, unit, &[]);
        let kept = floor(self.keep(unit));
        let percent = self.tier;
        listener.leaf(
            Code::Reduction,
            part,
            person,
            kept - unit,
            &[unit.0, percent],
        );
        let remaining = floor(own[0]);
        let code = if self.part == Part::Child {
            Code::ChildExempt
        } else {
            Code::PreschoolHalf
        };
        listener.leaf(code, part, person, remaining - kept, &[kept.0]);
        if own[1] != 0 {
            let adult = self.rates.per_capita_18plus;
            let left = floor(own[1]);
            listener.leaf(Code::AdultPerCapita, part, person, adult, &[]);
            listener.leaf(
                Code::Reduction,
                part,
                person,
                left - adult,
                &[adult.0, percent],
            );
        }
        remaining + floor(own[1])
    }

    fn per_household<L: Listen>(&self, listener: &mut L) -> i64 {
        let unit = self.rates.per_household;
        let shared = self.shared(unit.0 * EXACT);
        let exact = match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorHousehold => floor(self.keep_exact(shared)).0 * EXACT,
            _ => self.keep_exact(shared),
        };
        if unit != Yen::ZERO {
            let part = Some(self.part);
            let line = listener.open(Code::PerHousehold, part, None);
            let (after_share, left) = (floor(shared), floor(exact));
            listener.leaf(Code::PerHouseholdUnit, part, None, unit, &[]);
            listener.leaf(
                Code::SpecificHousehold,
                part,
                None,
                after_share - unit,
                &[unit.0, self.share.quarters(self.rules)],
            );
            listener.leaf(
                Code::Reduction,
                part,
                None,
                left - after_share,
                &[after_share.0, self.tier],
            );
            listener.close(line, left, &[]);
        }
        exact
    }

    /// What 特定世帯 leaves of 平等割: never in 介護, and in 子ども only where a city says so.
    fn shared(&self, exact: i64) -> i64 {
        let applies = match self.part {
            Part::Medical | Part::Support => true,
            Part::Care => false,
            Part::Child => self.rules.options.specific_household_child,
        };
        if !applies {
            return exact;
        }
        let left = exact * self.share.quarters(self.rules) / 4;
        match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => floor(left).0 * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => left,
        }
    }

    /// The part rounding, over the whole part or person by person.
    fn rounded(
        &self,
        liable: &[Payer],
        levy: Yen,
        assets: Yen,
        capita: i64,
        household: i64,
    ) -> Option<Yen> {
        let unit = Rounding::FloorTo(self.rules.rounding.part_unit);
        let whole = |exact: i64| unit.divide(i128::from(exact), i128::from(EXACT));
        match self.rules.rounding.part_scope {
            PartScope::Part => {
                let levies = (levy + assets).0.checked_mul(EXACT)?;
                whole(levies.checked_add(capita)?.checked_add(household)?)
            }
            PartScope::Person => {
                let mut sum = whole(assets.0.checked_mul(EXACT)?.checked_add(household)?)?;
                for payer in liable {
                    let [capita, adult] = self.unit(payer);
                    let levy = self.own_levy(payer)?.0.checked_mul(EXACT)?;
                    sum += whole(levy.checked_add(capita)?.checked_add(adult)?)?;
                }
                Some(sum)
            }
        }
    }

    /// What 7/5/2割 leaves of a unit, in ten-thousandths.
    fn keep(&self, unit: Yen) -> i64 {
        self.keep_exact(unit.0 * EXACT)
    }

    fn keep_exact(&self, exact: i64) -> i64 {
        let kept = exact * (100 - self.tier) / 100;
        match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorPerson => floor(kept).0 * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => kept,
            ReducedUnit::Ceil10 => {
                let off = -(-(exact * self.tier)).div_euclid(100 * 10 * EXACT) * 10;
                (exact - off * EXACT).max(0)
            }
        }
    }

    /// 未就学児 and 18歳未満: per cent of what 7/5/2割 left.
    fn take_off(&self, kept: i64, percent: i64) -> i64 {
        let left = kept * (100 - percent) / 100;
        match self.rules.rounding.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => floor(left).0 * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => left,
        }
    }
}
