//! The only place of this page that reads the clock: a printed estimate says its day.

use chrono::NaiveDate;

/// The day in Japan, as this device's clock says; `None` outside the calendar.
pub fn today() -> Option<NaiveDate> {
    const JAPAN: i64 = 9 * 3_600_000;
    let moment = js_sys::Date::now() as i64 + JAPAN;
    let days = i32::try_from(moment.div_euclid(86_400_000)).ok()?;
    // 1970-01-01 in days of the common era.
    NaiveDate::from_num_days_from_ce_opt(719_163 + days)
}
