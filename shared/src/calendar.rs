//! 暦: 年度, attained ages and the shift to a business day.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// 年度 (fiscal year): the year of its 1 April; 2026 = 令和8年度.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(pub i32);

impl FiscalYear {
    /// The fiscal year that contains the day.
    pub fn of(day: NaiveDate) -> FiscalYear {
        FiscalYear(if day.month() >= 4 {
            day.year()
        } else {
            day.year() - 1
        })
    }
}

/// The day on which the age is attained: 年齢計算ニ関スル法律, the day before the birthday.
///
/// Somebody born on 29 February has the birthday on 1 March in a common year, so the age
/// is attained on the last day of February. `None` outside the calendar's range.
pub fn age_attained_on(birth: NaiveDate, age: u32) -> Option<NaiveDate> {
    let year = birth.year().checked_add(i32::try_from(age).ok()?)?;
    let birthday = birth
        .with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))?;
    birthday.pred_opt()
}

/// The last day of the month that contains `day`.
pub fn last_day_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?
        .checked_add_months(Months::new(1))?
        .pred_opt()
}

/// The day itself if the office is open on it, else the next day on which it is.
///
/// Saturdays and Sundays are closed; `closed_days` lists every other closed day.
pub fn this_or_next_business_day(day: NaiveDate, closed_days: &[NaiveDate]) -> Option<NaiveDate> {
    let mut candidate = day;
    while matches!(candidate.weekday(), Weekday::Sat | Weekday::Sun)
        || closed_days.contains(&candidate)
    {
        candidate = candidate.checked_add_days(Days::new(1))?;
    }
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_is_attained_on_the_day_before_the_birthday() {
        assert_eq!(
            age_attained_on(day("1961-04-01"), 65),
            Some(day("2026-03-31"))
        );
        assert_eq!(
            age_attained_on(day("1961-04-02"), 65),
            Some(day("2026-04-01"))
        );
    }

    #[test]
    fn a_leap_day_birth_attains_the_age_on_the_last_day_of_february() {
        assert_eq!(
            age_attained_on(day("1960-02-29"), 65),
            Some(day("2025-02-28"))
        );
        assert_eq!(
            age_attained_on(day("1960-02-29"), 64),
            Some(day("2024-02-28"))
        );
    }

    #[test]
    fn a_fiscal_year_begins_on_the_first_of_april() {
        assert_eq!(FiscalYear::of(day("2026-03-31")), FiscalYear(2025));
        assert_eq!(FiscalYear::of(day("2026-04-01")), FiscalYear(2026));
    }

    #[test]
    fn a_closed_day_moves_to_the_next_open_day() {
        let new_year = [day("2026-12-31"), day("2027-01-01")];
        assert_eq!(
            this_or_next_business_day(day("2026-12-31"), &new_year),
            Some(day("2027-01-04"))
        );
    }
}
