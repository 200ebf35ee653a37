//! 届く予定のファイル: which files other offices deliver on which days, and which of them are late.

use crate::calendar::{FiscalYear, this_or_next_business_day};
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// How often a file comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Every {
    /// On each day on which the office is open.
    BusinessDay,
    /// On a day of each month, or the next open day.
    Month { day: u32 },
    /// On a day of each year, or the next open day.
    Year { month: u32, day: u32 },
}

/// A file that is expected again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFile {
    /// The word under which it is taken in.
    pub kind: String,
    pub name: String,
    pub partner: String,
    pub every: Every,
    /// The yearly run waits for it.
    #[serde(default)]
    pub holds_run: bool,
}

/// How one delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ArrivalState {
    /// 受領.
    Arrived,
    /// 遅れて受領.
    ArrivedLate,
    /// 未着: its day is past.
    Missing,
    /// 予定.
    Awaited,
}

impl ArrivalState {
    pub fn name(self) -> &'static str {
        match self {
            ArrivalState::Arrived => "受領",
            ArrivalState::ArrivedLate => "遅れて受領",
            ArrivalState::Missing => "未着",
            ArrivalState::Awaited => "予定",
        }
    }
}

impl ExpectedFile {
    /// The days from `from` to `until` on which it is due, in order. `closed_days` lists closed
    /// days besides Saturdays and Sundays.
    pub fn due_days(
        &self,
        from: NaiveDate,
        until: NaiveDate,
        closed_days: &[NaiveDate],
    ) -> Vec<NaiveDate> {
        // The next open day may lie behind the day of the rule.
        let begin = from.checked_sub_days(Days::new(14)).unwrap_or(from);
        let days = begin.iter_days().take_while(|day| *day <= until);
        let named = days.filter(|day| self.names(*day));
        let mut due: Vec<NaiveDate> = match self.every {
            Every::BusinessDay => named
                .filter(|day| this_or_next_business_day(*day, closed_days) == Some(*day))
                .collect(),
            _ => named
                .filter_map(|day| this_or_next_business_day(day, closed_days))
                .collect(),
        };
        due.retain(|day| (from..=until).contains(day));
        due.dedup();
        due
    }

    fn names(&self, day: NaiveDate) -> bool {
        match self.every {
            Every::BusinessDay => true,
            // The 31st of a shorter month is its last day.
            Every::Month { day: of_month } => {
                let last = day
                    .succ_opt()
                    .is_none_or(|next| next.month() != day.month());
                day.day() == of_month || (last && day.day() < of_month)
            }
            Every::Year {
                month,
                day: of_month,
            } => (day.month(), day.day()) == (month, of_month),
        }
    }
}

/// Which arrival answers which due day: each the first that comes after the due day before it and
/// is not nearer to the next one. `arrived` are days in order; none answers two.
pub fn judge(
    due: &[NaiveDate],
    arrived: &[NaiveDate],
    today: NaiveDate,
) -> Vec<(NaiveDate, ArrivalState, Option<usize>)> {
    let mut unused = 0;
    let mut before: Option<NaiveDate> = None;
    let mut all = Vec::with_capacity(due.len());
    for (place, day) in due.iter().enumerate() {
        let next = due.get(place + 1);
        let fits = |arrived: NaiveDate| {
            let nearer = next.is_none_or(|next| arrived - *day <= *next - arrived);
            before.is_none_or(|before| arrived > before) && (arrived <= *day || nearer)
        };
        let mut rest = arrived.iter().enumerate().skip(unused);
        let found = rest.find(|(_, arrived)| fits(**arrived));
        let state = match found {
            Some((_, arrived)) if arrived <= day => ArrivalState::Arrived,
            Some(_) => ArrivalState::ArrivedLate,
            None if *day < today => ArrivalState::Missing,
            None => ArrivalState::Awaited,
        };
        let found = found.map(|(found, _)| found);
        unused = found.map_or(unused, |found| found + 1);
        all.push((*day, state, found));
        before = Some(*day);
    }
    all
}

