//! 暦: 年度, half-open periods, attained ages and the shift to a business day.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// 年度 (fiscal year): the year of its 1 April; 2026 = 令和8年度.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FiscalYear(pub i32);

impl fmt::Display for FiscalYear {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(to)
    }
}

impl FromStr for FiscalYear {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<FiscalYear, ParseIntError> {
        text.parse().map(FiscalYear)
    }
}

impl FiscalYear {
    /// 前年度.
    pub fn before(self) -> FiscalYear {
        FiscalYear(self.0.saturating_sub(1))
    }

    /// 翌年度.
    pub fn after(self) -> FiscalYear {
        FiscalYear(self.0.saturating_add(1))
    }

    /// The fiscal year that assesses the income of a calendar year; `None` outside the calendar's range.
    pub fn of_income(year: i64) -> Option<FiscalYear> {
        i32::try_from(year.checked_add(1)?).ok().map(FiscalYear)
    }

    /// 所得の年: the calendar year whose income is assessed in this fiscal year.
    pub fn income_year(self) -> i32 {
        self.0.saturating_sub(1)
    }

    /// The fiscal year that contains the day.
    pub fn of(day: NaiveDate) -> FiscalYear {
        FiscalYear(if day.month() >= 4 {
            day.year()
        } else {
            day.year() - 1
        })
    }
}

impl FiscalYear {
    /// 4月1日 of the year; `None` outside the calendar's range.
    pub fn april(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.0, 4, 1)
    }

    /// Months from April of this year to the month of the day; negative before it.
    pub fn month_index(self, day: NaiveDate) -> i32 {
        (day.year() - self.0) * 12 + day.month() as i32 - 4
    }

    /// The first day of the month `index` months after April.
    pub fn month_at(self, index: u32) -> Option<NaiveDate> {
        self.april()?.checked_add_months(Months::new(index))
    }
}

/// A calendar month, written `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month after it, within the calendar.
    pub fn next(self) -> Option<Month> {
        let next = self.first.checked_add_months(chrono::Months::new(1));
        next.map(Month::of)
    }

    /// The month that contains the day.
    pub fn of(day: NaiveDate) -> Month {
        Month {
            first: day.with_day(1).unwrap_or(day),
        }
    }

    pub fn first_day(self) -> NaiveDate {
        self.first
    }
}

/// A day written `YYYY-MM-DD`, and nothing else.
///
/// The library's own reader would bring its whole machine of formats into the citizen's page.
pub fn iso_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let number = |part: &str, width: usize| {
        let digits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    };
    NaiveDate::from_ymd_opt(
        number(year, 4)?.into(),
        number(month, 2)?.into(),
        number(day, 2)?.into(),
    )
}

/// For fields of parameters that are days.
pub fn read_date<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    iso_date(&text).ok_or_else(|| {
        serde::de::Error::custom(format!("「{text}」は日付（YYYY-MM-DD）ではありません"))
    })
}

impl std::str::FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Month, String> {
        let first = iso_date(&format!("{text}-01"));
        first
            .map(|first| Month { first })
            .ok_or_else(|| format!("「{text}」は年月（YYYY-MM）ではありません"))
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.first.format("%Y-%m"))
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Month, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// 期間: half-open, `from` included and `until` not; no `until` = still running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

impl Period {
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// A period must not end before it begins; an empty one is allowed (same-day loss).
    pub fn is_ordered(&self) -> bool {
        self.until.is_none_or(|until| self.from <= until)
    }
}

/// The month in which the age is attained, counted from April of the fiscal year: somebody
/// born on the first of a month attains it in the month before (年齢計算ニ関スル法律).
pub fn month_of_attaining(birth: NaiveDate, age: i32, year: FiscalYear) -> i32 {
    let before = i32::from(birth.day() == 1);
    (birth.year() + age - year.0) * 12 + birth.month() as i32 - 4 - before
}

/// The month of the birthday itself; 29 February becomes 1 March in a common year.
pub fn month_of_birthday(birth: NaiveDate, age: i32, year: FiscalYear) -> i32 {
    let in_year = birth.year() + age;
    let leap_day = birth.month() == 2 && birth.day() == 29;
    let moved = leap_day && NaiveDate::from_ymd_opt(in_year, 2, 29).is_none();
    (in_year - year.0) * 12 + birth.month() as i32 - 4 + i32::from(moved)
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

/// The last day of a period of months that begins on a day (民法143条): the day before the
/// corresponding one, or the month's last where it has none.
pub fn last_day_of_period(begins: NaiveDate, months: u32) -> Option<NaiveDate> {
    // chrono cuts a day that the month does not have down to its last one.
    let there = begins.checked_add_months(Months::new(months))?;
    if there.day() == begins.day() {
        there.pred_opt()
    } else {
        Some(there)
    }
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
    fn a_day_of_the_parameters_has_exactly_four_two_and_two_digits() {
        assert_eq!(iso_date("2026-02-28"), Some(day("2026-02-28")));
        for text in [
            "",
            "2026",
            "2026-02",
            "2026-2-8",
            "2026-02-29",
            "+026-02-01",
            "2026-02-01 ",
            "26-02-01",
            "2026-13-01",
            "2026-02-01-",
            "２０２６-02-01",
        ] {
            assert_eq!(iso_date(text), None, "{text}");
        }
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

    proptest::proptest! {
        #[test]
        fn the_month_of_attaining_is_the_month_of_the_day_on_which_it_happens(days in 0i32..45_000, age in 0u32..100) {
            let birth = NaiveDate::from_ymd_opt(1904, 1, 1).unwrap() + chrono::Days::new(u64::try_from(days).unwrap());
            let year = FiscalYear(2026);
            let attained = age_attained_on(birth, age).unwrap();
            let signed = i32::try_from(age).unwrap();
            proptest::prop_assert_eq!(month_of_attaining(birth, signed, year), year.month_index(attained));
            let birthday = attained.succ_opt().unwrap();
            proptest::prop_assert_eq!(month_of_birthday(birth, signed, year), year.month_index(birthday));
        }
    }

    #[test]
    fn a_period_includes_its_first_day_and_not_its_last() {
        let period = Period {
            from: day("2026-04-01"),
            until: Some(day("2026-07-01")),
        };
        assert!(period.contains(day("2026-04-01")) && !period.contains(day("2026-07-01")));
        assert!(
            Period {
                from: day("2026-04-01"),
                until: None
            }
            .contains(day("2099-01-01"))
        );
        assert!(
            !Period {
                from: day("2026-04-02"),
                until: Some(day("2026-04-01"))
            }
            .is_ordered()
        );
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
