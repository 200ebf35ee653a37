//! The members: every age at which something begins or ends, every kind and size of income.

use crate::random::Random;
use chrono::{Days, NaiveDate};
use kokuho_shared::assessment::household::{
    CareExempt, EarlierPeriod, Income, IncomeStatus, Involuntary, LossGround, Maternity, Member,
};
use kokuho_shared::calendar::Month;
use kokuho_shared::money::Yen;

pub fn members(random: &mut Random, year: i32) -> Vec<Member> {
    let size = *random.one_of(&[1, 1, 1, 2, 2, 3, 3, 4, 5, 6]);
    let mut members: Vec<Member> = (0..size).map(|place| member(random, year, place)).collect();
    let head = random.below(size) as usize;
    members[head].head = true;
    if random.chance(12) {
        members[head].insured = false;
    }
    if random.chance(8) {
        members.push(former(random, year, size));
    }
    members
}

fn member(random: &mut Random, year: i32, place: u32) -> Member {
    let mut member = Member::new(format!("M{place}"), birth(random, year));
    member.income = income(random);
    member.income_status = match random.below(100) {
        0..4 => IncomeStatus::Undeclared,
        4..8 => IncomeStatus::Unknown,
        _ => IncomeStatus::Known,
    };
    if random.chance(15) {
        member.fixed_asset_tax = Yen(i64::from(random.below(400_000)));
    }
    if random.chance(12) {
        member.acquired_on = Some(in_year(random, year));
    }
    if random.chance(15) {
        let from = member.acquired_on.unwrap_or_else(|| april(year));
        member.lost_on = Some(lost(random, from, year));
        member.loss_ground = Some(*random.one_of(&[LossGround::Art6, LossGround::Other]));
    }
    if place > 0 && random.chance(3) {
        // Born within the year, insured from birth.
        member.birth_date = in_year(random, year);
        (member.acquired_on, member.lost_on, member.loss_ground) = (None, None, None);
        member.income = Income::default();
    }
    if member.lost_on.is_some() && member.birth_date < day(year - 64, 4, 2) && random.chance(30) {
        // 障害認定: lost to the insurance of the elderly, and still of the household.
        member.specific_month = member
            .lost_on
            .and_then(|lost| lost.pred_opt())
            .map(Month::of);
    }
    earlier(random, year, &mut member);
    circumstances(random, year, &mut member);
    member
}

/// Some who joined within the year had been insured before.
fn earlier(random: &mut Random, year: i32, member: &mut Member) {
    let Some(again) = member.acquired_on.filter(|_| random.chance(30)) else {
        return;
    };
    let acquired_on = random.chance(30).then(|| april(year));
    let days = u32::try_from((again - april(year)).num_days()).unwrap_or(0);
    let mut lost_on = april(year) + Days::new(u64::from(random.below(days + 1)));
    if random.chance(30) {
        lost_on = Month::of(lost_on).first_day();
    }
    member.earlier_periods.push(EarlierPeriod {
        acquired_on,
        lost_on,
        loss_ground: Some(*random.one_of(&[LossGround::Art6, LossGround::Other])),
    });
}

/// What changes single months: a job lost, a birth, insurance lost with somebody else's.
fn circumstances(random: &mut Random, year: i32, member: &mut Member) {
    if random.chance(5) {
        let left_on = near(random, year, 800, 400);
        member.involuntary = Some(Involuntary { left_on });
    }
    if random.chance(4) {
        member.maternity = Some(Maternity {
            expected_on: near(random, year, 150, 550),
            multiple: random.chance(30),
        });
    }
    if random.chance(2) {
        let entered_on = near(random, year, 500, 400);
        let stayed = u64::from(random.below(600));
        let left_on = random.chance(50).then(|| entered_on + Days::new(stayed));
        member.care_exempt = Some(CareExempt {
            entered_on,
            left_on,
        });
    }
    let old = member.birth_date < day(year - 64, 4, 2);
    if old && random.chance(15) {
        let since = near(random, year, 900, 300);
        let acquired = member.acquired_on.unwrap_or(since);
        member.former_dependant_since = Some(acquired.max(since));
    }
}

/// A day from so many days before the year's April to so many after it.
fn near(random: &mut Random, year: i32, before: u32, after: u32) -> NaiveDate {
    let days = u64::from(random.below(before + after));
    april(year) - Days::new(u64::from(before)) + Days::new(days)
}

