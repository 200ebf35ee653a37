//! 賦課決定の期間制限 (法110条の2第1項): after two years a premium is decided neither up nor down.

use crate::assessment::household::Household;
use crate::calendar::last_day_of_period;
use chrono::NaiveDate;

/// The last day on which a premium can be decided that was first due on a day (民法143条). `None`
/// beyond the calendar.
pub fn last_decision_on(first_due_on: NaiveDate, months: u32) -> Option<NaiveDate> {
    last_day_of_period(first_due_on.succ_opt()?, months)
}

/// The same for the year's premium of a household: the day on which it became chargeable stands in
/// the place of the first 納期限 where it came later.
pub fn last_decision_of(
    household: &Household,
    first_due: NaiveDate,
    months: u32,
) -> Option<NaiveDate> {
    let insured = household.members.iter().filter(|member| member.insured);
    let began = insured.map(|member| {
        let earlier = member.earlier_periods.first();
        let first = earlier.map_or(member.acquired_on, |period| period.acquired_on);
        first.unwrap_or(NaiveDate::MIN).max(member.birth_date)
    });
    let chargeable = began.min().filter(|day| *day > first_due);
    last_decision_on(chargeable.unwrap_or(first_due), months)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::household::{EarlierPeriod, Member};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn last(member: Member) -> String {
        let household = Household {
            members: vec![member],
            ..Household::default()
        };
        let day = last_decision_of(&household, day("2026-06-30"), 24);
        day.unwrap().to_string()
    }

    #[test]
    fn the_years_premium_is_open_through_the_day_two_years_after_its_first_due_date() {
        assert_eq!(last(Member::new("1", day("1980-05-05"))), "2028-06-30");
    }

    #[test]
    fn of_somebody_who_joined_after_the_first_due_date_the_two_years_begin_with_that_day() {
        let joined = |on: &str| Member {
            acquired_on: Some(day(on)),
            ..Member::new("1", day("1980-05-05"))
        };
        assert_eq!(last(joined("2026-06-30")), "2028-06-30");
        assert_eq!(last(joined("2027-02-10")), "2029-02-10");
        assert_eq!(last(Member::new("1", day("2026-12-24"))), "2028-12-24");
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
        assert_eq!(last(back), "2028-06-30");
    }
}
