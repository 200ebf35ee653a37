//! 特別徴収 (法76条の3・76条の4): whose premium is deducted from the head's pension, in which months
//! and how much. 4・6・8月 are 仮徴収, 10・12・2月 are 本徴収.

use crate::assessment::household::{Household, Member};
use crate::assessment::premium::months;
use crate::assessment::rules::Rules;
use crate::assessment::schedule::instalments::DEDUCTED_FROM;
use crate::assessment::schedule::instalments::{Instalment, closed_days};
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::law::LawError;
use crate::law::parameters::{Holidays, InstalmentRules, JuneDeduction};
use crate::law::pension::{PensionRule, Remittance, WhenClosed};
use crate::money::{Rounding, Yen};
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// What the pension body and the care insurance say of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PensionFacts {
    /// 年額 of the pension that comes first in order (令29条の14).
    pub annual: Yen,
    /// 介護保険料 deducted by this city at each payment; none = it is not deducted.
    pub care_each: Option<Yen>,
    /// 口座振替 chosen and accepted instead.
    pub account_transfer: bool,
}

/// Why a premium is not deducted from a pension (令29条の11から29条の13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    HeadNotInsured,
    HeadTooYoung,
    /// The head turns 75 within the year.
    HeadTurns75,
    /// Somebody insured is younger than 65.
    YoungerInsured,
    PensionTooSmall,
    CareNotDeducted,
    /// Together with 介護保険料 more than half of a payment.
    MoreThanHalf,
    AccountTransfer,
}

impl Obstacle {
    pub fn name(self) -> &'static str {
        match self {
            Obstacle::HeadNotInsured => "世帯主が加入していない",
            Obstacle::HeadTooYoung => "世帯主が65歳に達していない",
            Obstacle::HeadTurns75 => "世帯主が年度内に75歳になる",
            Obstacle::YoungerInsured => "65歳未満の加入者がいる",
            Obstacle::PensionTooSmall => "年金の年額が18万円に満たない",
            Obstacle::CareNotDeducted => "介護保険料が特別徴収されていない",
            Obstacle::MoreThanHalf => "介護保険料との合計が年金の2分の1を超える",
            Obstacle::AccountTransfer => "口座振替を選んでいる",
        }
    }
}

/// Every reason against a deduction on a day; none = it is deducted. `each`: the premium of one
/// payment.
pub fn obstacles(
    household: &Household,
    facts: &PensionFacts,
    each: Yen,
    rules: &Rules,
    law: &PensionRule,
    on: NaiveDate,
) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add = |wrong: bool, obstacle| {
        if wrong {
            found.push(obstacle);
        }
    };
    let attained = |member: &Member, age, day| {
        age_attained_on(member.birth_date, age).is_some_and(|attained| attained <= day)
    };
    let insured = |member: &&Member| charged_on(member, rules, on);
    let head = household.members.iter().find(|member| member.head);
    add(
        !head.as_ref().is_some_and(insured),
        Obstacle::HeadNotInsured,
    );
    if let Some(head) = head {
        let last = rules.end.pred_opt().unwrap_or(rules.end);
        add(!attained(head, law.age_from, on), Obstacle::HeadTooYoung);
        add(attained(head, law.age_until, last), Obstacle::HeadTurns75);
    }
    let mut all = household.members.iter().filter(insured);
    let younger = all.any(|member| !member.head && !attained(member, law.age_from, on));
    add(younger, Obstacle::YoungerInsured);
    add(
        facts.annual.0 < law.least_pension,
        Obstacle::PensionTooSmall,
    );
    add(facts.care_each.is_none(), Obstacle::CareNotDeducted);
    // 規則32条の16: a sixth of the pension, cut to the yen, and half of that.
    let payment = facts.annual.0.div_euclid(law.pension_payments.max(1));
    let together = each + facts.care_each.unwrap_or_default();
    add(2 * together.0 > payment, Obstacle::MoreThanHalf);
    add(facts.account_transfer, Obstacle::AccountTransfer);
    found
}

fn charged_on(member: &Member, rules: &Rules, on: NaiveDate) -> bool {
    let month = rules.fiscal_year.month_index(on);
    (0..12).contains(&month) && months::insured(member, rules) & (1 << month) != 0
}