/// Somebody who moved on to 後期高齢者医療 and stays in the household.
fn former(random: &mut Random, year: i32, place: u32) -> Member {
    let birth = day(
        year - 76 - i32::try_from(random.below(10)).unwrap_or(0),
        1 + random.below(12),
        1 + random.below(28),
    );
    let mut member = Member::new(format!("M{place}"), birth);
    member.insured = false;
    member.former_member = true;
    member.income = income(random);
    let months_ago = day(
        year - i32::try_from(random.below(9)).unwrap_or(0),
        1 + random.below(12),
        1,
    );
    member.specific_month = Some(Month::of(months_ago));
    if random.chance(20) {
        member.left_household_on = Some(near(random, year, 30, 400));
    }
    if random.chance(30) {
        // 障害認定 soon after 65, and a job lost before it.
        member.birth_date = day(year - 65, 1 + random.below(12), 1 + random.below(28));
        member.specific_month = Some(Month::of(near(random, year, 300, 60)));
        let left_on = near(random, year, 700, 1);
        member.involuntary = Some(Involuntary { left_on });
    }
    member
}

/// Ages on 1 April, among them those that end or begin something in the year.
fn birth(random: &mut Random, year: i32) -> NaiveDate {
    let age = match random.below(10) {
        0 => random.below(8),
        1 => 16 + random.below(4),
        2 => 39 + random.below(2),
        3 => 64 + random.below(2),
        4 => 74,
        5 => 65 + random.below(9),
        _ => random.below(74),
    };
    let of = year - i32::try_from(age).unwrap_or(0);
    let born = match random.below(8) {
        0 => day(of, 4, 1),
        1 => day(of, 4, 2),
        2 => day(of, 1 + random.below(12), 1),
        3 => day(of, 1, 1 + random.below(2)),
        4 => NaiveDate::from_ymd_opt(of, 2, 29).unwrap_or_else(|| day(of, 3, 1)),
        _ => day(of, 1 + random.below(12), 1 + random.below(28)),
    };
    // Nobody is born in the future, nor insured from the 75th birthday on.
    let first = day(year - 75, 4, 2);
    born.clamp(first, april(year) - Days::new(1))
}

fn income(random: &mut Random) -> Income {
    let mut income = Income::default();
    match random.below(10) {
        0..3 => {}
        3..6 => salary(random, &mut income),
        6..8 => pension(random, &mut income),
        8 => {
            salary(random, &mut income);
            pension(random, &mut income);
        }
        _ => income.other_income = amount(random),
    }
    if random.chance(12) {
        income.other_income = amount(random);
    }
    if random.chance(8) {
        let sum = income.salary_income + income.pension_income + income.other_income;
        income.total_income = Some(sum + amount(random));
    }
    special(random, &mut income);
    income
}

fn special(random: &mut Random, income: &mut Income) {
    if random.chance(4) {
        income.transfer_special_deduction = amount(random);
    }
    if random.chance(4) {
        income.casualty_loss = amount(random);
    }
    if random.chance(4) {
        income.family_pay_deducted = amount(random);
    }
    if random.chance(6) {
        income.family_pay_received =
            Yen(income.salary_income.0 * i64::from(random.below(3)) / 2).min(income.salary_income);
    }
}

fn salary(random: &mut Random, income: &mut Income) {
    let receipts = amount(random);
    income.salary_income = (receipts - Yen(550_000)).or_zero();
    income.salary_receipts = random.chance(80).then_some(receipts);
}

fn pension(random: &mut Random, income: &mut Income) {
    let receipts = amount(random);
    income.pension_income = (receipts - Yen(600_000)).or_zero();
    income.pension_receipts = random.chance(80).then_some(receipts);
}

/// Amounts around the thresholds, usual ones and very large ones.
fn amount(random: &mut Random) -> Yen {
    const EDGES: [i64; 14] = [
        0, 150_000, 430_000, 430_001, 550_000, 550_001, 600_000, 600_001, 1_100_000, 1_250_000,
        1_250_001, 24_000_000, 24_500_000, 25_000_001,
    ];
    Yen(match random.below(10) {
        0..2 => *random.one_of(&EDGES),
        2..4 => i64::from(random.below(1_000_000)),
        4..8 => i64::from(random.below(4_000_000)),
        8 => i64::from(random.below(30_000_000)),
        _ => i64::from(random.below(400)) * 10_000,
    })
}

fn lost(random: &mut Random, from: NaiveDate, year: i32) -> NaiveDate {
    let until = day(year + 1, 3, 31);
    let days = u32::try_from((until - from).num_days()).unwrap_or(0);
    let lost = from + Days::new(u64::from(random.below(days + 1)));
    // Losses on the first of a month are a rule of their own.
    if random.chance(30) {
        Month::of(lost).first_day().max(from)
    } else {
        lost
    }
}

fn in_year(random: &mut Random, year: i32) -> NaiveDate {
    april(year) + Days::new(u64::from(random.below(365)))
}

fn april(year: i32) -> NaiveDate {
    day(year, 4, 1)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
