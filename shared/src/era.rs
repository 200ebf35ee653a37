//! 和暦: dates as people in Japan type and read them.

use crate::calendar::FiscalYear;
use crate::text::half_width;
use chrono::{Datelike, NaiveDate};

/// 元号 with its Latin letter, its first day, and the digit that files and clerks use for it.
struct Era {
    name: &'static str,
    letter: char,
    digit: char,
    first: (i32, u32, u32),
}

/// The newest first. The days are those on which each era began by cabinet order or law.
const ERAS: [Era; 5] = [
    Era {
        name: "令和",
        letter: 'R',
        digit: '5',
        first: (2019, 5, 1),
    },
    Era {
        name: "平成",
        letter: 'H',
        digit: '4',
        first: (1989, 1, 8),
    },
    Era {
        name: "昭和",
        letter: 'S',
        digit: '3',
        first: (1926, 12, 25),
    },
    Era {
        name: "大正",
        letter: 'T',
        digit: '2',
        first: (1912, 7, 30),
    },
    Era {
        name: "明治",
        letter: 'M',
        digit: '1',
        first: (1868, 1, 25),
    },
];

/// Days on which an era ended and the next began: both names are right on them.
const CHANGED_WITHIN_A_DAY: [(i32, u32, u32); 2] = [(1926, 12, 25), (1912, 7, 30)];

fn ymd(date: NaiveDate) -> (i32, u32, u32) {
    (date.year(), date.month(), date.day())
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraError {
    #[error("日付を入力してください")]
    Empty,
    #[error("「{0}」は日付として読めません（例: S30.4.1、昭和30年4月1日、1955-04-01）")]
    Unreadable(String),
    #[error("「{0}」という日はありません")]
    NoSuchDay(String),
    #[error("「{text}」は{era}の期間にありません")]
    OutsideEra { text: String, era: &'static str },
}

/// Reads S30.4.1, s300401, 3300401, 昭和30年4月1日, 1955-04-01, 1955/4/1 or 19550401,
/// also in full width and with 元年.
pub fn parse_date(text: &str) -> Result<NaiveDate, EraError> {
    let read = read(text)?;
    match read.outside {
        None => Ok(read.date),
        Some(era) => Err(EraError::OutsideEra {
            text: text.trim().to_owned(),
            era,
        }),
    }
}

/// A day as a file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileDate {
    pub date: NaiveDate,
    /// The era that the file names, where another one had begun by that day.
    pub outdated: Option<&'static str>,
}

/// The same for files: systems go on with an era until the end of the year in which it ended
/// (平成31年5月1日, 昭和64年1月8日). The day is meant and known, so it is read; the era is told.
pub fn parse_file_date(text: &str) -> Result<FileDate, EraError> {
    let Read { date, outside } = read(text)?;
    let Some(era) = outside else {
        return Ok(FileDate {
            date,
            outdated: None,
        });
    };
    let ended_this_year = ERAS.windows(2).any(|pair| match pair {
        [next, ended] => {
            ended.name == era && next.first.0 == date.year() && next.first <= ymd(date)
        }
        _ => false,
    });
    if ended_this_year {
        return Ok(FileDate {
            date,
            outdated: Some(era),
        });
    }
    Err(EraError::OutsideEra {
        text: text.trim().to_owned(),
        era,
    })
}

/// A day, and the era that was named where the day does not lie in it.
struct Read {
    date: NaiveDate,
    outside: Option<&'static str>,
}

fn read(text: &str) -> Result<Read, EraError> {
    let plain: String = half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if plain.is_empty() {
        return Err(EraError::Empty);
    }
    let unreadable = || EraError::Unreadable(text.trim().to_owned());
    let (era, rest) = split_era(&plain.replace('元', "1"));
    let (year, month, day) = numbers(&rest, era.is_some()).ok_or_else(unreadable)?;
    let full_year = match era {
        Some(era) if year >= 1 => era.first.0.checked_add(year - 1).ok_or_else(unreadable)?,
        Some(_) => return Err(unreadable()),
        None if (1800..=2999).contains(&year) => year,
        None => return Err(unreadable()),
    };
    let date = NaiveDate::from_ymd_opt(full_year, month, day)
        .ok_or_else(|| EraError::NoSuchDay(text.trim().to_owned()))?;
    let is_in = |era: &Era| {
        let before = date
            .pred_opt()
            .filter(|_| CHANGED_WITHIN_A_DAY.contains(&ymd(date)));
        let days = [Some(date), before];
        days.into_iter()
            .flatten()
            .filter_map(era_of)
            .any(|found| found.name == era.name)
    };
    let outside = era.filter(|era| !is_in(era)).map(|era| era.name);
    Ok(Read { date, outside })
}

/// `昭和30年4月1日`; a day before 明治 in the common calendar.
pub fn format(date: NaiveDate) -> String {
    match era_of(date) {
        Some(era) => {
            let year = year_of(era, date.year());
            format!("{}{year}年{}月{}日", era.name, date.month(), date.day())
        }
        None => date.to_string(),
    }
}

/// The first year of an era is written 元.
fn year_of(era: &Era, year: i32) -> String {
    match year - era.first.0 + 1 {
        1 => "元".to_owned(),
        nth => nth.to_string(),
    }
}

/// `令和8年度`.
pub fn fiscal_year(year: FiscalYear) -> String {
    match year.april().and_then(era_of) {
        Some(era) => format!("{}{}年度", era.name, year_of(era, year.0)),
        None => format!("{year}年度"),
    }
}

/// `令和8年` of a calendar year, by the era in which it ends.
pub fn year(year: i32) -> String {
    match NaiveDate::from_ymd_opt(year, 12, 31).and_then(era_of) {
        Some(era) => format!("{}{}年", era.name, year_of(era, year)),
        None => format!("{year}年"),
    }
}

/// The calendar year of a year of an era (`R7`, `令和7年`, `令和元年`, `平成31`); none where it is
/// written otherwise. Whether the era lasted so long is not asked: the year is meant.
pub fn calendar_year(text: &str) -> Option<i32> {
    let plain: String = half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let (era, rest) = split_era(&plain.replace('元', "1"));
    let rest = rest.strip_suffix('年').unwrap_or(&rest);
    let digits = (1..=2).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit());
    let year: i32 = rest.parse().ok().filter(|year| digits && *year >= 1)?;
    Some(era?.first.0 + year - 1)
}

