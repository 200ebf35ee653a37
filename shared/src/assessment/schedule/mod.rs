//! 納期の状態: a decision asks only for what can still be asked for on the day of its notice.

pub mod instalments;
pub mod last_year;
pub mod limit;
pub mod pension;
pub mod provisional;

use crate::assessment::error::ScheduleError;
use crate::assessment::error::SplitError;
use crate::assessment::schedule::instalments::DEDUCTED_FROM;
use crate::assessment::schedule::instalments::Instalment;
use crate::assessment::schedule::instalments::LATE_FROM;
use crate::assessment::schedule::last_year::LastYear;
use crate::calendar::Month;
use crate::law::parameters::{Holidays, InstalmentRules};
use crate::money::Yen;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// When a decision is told, and what the decisions before it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// 通知の日.
    pub notice_on: NaiveDate,
    /// The instalments that stand in the ledger.
    #[serde(default)]
    pub booked: Vec<Instalment>,
    /// 特別徴収: what is taken from the head's pension; the rest of the year is asked for by instalments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deducted: Vec<Instalment>,
    /// 仮算定: the decision asks for a share of last year's premium and of nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisional: Option<LastYear>,
}

impl Schedule {
    /// A first decision.
    pub fn first(notice_on: NaiveDate) -> Schedule {
        Schedule {
            notice_on,
            booked: Vec::new(),
            deducted: Vec::new(),
            provisional: None,
        }
    }

    /// The first 納期限 that a notice of this day may name.
    pub(in crate::assessment) fn earliest(&self, notice_days: u64) -> Option<NaiveDate> {
        self.notice_on.checked_add_days(Days::new(notice_days))
    }

    /// Splits a year's premium: what was asked for with a day that is past or too near stays as
    /// it is, the rest goes to the instalments that are still open (`open`: number and day), or
    /// to one 随時期 where none is. What is taken from a pension stays as it is too; then the rest
    /// goes to those before the first such payment. A decrease that the open ones cannot bear
    /// lowers the others from the last one on, those of the pension first.
    pub(in crate::assessment) fn split(
        &self,
        total: Yen,
        open: &[(u8, NaiveDate)],
        rules: &InstalmentRules,
        holidays: &Holidays,
        notice_days: u64,
    ) -> Result<Vec<Instalment>, ScheduleError> {
        let earliest = self.earliest(notice_days).ok_or(ScheduleError::Calendar)?;
        let open: Vec<(u8, NaiveDate)> = open
            .iter()
            .copied()
            .filter(|(_, due_on)| *due_on >= earliest)
            .collect();
        let is_open = |number: u8| open.iter().any(|(known, _)| *known == number);
        // One of the year that can still be asked for otherwise is not fixed, also where whoever is
        // charged in other months now would not be asked for it.
        let is_free = |each: &Instalment| {
            let own = rules.provisional + 1..LATE_FROM;
            is_open(each.number) || (own.contains(&each.number) && each.due_on >= earliest)
        };
        let mut fixed: Vec<Instalment> = self.booked.clone();
        fixed.retain(|each| each.number < DEDUCTED_FROM && !is_free(each));
        fixed.extend(&self.deducted);
        fixed.sort_by_key(|each| each.number);
        let open = self.before_deduction(open);
        let rest = total - fixed.iter().map(|each| each.amount).sum::<Yen>();
        if rest < Yen::ZERO {
            lower(&mut fixed, -rest);
            return Ok(fixed);
        }
        if open.is_empty() {
            if rest > Yen::ZERO {
                let numbers = fixed.iter().map(|each| each.number);
                let last = numbers.filter(|number| *number < DEDUCTED_FROM);
                let last = last.max().unwrap_or(0);
                fixed.push(Instalment {
                    number: LATE_FROM.max(last.saturating_add(1)),
                    amount: rest,
                    due_on: self.late_due_on(earliest, rules, holidays)?,
                });
            }
            fixed.sort_by_key(|each| each.number);
            return Ok(fixed);
        }
        let amounts = instalments::split(rest, open.len(), rules.unit, rules.remainder_to)?;
        let asked = amounts.into_iter().zip(open);
        fixed.extend(asked.map(|(amount, (number, due_on))| Instalment {
            number,
            amount,
            due_on,
        }));
        fixed.retain(|each| each.amount > Yen::ZERO);
        fixed.sort_by_key(|each| each.number);
        Ok(fixed)
    }

