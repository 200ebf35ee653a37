//! 時効 (法110条): when the right to a premium ends, and what begins it anew.

use crate::calendar::last_day_of_period;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What bears on the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub kind: EventKind,
    pub date: NaiveDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// 督促の到達: only the first one renews (法110条2項).
    DunningArrived,
    /// 一部納付 (民法152条).
    PartPayment,
    /// 納付誓約など (民法152条).
    Admission,
    /// 催告の到達: stays the end for six months, once (民法150条).
    UrgingArrived,
}

/// Two years.
const MONTHS: u32 = 24;
/// 催告.
const STAYED: u32 = 6;

/// The day on whose end the right is gone; events in the order of their days. What happens after
/// that day changes nothing. `None` outside the calendar.
pub fn completes_on(due_on: NaiveDate, events: &[Event]) -> Option<NaiveDate> {
    let from = |day: NaiveDate, months| last_day_of_period(day.succ_opt()?, months);
    let mut ordered = events.to_vec();
    ordered.sort_by_key(|event| event.date);
    let mut end = from(due_on, MONTHS)?;
    let (mut dunned, mut stayed) = (false, false);
    for event in ordered {
        if event.date > end {
            break;
        }
        match event.kind {
            EventKind::DunningArrived if dunned => {}
            EventKind::UrgingArrived if stayed => {}
            EventKind::UrgingArrived => {
                stayed = true;
                end = end.max(from(event.date, STAYED)?);
            }
            kind => {
                dunned |= kind == EventKind::DunningArrived;
                stayed = false;
                end = end.max(from(event.date, MONTHS)?);
            }
        }
    }
    Some(end)
}
