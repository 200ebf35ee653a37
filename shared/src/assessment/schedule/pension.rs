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
    (facts, each): (&PensionFacts, Yen),
    (rules, law): (&Rules, &PensionRule),
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
    (before, june): (Before, JuneDeduction),
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
    (rules, holidays): (&InstalmentRules, &Holidays),
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
    (rules, holidays): (&InstalmentRules, &Holidays),
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
mod tests {
    use super::*;
    use crate::assessment::result::Assessor;
    use crate::law::pension::{ListDay, PensionRules};
    use crate::law::shipped;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn law() -> PensionRule {
        shipped::pension()
            .unwrap()
            .of(day("2026-04-01"))
            .unwrap()
            .clone()
    }

    fn couple(head: &str, second: &str) -> Household {
        let mut members = vec![Member::new("1", day(head)), Member::new("2", day(second))];
        members[0].head = true;
        Household {
            members,
            ..Household::default()
        }
    }

    fn went_on(annual: i64, february: i64) -> Payments {
        let before = Before {
            february: Yen(february),
            annual: Yen(annual),
        };
        continuing(Yen(annual), before, JuneDeduction::February, &law())
    }

    fn pension() -> PensionFacts {
        PensionFacts {
            annual: Yen(1_200_000),
            care_each: Some(Yen(10_000)),
            account_transfer: false,
        }
    }

    fn found(household: &Household, facts: &PensionFacts, each: i64) -> Vec<Obstacle> {
        let rules = Assessor::shipped("27100", 2026).unwrap().rules;
        obstacles(
            household,
            (facts, Yen(each)),
            (&rules, &law()),
            day("2026-07-01"),
        )
    }

    #[test]
    fn what_april_deducts_is_paid_over_on_10_may_also_where_that_is_a_sunday() {
        let assessor = Assessor::shipped("27100", 2026).unwrap();
        let rules = shipped::pension().unwrap();
        let first_due = |paid_on: &[&str], rules: &PensionRules| {
            let deducted: Vec<Instalment> = (DEDUCTED_FROM..)
                .zip(paid_on)
                .map(|(number, paid_on)| Instalment {
                    number,
                    amount: Yen(1_000),
                    due_on: day(paid_on),
                })
                .collect();
            let due = assessor.first_due(&deducted, rules).unwrap();
            due.unwrap().to_string()
        };
        assert_eq!(
            first_due(&["2026-04-15", "2026-06-15"], &rules),
            "2026-05-10"
        );
        assert_eq!(first_due(&[], &rules), "2026-06-30");
        // Who is deducted from October on was asked in June before.
        assert_eq!(first_due(&["2026-10-15"], &rules), "2026-06-30");
        let mut moved = rules.clone();
        moved.remittance[0].value.when_closed = WhenClosed::NextOpen;
        assert_eq!(first_due(&["2026-04-15"], &moved), "2026-05-11");
    }

    #[test]
    fn a_premium_is_deducted_only_where_every_condition_holds() {
        let both = couple("1958-01-10", "1960-01-10");
        assert_eq!(found(&both, &pension(), 14_000), []);
        let cases: [(Household, PensionFacts, i64, Obstacle); 8] = [
            (
                couple("1958-01-10", "1961-07-03"),
                pension(),
                14_000,
                Obstacle::YoungerInsured,
            ),
            (
                couple("1961-07-03", "1960-01-10"),
                pension(),
                14_000,
                Obstacle::HeadTooYoung,
            ),
            (
                couple("1952-04-01", "1960-01-10"),
                pension(),
                14_000,
                Obstacle::HeadTurns75,
            ),
            (
                {
                    let mut away = both.clone();
                    away.members[0].insured = false;
                    away
                },
                pension(),
                14_000,
                Obstacle::HeadNotInsured,
            ),
            (
                both.clone(),
                PensionFacts {
                    annual: Yen(179_999),
                    ..pension()
                },
                0,
                Obstacle::PensionTooSmall,
            ),
            (
                both.clone(),
                PensionFacts {
                    care_each: None,
                    ..pension()
                },
                14_000,
                Obstacle::CareNotDeducted,
            ),
            // A sixth of 1,200,000 is 200,000: 100,000 together is half, one yen more is not.
            (both.clone(), pension(), 90_001, Obstacle::MoreThanHalf),
            (
                both.clone(),
                PensionFacts {
                    account_transfer: true,
                    ..pension()
                },
                14_000,
                Obstacle::AccountTransfer,
            ),
        ];
        for (household, facts, each, obstacle) in cases {
            let found = found(&household, &facts, each);
            assert!(found.contains(&obstacle), "{obstacle:?}: {found:?}");
            assert!(!obstacle.name().is_empty());
        }
        assert_eq!(found(&both, &pension(), 90_000), []);
        assert_eq!(
            found(&couple("1952-04-02", "1960-01-10"), &pension(), 14_000),
            []
        );
        assert_eq!(
            found(&couple("1958-01-10", "1961-07-02"), &pension(), 14_000),
            []
        );
    }

