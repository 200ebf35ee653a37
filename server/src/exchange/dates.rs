//! 日付と年: the forms in which offices write them.

use chrono::NaiveDate;
use kokuho_shared::era::{self, FileDate};
use kokuho_shared::text::half_width;
use serde::Deserialize;

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateForm {
    /// `1961-08-20`
    Iso,
    /// `1961/8/20`
    Slash,
    /// `19610820`
    Compact,
    /// `3360820`
    Digit,
    /// `S36.8.20`, `S360820`
    Letter,
    /// `昭和36年8月20日`, `1961年8月20日`
    Kanji,
}

impl DateForm {
    fn of(text: &str) -> Option<DateForm> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let first = text.chars().next()?;
        Some(match text.len() {
            8 if digits => DateForm::Compact,
            7 if digits => DateForm::Digit,
            _ if first.is_ascii_alphabetic() => DateForm::Letter,
            _ if !text.is_ascii() => DateForm::Kanji,
            _ if text.contains('/') => DateForm::Slash,
            _ => DateForm::Iso,
        })
    }
}

/// Reads a day in one of the forms, or in any where none is named.
pub fn day(text: &str, forms: &[DateForm]) -> Option<FileDate> {
    let plain = half_width(text);
    let form = DateForm::of(&plain)?;
    if !forms.is_empty() && !forms.contains(&form) {
        return None;
    }
    // As chrono writes it, and by far the most frequent.
    if form == DateForm::Iso
        && let Ok(date) = plain.parse::<NaiveDate>()
    {
        return Some(FileDate {
            date,
            outdated: None,
        });
    }
    era::parse_file_date(&plain).ok()
}

/// A year, and whether it stood there without its era.
pub fn year(text: &str, expected: i32) -> Option<(i64, bool)> {
    let plain = half_width(text);
    let digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    if digits && plain.len() == 4 {
        return Some((plain.parse().ok()?, false));
    }
    if digits && plain.len() == 2 {
        let told = plain.parse().ok().filter(|year| *year >= 1)?;
        // Only one of the readings may lie where an income is reported at all.
        let mut near =
            era::years_of_two_digits(told).filter(|year| (expected - 5..=expected).contains(year));
        let found = near.next()?;
        return near.next().is_none().then_some((i64::from(found), true));
    }
    era::calendar_year(&plain).map(|year| (i64::from(year), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_day_is_read_and_a_layout_that_names_one_refuses_the_others() {
        let told = FileDate {
            date: NaiveDate::from_ymd_opt(1961, 8, 20).unwrap(),
            outdated: None,
        };
        let forms = [
            (DateForm::Iso, "1961-08-20"),
            (DateForm::Slash, "1961/8/20"),
            (DateForm::Compact, "19610820"),
            (DateForm::Digit, "3360820"),
            (DateForm::Letter, "S36.8.20"),
            (DateForm::Letter, "s360820"),
            (DateForm::Kanji, "昭和36年8月20日"),
            (DateForm::Compact, "１９６１０８２０"),
        ];
        for (own, text) in forms {
            assert_eq!(day(text, &[]), Some(told), "{text}");
            for (other, _) in forms {
                let read = day(text, &[other]);
                assert_eq!(read.is_some(), own == other, "{text} {other:?}");
            }
        }
        for text in [
            "",
            "961-8-20x",
            "-12345-01-01",
            "+262142-12-31",
            "0",
            "9999999",
        ] {
            assert!(
                day(text, &[]).is_none_or(|told| !(1868..=2200).contains(&chrono::Datelike::year(&told.date))),
                "{text}"
            );
        }
    }

    #[test]
    fn two_digits_of_a_year_are_read_from_the_year_that_is_expected_or_not_at_all() {
        for (text, read) in [
            ("2025", Some((2025, false))),
            ("R7", Some((2025, false))),
            ("令和元年", Some((2019, false))),
            ("H31", Some((2019, false))),
            ("07", Some((2025, true))),
            ("25", Some((2025, true))),
            ("04", Some((2022, true))),
            ("30", None),
            ("00", None),
            ("7", None),
            ("x", None),
        ] {
            assert_eq!(year(text, 2025), read, "{text}");
        }
    }
}
