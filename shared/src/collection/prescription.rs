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
    /// 催告の到達: stays the end for six months; without effect while only an earlier one keeps the
    /// right alive (民法150条2項).
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
    // When the right would end without any 催告, and until when a 催告 stays that end.
    let mut ordinary = from(due_on, MONTHS)?;
    let mut stayed = ordinary;
    let mut dunned = false;
    for event in ordered {
        if event.date > ordinary.max(stayed) {
            break;
        }
        match event.kind {
            EventKind::DunningArrived if dunned => {}
            EventKind::UrgingArrived if event.date > ordinary => {}
            EventKind::UrgingArrived => stayed = stayed.max(from(event.date, STAYED)?),
            kind => {
                dunned |= kind == EventKind::DunningArrived;
                ordinary = ordinary.max(from(event.date, MONTHS)?);
            }
        }
    }
    Some(ordinary.max(stayed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use EventKind::{DunningArrived, PartPayment, UrgingArrived};

    fn end(due_on: &str, events: &[(EventKind, &str)]) -> String {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let events: Vec<Event> = events
            .iter()
            .map(|(kind, date)| Event {
                kind: *kind,
                date: day(date),
            })
            .collect();
        completes_on(day(due_on), &events).unwrap().to_string()
    }

    #[test]
    fn a_second_urging_after_the_first_ones_six_months_holds_the_end_back_again() {
        let urged = [(UrgingArrived, "2024-08-01"), (UrgingArrived, "2025-05-20")];
        assert_eq!(end("2023-06-30", &urged), "2025-11-20");
        assert_eq!(end("2023-06-30", &urged[..1]), "2025-06-30");
    }

    #[test]
    fn one_inside_the_firsts_six_months_counts_while_the_ordinary_term_runs_and_not_after_it() {
        let first = (UrgingArrived, "2025-03-01");
        assert_eq!(
            end("2023-06-30", &[first, (UrgingArrived, "2025-05-20")]),
            "2025-11-20"
        );
        assert_eq!(
            end("2023-06-30", &[first, (UrgingArrived, "2025-06-30")]),
            "2025-12-31"
        );
        // Only the first one keeps it open.
        assert_eq!(
            end("2023-06-30", &[first, (UrgingArrived, "2025-07-01")]),
            "2025-09-01"
        );
        // After the end nothing does.
        assert_eq!(
            end("2023-06-30", &[first, (PartPayment, "2025-09-02")]),
            "2025-09-01"
        );
    }

    #[test]
    fn six_months_of_an_urging_begin_with_the_next_day() {
        for (due_on, urged_on, until) in [
            ("2024-06-30", "2026-06-30", "2026-12-31"),
            ("2024-02-28", "2026-02-28", "2026-08-31"),
            ("2024-09-30", "2026-09-30", "2027-03-31"),
        ] {
            assert_eq!(end(due_on, &[(UrgingArrived, urged_on)]), until);
        }
    }

    #[test]
    fn what_renews_before_the_due_date_never_makes_the_end_come_earlier() {
        let notice = [(EventKind::Admission, "2026-06-15")];
        assert_eq!(end("2027-03-31", &notice), "2029-03-31");
    }

    #[test]
    fn only_the_first_dunning_renews_and_a_renewal_lets_an_urging_work_again() {
        let dunned = [
            (DunningArrived, "2024-08-22"),
            (DunningArrived, "2025-08-22"),
        ];
        assert_eq!(end("2024-07-31", &dunned), "2026-08-22");
        let kept_alive = [
            (UrgingArrived, "2026-07-01"),
            (PartPayment, "2026-12-01"),
            (UrgingArrived, "2028-11-30"),
        ];
        assert_eq!(end("2024-07-31", &kept_alive), "2029-05-31");
    }
}
