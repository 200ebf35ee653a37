//! 期間: the days that follow from an event by counting (民法140–143条, 法111条).

use crate::calendar::{Month, age_attained_on, this_or_next_business_day};
use crate::law::national::Reliefs;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Days in which a notice is due.
const NOTICE_DAYS: u64 = 14;
/// The ratio is judged anew every August.
const RATIO_UNTIL: YearlyDay = YearlyDay { month: 7, day: 31 };

/// 届出期限 (規則2条ほか): the 14th day after the event, or the next open day.
pub fn notification_due(event_on: NaiveDate, closed_days: &[NaiveDate]) -> Option<NaiveDate> {
    let last = event_on.checked_add_days(Days::new(NOTICE_DAYS))?;
    this_or_next_business_day(last, closed_days)
}

/// 70歳: when it is attained, and from when on the ratio of those from 70 to 74 holds (法42条1項3号).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age70 {
    pub attained_on: NaiveDate,
    /// The first of the month after.
    pub ratio_from: NaiveDate,
}

pub fn age_70(birth: NaiveDate) -> Option<Age70> {
    let attained_on = age_attained_on(birth, 70)?;
    let ratio_from = Month::of(attained_on)
        .first_day()
        .checked_add_months(Months::new(1))?;
    Some(Age70 {
        attained_on,
        ratio_from,
    })
}

/// 特定月: whether the day before the loss or the day of the loss decides its month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecificMonthRule {
    #[default]
    DayBeforeLoss,
    LossDay,
}

/// 特定世帯・特定継続世帯 by the loss of the former member (令29条の7第2項8号).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecificPeriod {
    pub specific_month: Month,
    pub half_through: Month,
    pub three_quarters_through: Month,
}

/// The months of the period are those of the reliefs that hold.
pub fn specific_period(
    lost_on: NaiveDate,
    rule: SpecificMonthRule,
    reliefs: &Reliefs,
) -> Option<SpecificPeriod> {
    let day = match rule {
        SpecificMonthRule::DayBeforeLoss => lost_on.pred_opt()?,
        SpecificMonthRule::LossDay => lost_on,
    };
    let month = Month::of(day);
    let after = |months: i32| {
        let months = u32::try_from(months).ok()?;
        let first = month.first_day().checked_add_months(Months::new(months))?;
        Some(Month::of(first))
    };
    Some(SpecificPeriod {
        specific_month: month,
        half_through: after(reliefs.specific_months)?,
        three_quarters_through: after(reliefs.specific_continuing_months)?,
    })
}

/// A day that comes every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearlyDay {
    pub month: u32,
    pub day: u32,
}

impl YearlyDay {
    fn on_or_after(self, day: NaiveDate) -> Option<NaiveDate> {
        let this = NaiveDate::from_ymd_opt(day.year(), self.month, self.day)?;
        if this >= day {
            Some(this)
        } else {
            NaiveDate::from_ymd_opt(day.year() + 1, self.month, self.day)
        }
    }
}

/// 資格確認書の有効期限: the earliest of the days that end it.
///
/// `yearly_end` is the last day of the papers of a yearly renewal; `stay_until` the end of a foreign
/// resident's stay. `None` where a day lies outside the calendar.
pub fn certificate_expiry(
    issued_on: NaiveDate,
    birth: NaiveDate,
    yearly_end: YearlyDay,
    stay_until: Option<NaiveDate>,
) -> Option<NaiveDate> {
    let yearly = yearly_end.on_or_after(issued_on)?;
    let before_75 = age_attained_on(birth, 75)?;
    let ratio_from = age_70(birth)?.ratio_from;
    let ratio = if issued_on < ratio_from {
        ratio_from.pred_opt()?
    } else {
        RATIO_UNTIL.on_or_after(issued_on)?
    };
    let mut all = vec![yearly, before_75, ratio];
    all.extend(stay_until);
    all.into_iter().min()
}
