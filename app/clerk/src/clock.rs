//! The only place of the pages that reads the clock; the office's day comes from the server.

/// Milliseconds since 1970, as this machine's clock says. Unlike the browser's timers it goes on
/// while the machine sleeps.
pub fn milliseconds() -> i64 {
    js_sys::Date::now() as i64
}

/// The day in Japan, as this machine's clock says; `None` outside the calendar.
pub fn today() -> Option<chrono::NaiveDate> {
    const JAPAN: i64 = 9 * 3_600_000;
    let moment = chrono::DateTime::from_timestamp_millis(milliseconds() + JAPAN)?;
    Some(moment.date_naive())
}
