//! Rates that no city has, and every way to round.

use crate::random::Random;
use kokuho_shared::law::parameters::{
    ByPart, IncomeMode, IncomeScope, InvoluntaryTier, LossOnFirst, MaternityCap, National, Options,
    Part, PartRates, PartScope, Proration, ReducedUnit, RoundingRules,
};
use kokuho_shared::money::Yen;
use kokuho_shared::rate::Rate;

/// All parts of the year, each with a cap up to the national one.
pub fn rates(random: &mut Random, national: &National) -> ByPart<PartRates> {
    let mut rates = ByPart::default();
    for (part, &cap) in national.caps.value.iter() {
        rates.set(part, of_part(random, part, cap));
    }
    rates
}

fn of_part(random: &mut Random, part: Part, national_cap: Yen) -> PartRates {
    let lower = *random.one_of(&[1, 1, 2, 10]);
    PartRates {
        income_rate: rate(random.below(120_000)),
        asset_rate: if random.chance(30) {
            rate(random.below(400_000))
        } else {
            Rate::ZERO
        },
        per_capita: Yen(i64::from(random.below(50_000))),
        per_capita_18plus: Yen(if part == Part::Child {
            i64::from(random.below(400))
        } else {
            0
        }),
        per_household: Yen(if random.chance(80) {
            i64::from(random.below(40_000))
        } else {
            0
        }),
        cap: Yen(national_cap.0 / lower),
    }
}

fn rate(parts_per_million: u32) -> Rate {
    format!("0.{parts_per_million:06}")
        .parse()
        .unwrap_or_default()
}

pub fn rounding(random: &mut Random) -> RoundingRules {
    let modes = [IncomeMode::Floor, IncomeMode::HalfUp];
    let mut by_part = None;
    if random.chance(10) {
        let mut own = ByPart::default();
        own.set(Part::Care, *random.one_of(&modes));
        by_part = Some(own);
    }
    RoundingRules {
        income_scope: *random.one_of(&[IncomeScope::Person, IncomeScope::Household]),
        income_mode: *random.one_of(&modes),
        income_mode_by_part: by_part,
        income_base_unit: *random.one_of(&[1, 1, 1000]),
        reduced_unit: *random.one_of(&[
            ReducedUnit::FloorPerson,
            ReducedUnit::FloorHousehold,
            ReducedUnit::Exact,
            ReducedUnit::Ceil10,
        ]),
        part_unit: *random.one_of(&[1, 10, 100]),
        part_scope: *random.one_of(&[PartScope::Part, PartScope::Part, PartScope::Person]),
        total_unit: *random.one_of(&[1, 10, 100]),
        proration_unit: *random.one_of(&[1, 1, 10, 100]),
    }
}

pub fn options(random: &mut Random) -> Options {
    Options {
        proration: *random.one_of(&[
            Proration::MonthState,
            Proration::MonthState,
            Proration::PerComponent,
        ]),
        loss_on_first: *random.one_of(&[LossOnFirst::PreviousDay, LossOnFirst::SameDay]),
        involuntary_tier: *random.one_of(&[InvoluntaryTier::ByMonth, InvoluntaryTier::AtTestDate]),
        maternity_cap: *random.one_of(&[MaternityCap::ByYear, MaternityCap::ByMonth]),
        specific_household_child: random.chance(50),
    }
}