/// What a year of two digits without an era may mean: in each era, and in this century.
pub fn years_of_two_digits(year: i32) -> impl Iterator<Item = i32> {
    let eras = ERAS.iter().map(move |era| era.first.0 + year - 1);
    eras.chain([2000 + year])
}

fn era_of(date: NaiveDate) -> Option<&'static Era> {
    ERAS.iter().find(|era| era.first <= ymd(date))
}

/// Splits off 昭和, 昭, S or — before exactly six more digits — the digit 3.
fn split_era(text: &str) -> (Option<&'static Era>, String) {
    let upper = text.to_ascii_uppercase();
    for era in &ERAS {
        let short: String = era.name.chars().take(1).collect();
        let by_name = [era.name, short.as_str()]
            .into_iter()
            .find_map(|name| upper.strip_prefix(name));
        if let Some(rest) = by_name.or_else(|| upper.strip_prefix(era.letter)) {
            return (Some(era), rest.to_owned());
        }
        if upper.len() == 7
            && upper.chars().all(|c| c.is_ascii_digit())
            && upper.starts_with(era.digit)
        {
            return (Some(era), upper.chars().skip(1).collect());
        }
    }
    (None, upper)
}

/// Year, month and day, separated or as a run of digits.
fn numbers(text: &str, in_era: bool) -> Option<(i32, u32, u32)> {
    if text.chars().all(|c| c.is_ascii_digit()) {
        let width = if in_era { 6 } else { 8 };
        if text.len() != width {
            return None;
        }
        let (year, rest) = text.split_at_checked(width - 4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?));
    }
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['年', '月', '.', '/', '-', '・']);
    let all = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    parts.next().is_none().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_year_is_told_by_the_era_in_which_it_ends() {
        let told = [1988, 1989, 2019, 2025, 1].map(year);
        assert_eq!(told, ["昭和63年", "平成元年", "令和元年", "令和7年", "1年"]);
    }

    #[test]
    fn every_usual_way_to_write_a_day_is_read() {
        let day = NaiveDate::from_ymd_opt(1955, 4, 1).unwrap();
        for text in [
            "S30.4.1",
            "s300401",
            "3300401",
            "昭和30年4月1日",
            "昭30.4.1",
            "1955-04-01",
            "1955/4/1",
            "19550401",
            "Ｓ３０．４．１",
            " 昭和３０年４月１日 ",
            "S30-04-01",
        ] {
            assert_eq!(parse_date(text), Ok(day), "{text}");
        }
        let first = NaiveDate::from_ymd_opt(2019, 5, 1).unwrap();
        assert_eq!(parse_date("令和元年5月1日"), Ok(first));
        assert_eq!(parse_date("R1.5.1"), Ok(first));
    }

    #[test]
    fn a_day_is_shown_in_its_era_and_read_back() {
        for (text, shown) in [
            ("1989-01-07", "昭和64年1月7日"),
            ("1989-01-08", "平成元年1月8日"),
            ("2019-04-30", "平成31年4月30日"),
            ("2019-05-01", "令和元年5月1日"),
            ("1926-12-24", "大正15年12月24日"),
        ] {
            let day: NaiveDate = text.parse().unwrap();
            assert_eq!(format(day), shown);
            assert_eq!(parse_date(shown), Ok(day));
        }
        assert_eq!(
            (fiscal_year(FiscalYear(2026)), fiscal_year(FiscalYear(1989))),
            ("令和8年度".into(), "平成元年度".into())
        );
    }

    #[test]
    fn on_a_day_within_which_the_era_changed_both_names_are_read() {
        for text in ["大正15年12月25日", "昭和元年12月25日"] {
            assert_eq!(
                parse_date(text),
                Ok(NaiveDate::from_ymd_opt(1926, 12, 25).unwrap())
            );
        }
        assert!(parse_date("明治45年7月30日").is_ok() && parse_date("明治45年7月31日").is_err());
    }

    #[test]
    fn a_file_may_go_on_with_an_era_until_the_end_of_the_year_in_which_it_ended() {
        for (text, day, era) in [
            ("H31.5.1", "2019-05-01", Some("平成")),
            ("平成31年12月31日", "2019-12-31", Some("平成")),
            ("4311001", "2019-10-01", Some("平成")),
            ("昭和64年1月8日", "1989-01-08", Some("昭和")),
            ("H31.4.30", "2019-04-30", None),
            ("令和元年5月1日", "2019-05-01", None),
        ] {
            let told = FileDate {
                date: day.parse().unwrap(),
                outdated: era,
            };
            assert_eq!(parse_file_date(text), Ok(told), "{text}");
        }
        for text in ["H32.1.1", "令和元年4月30日", "昭和65年1月8日", "R0.5.1"] {
            assert!(parse_file_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_is_read_with_its_era_or_names_what_it_may_mean() {
        let read = [
            "R7",
            "令和7年",
            "令和元年",
            "平成31",
            "７",
            "R",
            "R100",
            "R0",
        ]
        .map(calendar_year);
        assert_eq!(
            read,
            [
                Some(2025),
                Some(2025),
                Some(2019),
                Some(2019),
                None,
                None,
                None,
                None
            ]
        );
        assert!(years_of_two_digits(7).any(|year| year == 2025));
    }

    #[test]
    fn what_is_no_day_is_refused_with_its_reason() {
        assert_eq!(parse_date("  "), Err(EraError::Empty));
        assert_eq!(
            parse_date("R8.2.29"),
            Err(EraError::NoSuchDay("R8.2.29".into()))
        );
        assert_eq!(
            parse_date("昭和64年1月8日"),
            Err(EraError::OutsideEra {
                text: "昭和64年1月8日".into(),
                era: "昭和"
            })
        );
        assert_eq!(
            parse_date("S0.4.1"),
            Err(EraError::Unreadable("S0.4.1".into()))
        );
        for text in [
            "abc",
            "昭和",
            "30.4.1",
            "19550",
            "R999999999999.1.1",
            "55-4-1-2",
            "年月日",
        ] {
            assert!(
                matches!(parse_date(text), Err(EraError::Unreadable(_))),
                "{text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,20}") {
            let _ = parse_date(&text);
        }
    }
}