/// The payments of a year, April first; zero where nothing is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payments {
    /// 4・6・8月.
    pub provisional: [Yen; 3],
    /// 10・12・2月.
    pub main: [Yen; 3],
    /// Taken provisionally beyond the year's premium: to be given back or set off.
    pub excess: Yen,
}

impl Payments {
    pub fn total(&self) -> Yen {
        let all = self.provisional.into_iter().chain(self.main);
        all.sum::<Yen>() - self.excess
    }
}

/// Whoever went on: each 仮徴収 is the last payment of the year before, that of February; in June and
/// August it may be the amount that the municipality set (規則32条の30).
pub fn continuing(annual: Yen, before: Before, june: JuneDeduction, law: &PensionRule) -> Payments {
    let later = match june {
        JuneDeduction::February => before.february,
        JuneDeduction::SixthOfLastYear => {
            let sixth = Yen(before.annual.0.div_euclid(law.pension_payments.max(1)));
            Rounding::FloorTo(law.unit).apply(sixth)
        }
    };
    of_provisional(annual, [before.february, later, later], law)
}

/// A year whose 仮徴収 was taken already: the rest of the year's premium in three payments, what is
/// below the unit in October (規則32条の20).
pub fn of_provisional(annual: Yen, provisional: [Yen; 3], law: &PensionRule) -> Payments {
    let taken: Yen = provisional.into_iter().sum();
    let rest = annual - taken;
    let mut main = [Yen::ZERO; 3];
    spread(rest.or_zero(), law.unit, &mut main);
    Payments {
        provisional,
        main,
        excess: (-rest).or_zero(),
    }
}

/// A sum over some payments: each cut to the unit, what that leaves in the first.
fn spread(sum: Yen, unit: i64, payments: &mut [Yen]) {
    let count = i64::try_from(payments.len()).unwrap_or(0);
    let each = Rounding::FloorTo(unit).apply(Yen(sum.0.div_euclid(count.max(1))));
    payments.fill(each);
    if let Some(first) = payments.first_mut() {
        *first = sum - Yen(each.0 * (count - 1));
    }
}

/// 仮徴収 of whoever begins in April, June or August: two parts of last year's premium at each
/// payment, the sum to the yen half up, what does not divide in the first (規則32条の21).
pub fn begun_in(first: u32, last_year: Yen, law: &PensionRule) -> Option<[Yen; 3]> {
    let payments = match first {
        4 => 3,
        6 => 2,
        8 => 1,
        _ => return None,
    };
    let parts = i128::from(last_year.0) * 2 * i128::from(payments);
    let sum = Rounding::HalfUp.divide(parts, i128::from(law.provisional_divisor))?;
    let each = Yen(sum.0.div_euclid(payments));
    let mut all = [Yen::ZERO; 3];
    let from = all.len() - usize::try_from(payments).ok()?;
    for place in all.iter_mut().skip(from) {
        *place = each;
    }
    if let Some(first) = all.get_mut(from) {
        *first = sum - Yen(each.0 * (payments - 1));
    }
    Some(all)
}

/// The month of the first deduction of whom the pension body's list of a day names (規則32条の11・32条の17).
pub fn first_deduction(listed_on: NaiveDate, law: &PensionRule) -> Option<Month> {
    let next = law.notices.iter().map(|notice| (notice, 1));
    let all = law.notices.iter().map(|notice| (notice, 0)).chain(next);
    let mut until = all.filter_map(|(notice, later)| {
        let year = listed_on.year() + later;
        let until = NaiveDate::from_ymd_opt(year, notice.month, notice.day)?;
        // A first month before that of the list lies in the year after.
        let year = year + i32::from(notice.first < notice.month);
        Some((until, NaiveDate::from_ymd_opt(year, notice.first, 1)?))
    });
    let (_, first) = until.find(|(until, _)| listed_on <= *until)?;
    Some(Month::of(first))
}

/// What was deducted in the year before: of whom the deduction goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The payment of February; zero where none was taken.
    pub february: Yen,
    /// The premium of that year, if one was decided.
    pub annual: Yen,
}

