//! 均等割・平等割 as the reductions leave them (令29条の7): made once for each part and tier,
//! since they are the same for everybody.

use crate::law::parameters::{Part, PartRates, ReducedUnit, Reliefs};
use crate::money::Yen;

/// Units are kept exactly as ten-thousandths of a yen: per cent (7/5/2割) of per cent
/// (未就学児), and of quarters (特定世帯).
pub(in crate::assessment) const EXACT: i64 = 10_000;

#[inline]
pub(in crate::assessment) fn floor(exact: i64) -> Yen {
    Yen(exact.div_euclid(EXACT))
}

/// What [`floor`] cuts off, in ten-thousandths of a yen.
#[inline]
pub(in crate::assessment) fn below(exact: i64) -> i64 {
    exact.rem_euclid(EXACT)
}

/// Which share of 平等割 the household pays in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::assessment) enum Share {
    Whole,
    /// 特定世帯.
    Half,
    /// 特定継続世帯.
    ThreeQuarters,
}

impl Share {
    const ALL: [Share; 3] = [Share::Whole, Share::Half, Share::ThreeQuarters];

    pub fn quarters(self, reliefs: &Reliefs) -> i64 {
        match self {
            Share::Whole => 4,
            Share::Half => reliefs.specific_quarters,
            Share::ThreeQuarters => reliefs.specific_continuing_quarters,
        }
    }
}

/// What is left of the units, in ten-thousandths of a yen.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::assessment) struct Units {
    pub capita: i64,
    /// 未就学児 in 基礎 and 支援, 18歳未満 in 子ども.
    pub young: i64,
    /// 18歳以上均等割.
    pub adult: i64,
    /// 平等割 by [`Share`], before the tier.
    shared: [i64; 3],
    /// 平等割 by [`Share`].
    household: [i64; 3],
}

impl Units {
    pub fn shared(&self, share: Share) -> i64 {
        self.shared[share as usize]
    }

    pub fn household(&self, share: Share) -> i64 {
        self.household[share as usize]
    }
}

/// How a city reduces the units of one part at one tier.
pub(in crate::assessment) struct Reduction<'a> {
    pub part: Part,
    /// Per cent that are taken off.
    pub tier: i64,
    pub reliefs: &'a Reliefs,
    pub reduced_unit: ReducedUnit,
    /// 特定世帯 also on 平等割 of the child part.
    pub specific_child: bool,
}

impl Reduction<'_> {
    pub fn of(&self, rates: &PartRates) -> Units {
        let capita = self.keep(rates.per_capita.0 * EXACT);
        let percent = match self.part {
            Part::Medical | Part::Support => self.reliefs.preschool_percent,
            Part::Care => 0,
            Part::Child => self.reliefs.child_percent,
        };
        let adult = match self.part {
            Part::Child => self.keep(rates.per_capita_18plus.0 * EXACT),
            _ => 0,
        };
        let shared = Share::ALL.map(|share| self.share(rates.per_household.0 * EXACT, share));
        Units {
            capita,
            young: self.take_off(capita, percent),
            adult,
            shared,
            household: shared.map(|exact| self.household(exact)),
        }
    }

    fn household(&self, shared: i64) -> i64 {
        match self.reduced_unit {
            ReducedUnit::FloorHousehold => floor(self.keep(shared)).0 * EXACT,
            _ => self.keep(shared),
        }
    }

    /// What 7/5/2割 leaves of a unit.
    fn keep(&self, exact: i64) -> i64 {
        let kept = exact * (100 - self.tier) / 100;
        match self.reduced_unit {
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
        self.floored(kept * (100 - percent) / 100)
    }

    /// What 特定世帯 leaves of 平等割: never in 介護, and in 子ども only where a city says so.
    fn share(&self, exact: i64, share: Share) -> i64 {
        let applies = match self.part {
            Part::Medical | Part::Support => true,
            Part::Care => false,
            Part::Child => self.specific_child,
        };
        if applies {
            self.floored(exact * share.quarters(self.reliefs) / 4)
        } else {
            exact
        }
    }

    fn floored(&self, left: i64) -> i64 {
        match self.reduced_unit {
            ReducedUnit::FloorPerson | ReducedUnit::Ceil10 => floor(left).0 * EXACT,
            ReducedUnit::FloorHousehold | ReducedUnit::Exact => left,
        }
    }
}