    /// The open instalments that are due before the first payment of the pension, where there are any.
    fn before_deduction(&self, open: Vec<(u8, NaiveDate)>) -> Vec<(u8, NaiveDate)> {
        let first = self.deducted.iter().map(|each| each.due_on).min();
        let before: Vec<_> = open
            .iter()
            .copied()
            .filter(|(_, due_on)| first.is_some_and(|first| *due_on < first))
            .collect();
        if before.is_empty() { open } else { before }
    }

    /// 随時期の納期限: that of the month after the notice, or of the next one where it is too near.
    fn late_due_on(
        &self,
        earliest: NaiveDate,
        rules: &InstalmentRules,
        holidays: &Holidays,
    ) -> Result<NaiveDate, ScheduleError> {
        let mut month = Month::of(self.notice_on);
        loop {
            month = month.next().ok_or(ScheduleError::Calendar)?;
            let due_on = instalments::due_in(rules, holidays, month)?;
            if due_on >= earliest {
                return Ok(due_on);
            }
        }
    }
}

/// Takes an excess off the last instalments first.
fn lower(fixed: &mut Vec<Instalment>, mut excess: Yen) {
    for each in fixed.iter_mut().rev() {
        let off = each.amount.min(excess);
        each.amount -= off;
        excess -= off;
    }
    fixed.retain(|each| each.amount > Yen::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::result::Assessor;
    use crate::calendar::FiscalYear;
    use crate::figures;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn osaka() -> Assessor {
        figures::assessor("27100", FiscalYear(2026)).unwrap()
    }

    fn told(instalments: &[Instalment]) -> Vec<(u8, i64, String)> {
        let each = |one: &Instalment| (one.number, one.amount.0, one.due_on.to_string());
        instalments.iter().map(each).collect()
    }

    #[test]
    fn a_decision_in_november_asks_only_for_what_is_due_from_december_on() {
        let assessor = osaka();
        let schedule = Schedule::first(day("2026-11-25"));
        let asked = assessor.split_on(Yen(100_001), 0, &schedule).unwrap();
        let expected = [
            (7, 25_001, "2027-01-04"),
            (8, 25_000, "2027-02-01"),
            (9, 25_000, "2027-03-01"),
            (10, 25_000, "2027-03-31"),
        ];
        assert_eq!(
            told(&asked),
            expected.map(|(number, yen, due)| (number, yen, due.to_owned()))
        );
    }

    #[test]
    fn a_correction_leaves_what_was_due_and_spreads_the_difference_over_what_is_open() {
        let assessor = osaka();
        let june = Schedule::first(day("2026-06-10"));
        let first = assessor.split_on(Yen(100_000), 0, &june).unwrap();
        let december = Schedule {
            booked: first.clone(),
            ..Schedule::first(day("2026-12-10"))
        };
        let more = assessor.split_on(Yen(108_000), 0, &december).unwrap();
        let amounts: Vec<i64> = more.iter().map(|each| each.amount.0).collect();
        assert_eq!(
            amounts,
            [
                10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 12_000, 12_000, 12_000, 12_000
            ]
        );
        let less = assessor.split_on(Yen(55_000), 0, &december).unwrap();
        let amounts: Vec<i64> = less.iter().map(|each| each.amount.0).collect();
        assert_eq!(amounts, [10_000, 10_000, 10_000, 10_000, 10_000, 5_000]);
    }

    #[test]
    fn after_the_last_day_a_late_instalment_is_asked_for_with_a_day_of_its_own() {
        let assessor = osaka();
        let late = Schedule::first(day("2027-04-22"));
        let asked = assessor.split_on(Yen(30_000), 0, &late).unwrap();
        assert_eq!(told(&asked), [(21, 30_000, "2027-05-31".to_owned())]);
        let again = Schedule {
            booked: asked,
            ..Schedule::first(day("2027-06-25"))
        };
        let more = assessor.split_on(Yen(31_000), 0, &again).unwrap();
        assert_eq!(told(&more)[1], (22, 1_000, "2027-08-02".to_owned()));
    }

    /// The payments of a pension from October on.
    fn from_october(amounts: [i64; 3]) -> Vec<Instalment> {
        let days = ["2026-10-15", "2026-12-15", "2027-02-15"];
        let payment = |((number, amount), due_on): ((u8, i64), &str)| Instalment {
            number,
            amount: Yen(amount),
            due_on: day(due_on),
        };
        (34..).zip(amounts).zip(days).map(payment).collect()
    }

    #[test]
    fn what_a_pension_pays_is_not_asked_for_again_and_the_rest_is_due_before_it() {
        let assessor = osaka();
        let schedule = Schedule {
            deducted: from_october([14_600, 14_400, 14_400]),
            ..Schedule::first(day("2026-06-10"))
        };
        let asked = assessor.split_on(Yen(86_800), 0, &schedule).unwrap();
        let amounts: Vec<(u8, i64)> = asked
            .iter()
            .map(|each| (each.number, each.amount.0))
            .collect();
        // June to September: 43,400 in four.
        assert_eq!(
            amounts,
            [
                (1, 10_850),
                (2, 10_850),
                (3, 10_850),
                (4, 10_850),
                (34, 14_600),
                (35, 14_400),
                (36, 14_400)
            ]
        );
        // An increase in December is asked for beside the pension, a decrease lowers its last payments.
        let december = Schedule {
            booked: asked,
            notice_on: day("2026-12-20"),
            ..schedule
        };
        let more = assessor.split_on(Yen(90_000), 0, &december).unwrap();
        let of_pension = |all: &[Instalment]| -> Vec<i64> {
            let all = all.iter().filter(|each| each.number >= DEDUCTED_FROM);
            all.map(|each| each.amount.0).collect()
        };
        assert_eq!(of_pension(&more), [14_600, 14_400, 14_400]);
        assert_eq!(more.iter().map(|each| each.amount.0).sum::<i64>(), 90_000);
        assert_eq!(
            more.iter()
                .filter(|each| (7..=10).contains(&each.number))
                .count(),
            4
        );
        let less = assessor.split_on(Yen(60_000), 0, &december).unwrap();
        assert_eq!(of_pension(&less), [14_600, 2_000]);
    }

    proptest! {
        #[test]
        fn whatever_is_decided_when_the_instalments_add_up_and_nothing_past_grows(
            decisions in prop::collection::vec((0i64..1_200_000, 0u64..400), 1..6), charged in 0u16..4096,
        ) {
            let assessor = osaka();
            let mut booked: Vec<Instalment> = Vec::new();
            let mut notice_on = day("2026-06-01");
            for (total, days) in decisions {
                notice_on = notice_on + Days::new(days / 4);
                let schedule = Schedule { notice_on, booked: booked.clone(), deducted: Vec::new(), provisional: None };
                let asked = assessor.split_on(Yen(total), charged, &schedule).unwrap();
                prop_assert_eq!(asked.iter().map(|each| each.amount).sum::<Yen>(), Yen(total));
                for each in &asked {
                    let before = booked.iter().find(|known| known.number == each.number);
                    let grows = before.is_none_or(|known| each.amount > known.amount) && each.amount > Yen::ZERO;
                    prop_assert!(each.amount >= Yen::ZERO);
                    prop_assert!(!grows || each.due_on >= notice_on + Days::new(10), "{:?} on {}", each, notice_on);
                    prop_assert!(before.is_none_or(|known| known.due_on == each.due_on));
                }
                let again = Schedule { notice_on, booked: asked.clone(), deducted: Vec::new(), provisional: None };
                prop_assert_eq!(&assessor.split_on(Yen(total), charged, &again).unwrap(), &asked);
                booked = asked.into_iter().filter(|each| each.amount > Yen::ZERO).collect();
            }
        }
    }
}
