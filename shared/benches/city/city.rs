//! A city of the shape of a real one: mostly one or two persons a household, a tenth of them
//! with a change inside the year.

use chrono::NaiveDate;
use kokuho_households::Random;
use kokuho_shared::assessment::household::{Household, Income, LossGround, Member};
use kokuho_shared::money::Yen;

pub struct City {
    pub households: Vec<Household>,
    pub persons: usize,
}

impl City {
    pub fn new(count: u32) -> City {
        let households: Vec<Household> = (0..count).map(household).collect();
        let persons = households
            .iter()
            .map(|household| household.members.len())
            .sum();
        City {
            households,
            persons,
        }
    }
}

fn household(number: u32) -> Household {
    let mut random = Random::new(number);
    let size = match random.below(100) {
        0..66 => 1,
        66..90 => 2,
        90..96 => 3,
        _ => 4,
    };
    let mut members: Vec<Member> = (0..size).map(|place| member(&mut random, place)).collect();
    members[0].head = true;
    Household {
        members,
        ..Household::default()
    }
}

fn member(random: &mut Random, place: u32) -> Member {
    let age = match (place, random.below(100)) {
        (0, 0..45) | (1, 0..50) => 65 + random.below(10),
        (0 | 1, _) => 20 + random.below(45),
        _ => random.below(20),
    };
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let born = day(
        2026 - i32::try_from(age).unwrap_or(0),
        1 + random.below(12),
        1 + random.below(28),
    );
    // Insured before the year: neither 75 already nor not yet born.
    let born = born.clamp(day(1951, 4, 2), day(2026, 3, 31));
    let mut member = Member::new(place.to_string(), born);
    let amount = Yen(i64::from(random.below(4_500_000)));
    member.income = match random.below(10) {
        0..4 => Income::default(),
        4..7 => Income {
            salary_receipts: Some(amount + Yen(650_000)),
            salary_income: amount,
            ..Income::default()
        },
        7..9 => Income {
            pension_receipts: Some(amount + Yen(1_100_000)),
            pension_income: amount,
            ..Income::default()
        },
        _ => Income {
            other_income: amount,
            ..Income::default()
        },
    };
    let within = |random: &mut Random, month: u32| {
        Some(day(2026, month + random.below(4), 1 + random.below(28)))
    };
    match random.below(100) {
        0..5 => member.acquired_on = within(random, 5),
        5..10 => {
            member.lost_on = within(random, 9);
            member.loss_ground = Some(LossGround::Art6);
        }
        _ => {}
    }
    member
}
