//! 賦課決定の期間制限 (法110条の2第1項): after two years a premium is decided neither up nor down.

use super::household::Household;
use chrono::{Months, NaiveDate};

/// 法110条の2: years.
const YEARS: u32 = 2;

/// The first day on which the year's premium of a household is decided no more: two years after
/// the day that follows the first 納期限, or after the day on which it became chargeable where
/// that came later. `None` beyond the calendar.
pub fn closed_from(household: &Household, first_due: NaiveDate) -> Option<NaiveDate> {
    let insured = household.members.iter().filter(|member| member.insured);
    let began = insured.map(|member| {
        let earlier = member.earlier_periods.first();
        let first = earlier.map_or(member.acquired_on, |period| period.acquired_on);
        first.unwrap_or(NaiveDate::MIN).max(member.birth_date)
    });
    let chargeable = began.min().filter(|day| *day > first_due);
    // 法110条の2: the day of becoming chargeable stands in the place of 納期; both begin to count on
    // the day after.
    let from = chargeable.unwrap_or(first_due).succ_opt()?;
    from.checked_add_months(Months::new(12 * YEARS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::household::{EarlierPeriod, Member};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn closed(member: Member) -> String {
        let household = Household {
            members: vec![member],
            ..Household::default()
        };
        let day = closed_from(&household, day("2026-06-30"));
        day.unwrap().to_string()
    }

    #[test]
    fn the_years_premium_is_open_through_the_day_two_years_after_its_first_due_date() {
        assert_eq!(closed(Member::new("1", day("1980-05-05"))), "2028-07-01");
    }

    #[test]
    fn of_somebody_who_joined_after_the_first_due_date_the_two_years_begin_with_that_day() {
        let joined = |on: &str| Member {
            acquired_on: Some(day(on)),
            ..Member::new("1", day("1980-05-05"))
        };
        assert_eq!(closed(joined("2026-06-30")), "2028-07-01");
        assert_eq!(closed(joined("2027-02-10")), "2029-02-11");
        assert_eq!(closed(Member::new("1", day("2026-12-24"))), "2028-12-25");
    }

    #[test]
    fn an_earlier_period_of_the_year_opened_it() {
        let back = Member {
            acquired_on: Some(day("2027-02-10")),
            earlier_periods: vec![EarlierPeriod {
                acquired_on: None,
                lost_on: day("2026-05-10"),
                loss_ground: None,
            }],
            ..Member::new("1", day("1980-05-05"))
        };
        assert_eq!(closed(back), "2028-07-01");
    }
}