/// The six payments of a year's premium, April first, of whom the first is taken in the place
/// `first` (0 = April); what they leave of the year is asked for by instalments.
pub fn payments(
    annual: Yen,
    first: usize,
    before: Before,
    june: JuneDeduction,
    law: &PensionRule,
) -> [Yen; 6] {
    let year = if before.february > Yen::ZERO {
        continuing(annual, before, june, law)
    } else if let Some(begun) = first_half(first, before.annual, law) {
        of_provisional(annual, begun, law)
    } else {
        // Without a premium of last year nothing can be estimated before October.
        return from_later(annual, first.max(3), law);
    };
    let [a, b, c] = year.provisional;
    let [d, e, f] = year.main;
    [a, b, c, d, e, f]
}

fn first_half(first: usize, last_year: Yen, law: &PensionRule) -> Option<[Yen; 3]> {
    let month = u32::try_from(first).ok()?.checked_mul(2)?.checked_add(4)?;
    begun_in(month, last_year, law).filter(|_| last_year > Yen::ZERO)
}

/// Whoever begins in October, December or February: each payment stands for two months of the year.
fn from_later(annual: Yen, first: usize, law: &PensionRule) -> [Yen; 6] {
    let mut all = [Yen::ZERO; 6];
    let places = all.get_mut(first.min(6)..).unwrap_or_default();
    let count = i64::try_from(places.len()).unwrap_or(0);
    let before = i128::from(annual.0) * i128::from(12 - 2 * count);
    let ordinary = Rounding::FLOOR.divide(before, 12).unwrap_or(annual);
    spread(annual - ordinary, law.unit, places);
    all
}

/// 支払日 of a fiscal year, April first: `day` of the even months, or the last open day before it.
pub fn pay_days(
    year: FiscalYear,
    day: u32,
    rules: &InstalmentRules,
    holidays: &Holidays,
) -> Result<[NaiveDate; 6], LawError> {
    let wrong = || LawError::Unreadable(format!("支払日 {day}"));
    let mut days = [NaiveDate::default(); 6];
    let months = payment_months(year).ok_or_else(wrong)?;
    for (month, place) in months.into_iter().zip(&mut days) {
        let mut on = month.first_day().with_day(day).ok_or_else(wrong)?;
        let closed = closed_days(rules, holidays, on.year())?;
        while is_closed(on, &closed) {
            on = on.pred_opt().ok_or_else(wrong)?;
        }
        *place = on;
    }
    Ok(days)
}

/// 納入の期限 of what is deducted on a 支払日.
pub fn remitted_on(
    paid_on: NaiveDate,
    remittance: &Remittance,
    rules: &InstalmentRules,
    holidays: &Holidays,
) -> Result<NaiveDate, LawError> {
    let wrong = || LawError::Unreadable(format!("納入の日 {}", remittance.day));
    let month = Month::of(paid_on).next().ok_or_else(wrong)?;
    let mut on = month
        .first_day()
        .with_day(remittance.day)
        .ok_or_else(wrong)?;
    if remittance.when_closed == WhenClosed::NextOpen {
        let closed = closed_days(rules, holidays, on.year())?;
        while is_closed(on, &closed) {
            on = on.succ_opt().ok_or_else(wrong)?;
        }
    }
    Ok(on)
}

fn is_closed(day: NaiveDate, closed: &[NaiveDate]) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || closed.contains(&day)
}

/// The payments as instalments, without those of nothing and those from `stopped` on.
pub fn instalments(
    payments: &[Yen; 6],
    days: &[NaiveDate; 6],
    stopped: Option<usize>,
) -> Vec<Instalment> {
    let all = (DEDUCTED_FROM..).zip(payments).zip(days);
    let all = all.take(stopped.unwrap_or(payments.len()));
    all.filter(|((_, amount), _)| **amount > Yen::ZERO)
        .map(|((number, amount), due_on)| Instalment {
            number,
            amount: *amount,
            due_on: *due_on,
        })
        .collect()
}

/// 支払月 of a fiscal year, in order.
pub fn payment_months(year: FiscalYear) -> Option<[Month; 6]> {
    let april = year.april()?;
    let mut months = [Month::of(april); 6];
    for (place, month) in (0u32..).zip(&mut months) {
        *month = Month::of(april.checked_add_months(chrono::Months::new(2 * place))?);
    }
    Some(months)
}

#[cfg(test)]
mod tests;