    #[test]
    fn a_pension_of_just_180_000_yen_bears_a_premium_and_every_obstacle_has_a_name() {
        let both = couple("1958-01-10", "1960-01-10");
        let small = |annual| PensionFacts {
            annual: Yen(annual),
            care_each: Some(Yen(1_000)),
            account_transfer: false,
        };
        assert_eq!(found(&both, &small(180_000), 1_000), []);
        assert_eq!(
            found(&both, &small(179_999), 1_000),
            [Obstacle::PensionTooSmall]
        );
        let all = [
            Obstacle::HeadNotInsured,
            Obstacle::HeadTooYoung,
            Obstacle::HeadTurns75,
            Obstacle::YoungerInsured,
            Obstacle::PensionTooSmall,
            Obstacle::CareNotDeducted,
            Obstacle::MoreThanHalf,
            Obstacle::AccountTransfer,
        ];
        let names: std::collections::HashSet<&str> = all.iter().map(|each| each.name()).collect();
        assert_eq!(names.len(), all.len());
        assert!(names.contains("年金の年額が18万円に満たない"));
    }

    #[test]
    fn a_list_may_name_people_for_its_own_month() {
        let mut law = law();
        law.notices = vec![ListDay {
            month: 2,
            day: 10,
            first: 2,
        }];
        let first = |day_of: &str| first_deduction(day(day_of), &law);
        assert_eq!(first("2026-02-10"), "2026-02".parse().ok());
        assert_eq!(first("2026-02-11"), "2027-02".parse().ok());
    }

    #[test]
    fn main_payments_are_hundreds_and_the_rest_goes_to_october() {
        let payments = went_on(86_500, 14_000);
        assert_eq!(payments.provisional, [Yen(14_000); 3]);
        assert_eq!(payments.main, [Yen(14_900), Yen(14_800), Yen(14_800)]);
    }

    /// 名古屋市「暫定賦課について」 (令和7年度まで) の計算例: 90,000円 last year, 14,000円 in February.
    #[test]
    fn a_city_may_set_june_and_august_so_that_the_year_is_taken_evenly() {
        let before = Before {
            february: Yen(14_000),
            annual: Yen(90_000),
        };
        let evenly = JuneDeduction::SixthOfLastYear;
        let payments = continuing(Yen(95_000), before, evenly, &law());
        assert_eq!(
            payments.provisional,
            [Yen(14_000), Yen(15_000), Yen(15_000)]
        );
        assert_eq!(payments.main, [Yen(17_000), Yen(17_000), Yen(17_000)]);
        let odd = Before {
            annual: Yen(90_599),
            ..before
        };
        let payments = continuing(Yen(95_000), odd, evenly, &law());
        assert_eq!(payments.provisional[1], Yen(15_000));
    }

    #[test]
    fn payments_and_excess_make_the_premium_of_the_year() {
        for annual in (0..200_000).step_by(3_331) {
            for february in (0..40_000).step_by(7_777) {
                let payments = went_on(annual, february);
                assert_eq!(payments.total(), Yen(annual), "{annual} {february}");
                assert!(payments.main.iter().all(|each| *each >= Yen::ZERO));
            }
        }
        let much = went_on(10_000, 14_000);
        assert_eq!((much.main, much.excess), ([Yen::ZERO; 3], Yen(32_000)));
    }

