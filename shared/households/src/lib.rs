//! Random households: the same number gives the same household on every machine and in the
//! browser. Each branch of the rules comes up in at least one case of a hundred.

mod branches;
mod members;
mod random;
mod rates;

pub use branches::{Branches, branches};
pub use random::Random;

use kokuho_shared::api::estimate::{AsOf, Estimate, Inputs};
use kokuho_shared::assessment::household::Reduction;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::parameters::{ByPart, Part};
use kokuho_shared::law::shipped::{self, MUNICIPALITIES};
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
        as_of: AsOf {
            fiscal_year: year.0,
        },
        inputs: Inputs {
            municipality: None,
            levy: None,
            reduction: reduction(random),
            basic_deduction: None,
            local_reductions: local_reductions(random),
            members: members::members(random, year.0),
        },
        municipality: by_name.then(|| shipped.code.to_owned()),
        rates: None,
        rounding: None,
        options: None,
    };
    if !by_name && let Ok(national) = shipped::national(year) {
        question.rates = Some(rates::rates(random, &national));
        question.rounding = Some(rates::rounding(random));
        question.options = Some(rates::options(random));
    }
    question
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
