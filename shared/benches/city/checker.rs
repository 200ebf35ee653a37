//! The floors: the annual amount without months, choices or explanation.
//!
//! `check` does what a simple public checker does: ages from dates of birth, per-mille rates,
//! 7/5/2割, a list of lines for each part and person. `bare` only adds the totals up.

use chrono::{Datelike, NaiveDate};
use kokuho_shared::assessment::household::{Household, Member};

struct Person {
    birth: NaiveDate,
    income: u64,
    earner: bool,
}

/// The same city in the form of a simple checker.
pub struct City {
    households: Vec<Vec<Person>>,
}

struct Schedule {
    per_mille: u64,
    per_capita: u64,
    per_household: u64,
    cap: u64,
    care: bool,
    child: bool,
}

const fn schedule(
    per_mille: u64,
    per_capita: u64,
    per_household: u64,
    cap: u64,
    care: bool,
    child: bool,
) -> Schedule {
    Schedule {
        per_mille,
        per_capita,
        per_household,
        cap,
        care,
        child,
    }
}

const SCHEDULES: [Schedule; 4] = [
    schedule(95, 35_000, 34_000, 670_000, false, false),
    schedule(31, 11_000, 11_000, 260_000, false, false),
    schedule(26, 19_000, 0, 170_000, true, false),
    schedule(3, 1_800, 0, 30_000, false, true),
];

/// What a person pays in a part.
struct Share {
    income: u64,
    per_capita: u64,
}

/// One part of a checker's answer.
struct Answer {
    shares: Vec<Share>,
    per_household: u64,
    total: u64,
}

impl City {
    pub fn of(households: &[Household]) -> City {
        let person = |member: &Member| Person {
            birth: member.birth_date,
            income: (member.income.salary_income
                + member.income.pension_income
                + member.income.other_income)
                .0
                .unsigned_abs(),
            earner: member
                .income
                .salary_receipts
                .or(member.income.pension_receipts)
                .is_some(),
        };
        City {
            households: households
                .iter()
                .map(|household| household.members.iter().map(person).collect())
                .collect(),
        }
    }

    /// One answer a household, with every line.
    pub fn check(&self) -> u64 {
        let answer = |household: &Vec<Person>| {
            let percent = left(household);
            let parts: Vec<Answer> = SCHEDULES
                .iter()
                .map(|schedule| part(household, schedule, percent))
                .collect();
            let lines = parts
                .iter()
                .flat_map(|part| &part.shares)
                .map(|share| share.income ^ share.per_capita);
            let mixed = lines.fold(0, u64::wrapping_add)
                ^ parts.iter().map(|part| part.per_household).sum::<u64>();
            parts.iter().map(|part| part.total).sum::<u64>() + mixed % 2
        };
        self.households
            .iter()
            .map(answer)
            .fold(0, u64::wrapping_add)
    }

    /// Only the totals, nothing kept.
    pub fn bare(&self) -> u64 {
        let total = |household: &Vec<Person>| {
            let percent = left(household);
            let part = |schedule: &Schedule| {
                let shares = household
                    .iter()
                    .filter_map(|person| share(person, schedule, percent));
                let (sum, count) = shares.fold((0, 0u64), |(sum, count), share| {
                    (sum + share.income + share.per_capita, count + 1)
                });
                capped(sum, count, schedule, percent).1
            };
            SCHEDULES.iter().map(part).sum::<u64>()
        };
        self.households.iter().map(total).fold(0, u64::wrapping_add)
    }
}

/// Per cent of the units that 7/5/2割軽減 leaves.
fn left(household: &[Person]) -> u64 {
    let income: u64 = household.iter().map(|person| person.income).sum();
    let earners = household
        .iter()
        .filter(|person| person.earner)
        .count()
        .max(1) as u64;
    let persons = household.len() as u64;
    let base = 430_000 + 100_000 * (earners - 1);
    match income {
        _ if income <= base => 30,
        _ if income <= base + 310_000 * persons => 50,
        _ if income <= base + 570_000 * persons => 80,
        _ => 100,
    }
}

/// The age on 1 April of the year.
fn age(birth: NaiveDate) -> i32 {
    2026 - birth.year() - i32::from((birth.month(), birth.day()) > (4, 1))
}

fn share(person: &Person, schedule: &Schedule, percent: u64) -> Option<Share> {
    let age = age(person.birth);
    if schedule.care && !(40..65).contains(&age) {
        return None;
    }
    let unit = schedule.per_capita * percent / 100;
    Some(Share {
        income: person.income.saturating_sub(430_000) * schedule.per_mille / 1_000,
        per_capita: match age {
            0..6 => unit / 2,
            6..18 if schedule.child => 0,
            _ => unit,
        },
    })
}

fn part(household: &[Person], schedule: &Schedule, percent: u64) -> Answer {
    let shares: Vec<Share> = household
        .iter()
        .filter_map(|person| share(person, schedule, percent))
        .collect();
    let sum = shares
        .iter()
        .map(|share| share.income + share.per_capita)
        .sum();
    let (per_household, total) = capped(sum, shares.len() as u64, schedule, percent);
    Answer {
        shares,
        per_household,
        total,
    }
}

fn capped(sum: u64, count: u64, schedule: &Schedule, percent: u64) -> (u64, u64) {
    let per_household = if count == 0 {
        0
    } else {
        schedule.per_household * percent / 100
    };
    (
        per_household,
        ((sum + per_household) / 100 * 100).min(schedule.cap),
    )
}
