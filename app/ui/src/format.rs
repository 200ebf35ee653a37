//! Numbers and dates as people read them.

use crate::i18n::Lang;
use chrono::{Datelike, NaiveDate};
use kokuho_shared::era;
use kokuho_shared::money::Yen;

pub use kokuho_shared::explain::formula::{number, rate};

/// `645,854円` or `¥645,854`; in English the sign of a negative amount stands before the currency, `-¥51,944`.
pub fn yen(amount: Yen, lang: Lang) -> String {
    match lang {
        Lang::Ja | Lang::Easy => format!("{}円", number(amount.0)),
        Lang::En if amount.0 < 0 => format!("-¥{}", number(-amount.0)),
        Lang::En => format!("¥{}", number(amount.0)),
    }
}

/// `令和8年6月30日` or `2026-06-30`.
pub fn date(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Ja | Lang::Easy => era::format(day),
        Lang::En => day.to_string(),
    }
}

/// `2 April 1985`.
pub fn date_in_english(day: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(day.month0() as usize).unwrap_or(&"");
    format!("{} {month} {}", day.day(), day.year())
}

/// Both calendars: `昭和30年4月1日（1955-04-01）`.
pub fn date_both(day: NaiveDate) -> String {
    format!("{}（{day}）", era::format(day))
}

/// The age in full years on a day.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> i32 {
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    day.year() - birth.year() - i32::from(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rates_and_days_read_as_on_a_notice() {
        assert_eq!(yen(Yen(645_854), Lang::Ja), "645,854円");
        assert_eq!(yen(Yen(-1_234), Lang::Ja), "−1,234円");
        assert_eq!(yen(Yen(-51_944), Lang::En), "-¥51,944");
        assert_eq!(number(0), "0");
        assert_eq!(
            (rate(95_000), rate(2_800), rate(82_140)),
            ("9.50%".into(), "0.28%".into(), "8.214%".into())
        );
    }
}