    #[test]
    fn whoever_begins_within_the_first_half_is_estimated_by_last_years_premium() {
        let law = law();
        let begun = |first| begun_in(first, Yen(100_000), &law);
        assert_eq!(begun(4), Some([Yen(16_668), Yen(16_666), Yen(16_666)]));
        assert_eq!(begun(6), Some([Yen(0), Yen(16_667), Yen(16_666)]));
        assert_eq!(begun(8), Some([Yen(0), Yen(0), Yen(16_667)]));
        assert_eq!(begun(10), None);
    }

    #[test]
    fn the_day_of_the_list_decides_the_first_deduction() {
        let table = [
            ("2026-02-10", "2026-06"),
            ("2026-02-11", "2026-08"),
            ("2026-04-11", "2026-10"),
            ("2026-05-31", "2026-10"),
            ("2026-06-01", "2026-12"),
            ("2026-08-11", "2027-02"),
            ("2026-10-11", "2027-04"),
            ("2026-12-10", "2027-04"),
            ("2026-12-11", "2027-06"),
        ];
        for (listed, first) in table {
            let month: Month = first.parse().unwrap();
            assert_eq!(
                first_deduction(day(listed), &law()),
                Some(month),
                "{listed}"
            );
        }
        let months = payment_months(FiscalYear(2026)).unwrap();
        let wanted = [
            "2026-04", "2026-06", "2026-08", "2026-10", "2026-12", "2027-02",
        ];
        assert_eq!(months, wanted.map(|text| text.parse().unwrap()));
    }

    #[test]
    fn a_year_of_payments_follows_from_when_the_deduction_began() {
        let law = law();
        let yen = |payments: [Yen; 6]| payments.map(|payment| payment.0);
        let nothing = Before::default();
        // Half of the year from October on, four twelfths from December on, two from February on.
        assert_eq!(
            yen(payments(
                Yen(86_501),
                3,
                (nothing, JuneDeduction::February),
                &law
            )),
            [0, 0, 0, 14_451, 14_400, 14_400]
        );
        assert_eq!(
            yen(payments(
                Yen(86_500),
                4,
                (nothing, JuneDeduction::February),
                &law
            )),
            [0, 0, 0, 0, 14_434, 14_400]
        );
        assert_eq!(
            yen(payments(
                Yen(86_500),
                5,
                (nothing, JuneDeduction::February),
                &law
            )),
            [0, 0, 0, 0, 0, 14_417]
        );
        assert_eq!(
            payments(Yen(86_501), 2, (nothing, JuneDeduction::February), &law),
            payments(Yen(86_501), 3, (nothing, JuneDeduction::February), &law)
        );
        let goes_on = Before {
            february: Yen(14_000),
            annual: Yen(90_000),
        };
        assert_eq!(
            yen(payments(
                Yen(86_500),
                0,
                (goes_on, JuneDeduction::February),
                &law
            )),
            [14_000, 14_000, 14_000, 14_900, 14_800, 14_800]
        );
        let begun = Before {
            february: Yen(0),
            annual: Yen(100_000),
        };
        assert_eq!(
            yen(payments(
                Yen(120_000),
                1,
                (begun, JuneDeduction::February),
                &law
            )),
            [0, 16_667, 16_666, 29_067, 28_800, 28_800]
        );
    }

    #[test]
    fn a_pension_is_paid_on_the_15th_or_the_open_day_before() {
        let assessor = Assessor::shipped("27100", 2026).unwrap();
        let days = assessor.pay_days(15).unwrap();
        let wanted = [
            "2026-04-15",
            "2026-06-15",
            "2026-08-14",
            "2026-10-15",
            "2026-12-15",
            "2027-02-15",
        ];
        assert_eq!(days, wanted.map(day));
        let paid = instalments(
            &[Yen(0), Yen(0), Yen(0), Yen(5), Yen(4), Yen(4)],
            &days,
            Some(5),
        );
        let told: Vec<(u8, i64)> = paid
            .iter()
            .map(|each| (each.number, each.amount.0))
            .collect();
        assert_eq!(told, [(34, 5), (35, 4)]);
    }
}
