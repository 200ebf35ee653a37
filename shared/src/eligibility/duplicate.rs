//! 資格重複: somebody whom the federation's list shows with another insurance as well is urged to
//! report it, twice, before the city ends the 資格 by itself (職権喪失).

use crate::era;
use crate::law::duplicate::DuplicateRule;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// How far a case is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DuplicateState {
    /// On the list, not often enough yet.
    #[default]
    #[strum(message = "一覧に掲載（経過をみる）")]
    Detected,
    /// On so many lists in a row.
    #[strum(message = "勧奨の対象")]
    Candidate,
    /// 勧奨 once, and twice.
    #[strum(message = "勧奨1回目")]
    Urged1,
    #[strum(message = "勧奨2回目")]
    Urged2,
    /// 職権喪失.
    #[strum(message = "職権喪失済み")]
    Lost,
    /// 対象外: for a reason.
    #[strum(message = "対象外")]
    Dismissed,
    /// No longer on the list: reported, or the other insurance ended.
    #[strum(message = "一覧から消えた")]
    Gone,
}

coded!(DuplicateState, named);

impl DuplicateState {
    /// Somebody still has to do something, or will have to.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            DuplicateState::Lost | DuplicateState::Dismissed | DuplicateState::Gone
        )
    }
}

/// A case as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Case {
    pub state: DuplicateState,
    /// Lists in a row that show the same other insurance.
    pub seen: i64,
    /// Until when the last urging waits.
    pub due_on: Option<NaiveDate>,
}

/// 資格取得日 of both insurances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acquired {
    pub here: NaiveDate,
    /// Of the other insurance.
    pub elsewhere: NaiveDate,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepRefused {
    #[error("続けて一覧に載った回数が足りないため、まだ勧奨できません")]
    TooEarly,
    #[error("勧奨の期限（{}）が過ぎていません", era::format(*.0))]
    Waiting(NaiveDate),
    #[error("2回の勧奨の期限が過ぎてから、職権で喪失を登録できます")]
    NotUrged,
    #[error("2回の勧奨は済んでいます")]
    UrgedTwice,
    #[error("この案件は終わっています")]
    Ended,
    #[error("社保の資格取得日（{}）が国保の資格取得日より前です。加入の誤りとして、資格取得の取消しを確かめてください", era::format(*.0))]
    OtherFirst(NaiveDate),
}

impl Case {
    /// Listed once more with the same other insurance.
    pub fn listed(self, rule: &DuplicateRule) -> Case {
        let seen = self.seen + 1;
        let state = match self.state {
            DuplicateState::Detected if seen >= rule.lists => DuplicateState::Candidate,
            other => other,
        };
        Case {
            state,
            seen,
            ..self
        }
    }

    /// 勧奨: the first, or the second once the first has waited.
    pub fn urged(self, today: NaiveDate, rule: &DuplicateRule) -> Result<Case, StepRefused> {
        let after = |days: u64| today.checked_add_days(Days::new(days));
        let (state, due_on) = match self.state {
            DuplicateState::Detected => return Err(StepRefused::TooEarly),
            DuplicateState::Candidate => (DuplicateState::Urged1, after(rule.first_days)),
            DuplicateState::Urged1 => {
                self.waited(today)?;
                (DuplicateState::Urged2, after(rule.second_days))
            }
            DuplicateState::Urged2 => return Err(StepRefused::UrgedTwice),
            _ => return Err(StepRefused::Ended),
        };
        Ok(Case {
            state,
            due_on,
            ..self
        })
    }

    /// 職権喪失: after both urgings, of whoever joined the other insurance later than this one.
    pub fn lost(self, today: NaiveDate, acquired: Acquired) -> Result<Case, StepRefused> {
        match self.state {
            DuplicateState::Urged2 => self.waited(today)?,
            state if state.is_open() => return Err(StepRefused::NotUrged),
            _ => return Err(StepRefused::Ended),
        }
        if acquired.elsewhere < acquired.here {
            return Err(StepRefused::OtherFirst(acquired.elsewhere));
        }
        Ok(Case {
            state: DuplicateState::Lost,
            due_on: None,
            ..self
        })
    }

    fn waited(self, today: NaiveDate) -> Result<(), StepRefused> {
        match self.due_on {
            Some(due) if today <= due => Err(StepRefused::Waiting(due)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn acquired(here: &str, elsewhere: &str) -> Acquired {
        Acquired {
            here: day(here),
            elsewhere: day(elsewhere),
        }
    }

    fn rule() -> DuplicateRule {
        let rules = figures::duplicates().unwrap();
        assert!(rules.of(day("2022-11-30")).is_err());
        *rules.of(day("2026-06-10")).unwrap()
    }

    #[test]
    fn two_lists_in_a_row_then_two_urgings_that_wait_then_the_loss() {
        let rule = rule();
        let first = Case::default().listed(&rule);
        assert_eq!(first.state, DuplicateState::Detected);
        let today = day("2026-06-10");
        assert_eq!(first.urged(today, &rule), Err(StepRefused::TooEarly));
        let second = first.listed(&rule);
        assert_eq!((second.state, second.seen), (DuplicateState::Candidate, 2));
        let urged = second.urged(today, &rule).unwrap();
        assert_eq!(urged.due_on, Some(day("2026-07-11")));
        let due = day("2026-07-11");
        assert_eq!(urged.urged(due, &rule), Err(StepRefused::Waiting(due)));
        let twice = urged.urged(day("2026-07-12"), &rule).unwrap();
        assert_eq!(twice.due_on, Some(day("2026-07-26")));
        let days = acquired("2020-04-01", "2026-04-01");
        assert_eq!(
            urged.lost(day("2027-01-01"), days),
            Err(StepRefused::NotUrged)
        );
        let due = day("2026-07-26");
        assert_eq!(twice.lost(due, days), Err(StepRefused::Waiting(due)));
        let lost = twice.lost(day("2026-07-27"), days).unwrap();
        assert_eq!(lost.state, DuplicateState::Lost);
        assert_eq!(lost.urged(today, &rule), Err(StepRefused::Ended));
        assert_eq!(twice.urged(today, &rule), Err(StepRefused::UrgedTwice));
    }

    #[test]
    fn whoever_had_the_other_insurance_first_did_not_lose_but_never_acquired() {
        let case = Case {
            state: DuplicateState::Urged2,
            seen: 4,
            due_on: Some(day("2026-06-01")),
        };
        let days = acquired("2026-04-01", "2026-03-31");
        let refused = StepRefused::OtherFirst(day("2026-03-31"));
        assert_eq!(case.lost(day("2026-06-10"), days), Err(refused));
        let same = acquired("2026-04-01", "2026-04-01");
        assert!(case.lost(day("2026-06-10"), same).is_ok());
    }

    #[test]
    fn being_listed_again_changes_nothing_of_what_was_done() {
        let rule = rule();
        for state in DuplicateState::ALL {
            let case = Case {
                state,
                seen: 5,
                due_on: None,
            };
            let after = case.listed(&rule).state;
            let expected = match state {
                DuplicateState::Detected => DuplicateState::Candidate,
                other => other,
            };
            assert_eq!(after, expected);
        }
    }
}
