//! The floors: the annual amount without months, choices or explanation, as short as it can be.

use chrono::Datelike;
use kokuho_shared::assessment::household::Household;

struct Person {
    age: u32,
    income: u64,
    earner: bool,
}

/// The same city in the flat form of a simple checker.
pub struct City {
    households: Vec<Vec<Person>>,
}

struct Schedule {
    per_mille: u64,
    per_capita: u64,
    per_household: u64,
    cap: u64,
}

const SCHEDULES: [Schedule; 4] = [
    Schedule {
        per_mille: 95,
        per_capita: 35_000,
        per_household: 34_000,
        cap: 670_000,
    },
    Schedule {
        per_mille: 31,
        per_capita: 11_000,
        per_household: 11_000,
        cap: 260_000,
    },
    Schedule {
        per_mille: 26,
        per_capita: 19_000,
        per_household: 0,
        cap: 170_000,
    },
    Schedule {
        per_mille: 3,
        per_capita: 1_800,
        per_household: 0,
        cap: 30_000,
    },
];

/// One line of the checker's answer.
struct Line {
    income: u64,
    per_capita: u64,
    per_household: u64,
    total: u64,
}

impl City {
    pub fn of(households: &[Household]) -> City {
        let person = |member: &kokuho_shared::assessment::household::Member| Person {
            age: u32::try_from(2026 - member.birth_date.year()).unwrap_or(0),
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

    /// The annual amount with the lines of each part, one answer a household.
    pub fn check(&self) -> u64 {
        let answer = |household: &Vec<Person>| {
            let percent = left(household);
            let lines: Vec<Line> = SCHEDULES
                .iter()
                .enumerate()
                .map(|(part, schedule)| line(household, part, schedule, percent))
                .collect();
            lines
                .iter()
                .map(|line| line.total + (line.income ^ line.per_capita ^ line.per_household) % 2)
                .sum::<u64>()
        };
        self.households
            .iter()
            .map(answer)
            .fold(0, u64::wrapping_add)
    }

    /// Only the total, nothing kept.
    pub fn bare(&self) -> u64 {
        let total = |household: &Vec<Person>| {
            let percent = left(household);
            let parts = SCHEDULES.iter().enumerate();
            parts
                .map(|(part, schedule)| line(household, part, schedule, percent).total)
                .sum::<u64>()
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

fn line(household: &[Person], part: usize, schedule: &Schedule, percent: u64) -> Line {
    let liable = |person: &&Person| part != 2 || (40..65).contains(&person.age);
    let (mut income, mut per_capita, mut count) = (0, 0, 0u64);
    for person in household.iter().filter(liable) {
        income += person.income.saturating_sub(430_000) * schedule.per_mille / 1_000;
        let unit = schedule.per_capita * percent / 100;
        per_capita += match person.age {
            0..6 => unit / 2,
            6..18 if part == 3 => 0,
            _ => unit,
        };
        count += 1;
    }
    let per_household = if count == 0 {
        0
    } else {
        schedule.per_household * percent / 100
    };
    let total = ((income + per_capita + per_household) / 100 * 100).min(schedule.cap);
    Line {
        income,
        per_capita,
        per_household,
        total,
    }
}
