//! 検索の一行: keys typed side by side, told apart by their form.

use chrono::{Datelike, NaiveDate};
use kokuho_shared::era;
use kokuho_shared::text::half_width;

/// Nobody who is looked for was born before.
const FIRST_BIRTH: i32 = 1880;

/// The keys of one line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub number: String,
    pub name: String,
    pub birth: Option<NaiveDate>,
}

impl Line {
    /// What reads as a day somebody can be born on is the birth date, what has digits beside it is the number, the
    /// rest is the name. Eight digits alone are a number: an 被保険者番号 may read as a day.
    pub fn read(text: &str, today: NaiveDate) -> Line {
        let words: Vec<String> = text.split_whitespace().map(half_width).collect();
        let alone = words.len() == 1;
        let mut line = Line::default();
        let mut name: Vec<&str> = Vec::new();
        for word in &words {
            let digits = word.bytes().any(|byte| byte.is_ascii_digit());
            let birth = era::parse_date(word).ok();
            let birth = birth.filter(|day| day.year() >= FIRST_BIRTH && *day <= today);
            match birth {
                Some(day)
                    if line.birth.is_none()
                        && !(alone && word.bytes().all(|byte| byte.is_ascii_digit())) =>
                {
                    line.birth = Some(day);
                }
                _ if digits && line.number.is_empty() => line.number.clone_from(word),
                _ => name.push(word),
            }
        }
        line.name = name.join("　");
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_side_by_side_are_told_apart_by_their_form() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-06-10");
        let born = Some(day("1958-08-05"));
        for (text, number, name, birth) in [
            ("10000004 サトウ", "10000004", "サトウ", None),
            ("10000004-01　佐藤　一郎", "10000004-01", "佐藤　一郎", None),
            ("髙橋 S33.8.5", "", "髙橋", born),
            ("Ｓ３３．８．５ 髙橋", "", "髙橋", born),
            ("サトウ 19580805", "", "サトウ", born),
            ("10000004 19580805", "10000004", "", born),
            ("2026-0000123 昭和33年8月5日", "2026-0000123", "", born),
            ("D2026-0000123", "D2026-0000123", "", None),
            ("19580805", "19580805", "", None),
            ("", "", "", None),
        ] {
            let expected = Line {
                number: number.into(),
                name: name.into(),
                birth,
            };
            assert_eq!(Line::read(text, today), expected, "{text}");
        }
    }
}
