//! Words that several screens say.

use chrono::NaiveDate;
use kokuho_shared::calendar::Month;
use kokuho_shared::era;

/// `2026-06-10T09:00:00+09:00` as `令和8年6月10日 09:00`; anything else as it is.
pub fn moment(text: &str) -> String {
    let read = || {
        let (day, time) = text.split_once('T')?;
        let day: NaiveDate = day.parse().ok()?;
        Some(format!("{} {}", era::format(day), time.get(..5)?))
    };
    read().unwrap_or_else(|| text.to_owned())
}

/// `令和8年4月分`.
pub fn month(month: Month) -> String {
    let day = era::format(month.first_day());
    day.trim_end_matches("1日").to_owned() + "分"
}

/// Asks before something that is not taken back by itself.
pub fn confirmed(question: &str) -> bool {
    leptos::prelude::window()
        .confirm_with_message(question)
        .unwrap_or(false)
}