/// The day of a fiscal year on which a yearly file is due.
pub fn due_in(
    file: &ExpectedFile,
    year: FiscalYear,
    closed_days: &[NaiveDate],
) -> Option<NaiveDate> {
    let (from, until) = (year.april()?, year.after().april()?);
    let due = file.due_days(from, until.pred_opt()?, closed_days);
    due.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn file(every: Every) -> ExpectedFile {
        ExpectedFile {
            kind: "incomes".into(),
            name: "所得".into(),
            partner: "本市税務".into(),
            every,
            holds_run: true,
        }
    }

    #[test]
    fn a_due_day_on_a_closed_day_moves_to_the_next_open_one() {
        let closed = [day("2026-06-15")];
        let monthly = file(Every::Month { day: 13 });
        // The 13th is a Saturday, and the Monday is closed.
        let due = monthly.due_days(day("2026-06-01"), day("2026-07-31"), &closed);
        assert_eq!(due, [day("2026-06-16"), day("2026-07-13")]);
        let daily = file(Every::BusinessDay);
        let due = daily.due_days(day("2026-06-12"), day("2026-06-17"), &closed);
        assert_eq!(
            due,
            [day("2026-06-12"), day("2026-06-16"), day("2026-06-17")]
        );
        let yearly = file(Every::Year { month: 5, day: 20 });
        assert_eq!(
            due_in(&yearly, FiscalYear(2026), &[]),
            Some(day("2026-05-20"))
        );
        let last = file(Every::Month { day: 31 });
        let due = last.due_days(day("2026-06-01"), day("2026-07-31"), &[]);
        assert_eq!(
            due,
            [day("2026-06-01"), day("2026-06-30"), day("2026-07-31")],
            "31 May is a Sunday"
        );
        // Moved over the end of what is looked at, it is not there twice.
        let due = monthly.due_days(day("2026-06-14"), day("2026-06-14"), &closed);
        assert_eq!(due, []);
    }

    #[test]
    fn each_due_day_takes_the_first_arrival_after_the_one_before_it() {
        let due = [
            day("2026-04-10"),
            day("2026-05-11"),
            day("2026-06-10"),
            day("2026-07-10"),
        ];
        let arrived = [day("2026-04-09"), day("2026-05-20"), day("2026-05-21")];
        let states: Vec<_> = judge(&due, &arrived, day("2026-06-11"))
            .into_iter()
            .map(|(_, state, found)| (state, found))
            .collect();
        assert_eq!(
            states,
            [
                (ArrivalState::Arrived, Some(0)),
                (ArrivalState::ArrivedLate, Some(1)),
                (ArrivalState::Arrived, Some(2)),
                (ArrivalState::Awaited, None),
            ]
        );
    }

    #[test]
    fn a_file_that_comes_for_the_next_day_does_not_stand_for_the_one_that_never_came() {
        let due = [day("2026-05-11"), day("2026-06-10")];
        let told = judge(&due, &[day("2026-06-09")], day("2026-06-10"));
        assert_eq!(
            (told[0].1, told[1].1),
            (ArrivalState::Missing, ArrivalState::Arrived)
        );
        let daily = [day("2026-06-09"), day("2026-06-10")];
        let told = judge(&daily, &[day("2026-06-10")], day("2026-06-10"));
        assert_eq!(
            (told[0].1, told[1].1),
            (ArrivalState::Missing, ArrivalState::Arrived)
        );
    }

    #[test]
    fn what_never_came_is_missing_once_its_day_is_past() {
        let due = [day("2026-05-11"), day("2026-06-10")];
        let told = judge(&due, &[], day("2026-06-10"));
        assert_eq!(told[0].1, ArrivalState::Missing);
        assert_eq!(told[1].1, ArrivalState::Awaited);
    }
}
