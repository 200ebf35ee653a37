//! Random households: the same number gives the same household on every machine and in the
//! browser. Each branch of the rules comes up in at least one case of a hundred.

mod branches;
mod members;
mod random;
mod rates;
pub mod worked;

pub use branches::{Branches, branches};
pub use random::Random;

use chrono::Months;
use kokuho_shared::api::estimate::{AsOf, Estimate, Inputs};
use kokuho_shared::assessment::household::{Member, Reduction};
use kokuho_shared::assessment::relief::{Relief, ReliefKind};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::figures::{self, MUNICIPALITIES};
use kokuho_shared::law::parameters::{ByPart, Part};
use kokuho_shared::money::Yen;

/// How many cases a test takes: `KOKUHO_CASES`, or the long run's number under `KOKUHO_LONG`.
pub fn cases(ordinary: u32, long: u32) -> u32 {
    let asked = std::env::var("KOKUHO_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    let usual = if std::env::var_os("KOKUHO_LONG").is_some() {
        long
    } else {
        ordinary
    };
    asked.unwrap_or(usual)
}

/// The question of a number: half of them name a municipality, half bring their rates.
pub fn estimate(number: u32) -> Estimate {
    let mut random = Random::new(number);
    let random = &mut random;
    let by_name = random.chance(50);
    let shipped = *random.one_of(MUNICIPALITIES);
    let year = if by_name {
        shipped.fiscal_year
    } else {
        *random.one_of(&YEARS)
    };
    let mut question = Estimate {
        as_of: AsOf { fiscal_year: year },
        inputs: Inputs {
            municipality: None,
            levy: None,
            reduction: reduction(random),
            basic_deduction: None,
            local_reductions: local_reductions(random),
            reliefs: Vec::new(),
            members: members::members(random, year.0),
        },
        municipality: by_name.then(|| shipped.code.to_owned()),
        rates: None,
        rounding: None,
        options: None,
    };
    if !by_name && let Ok(national) = figures::national(year) {
        question.rates = Some(rates::rates(random, &national));
        question.rounding = Some(rates::rounding(random));
        question.options = Some(rates::options(random));
    }
    question.inputs.reliefs = reliefs(random, year, &question.inputs.members);
    question
}

/// 減免 of up to three kinds, of the household or of one person.
fn reliefs(random: &mut Random, year: FiscalYear, members: &[Member]) -> Vec<Relief> {
    let mut reliefs = Vec::new();
    while random.chance(if reliefs.is_empty() { 8 } else { 30 }) && reliefs.len() < 3 {
        let april = year.april().unwrap_or_default();
        let month = |number: u32| {
            let day = april.checked_add_months(Months::new(number));
            Month::of(day.unwrap_or(april))
        };
        let from = random.below(12);
        let person = random.chance(40).then(|| random.one_of(members).id.clone());
        let household = person.is_none() && random.chance(40);
        let parts = match random.below(4) {
            0 => vec![Part::Medical],
            1 => vec![Part::Support, Part::Child],
            _ => Vec::new(),
        };
        reliefs.push(Relief {
            kind: *random.one_of(&ReliefKind::ALL),
            percent: *random.one_of(&[1, 20, 30, 50, 70, 100]),
            income_levy: !household || random.chance(50),
            per_capita: random.chance(40),
            per_household: household,
            parts,
            person,
            from: month(from),
            until: month(from + random.below(12 - from)),
        });
    }
    reliefs
}

fn local_reductions(random: &mut Random) -> ByPart<Yen> {
    let mut amounts = ByPart::default();
    if random.chance(3) {
        amounts.set(Part::Medical, Yen(i64::from(random.below(30_000))));
        amounts.set(Part::Support, Yen(i64::from(random.below(10_000))));
    }
    amounts
}

const YEARS: [FiscalYear; 5] = [
    FiscalYear(2022),
    FiscalYear(2023),
    FiscalYear(2024),
    FiscalYear(2025),
    FiscalYear(2026),
];

fn reduction(random: &mut Random) -> Reduction {
    if random.chance(94) {
        return Reduction::Judge;
    }
    Reduction::Given {
        tier: *random.one_of(&[0, 20, 50, 70]),
    }
}
