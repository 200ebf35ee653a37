//! 学生特例 (法116条): who lives in another municipality for study stays a member of the household
//! from which the study is paid.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StudentEnd {
    #[strum(message = "卒業")]
    Graduated,
    /// 退学・休学して帰宅.
    #[strum(message = "退学・休学")]
    LeftSchool,
    /// 就職して社保に加入.
    #[strum(message = "就職（社保加入）")]
    Employed,
    /// 婚姻などで独立した世帯.
    #[strum(message = "婚姻などで独立")]
    OwnHousehold,
    /// 世帯が市外へ転出: the new city takes over.
    #[strum(message = "世帯の転出")]
    HouseholdMoved,
}

coded!(StudentEnd, named);

/// Longer than this no school takes.
const MOST_YEARS: u32 = 10;

/// Why a study cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StudentRefused {
    #[error("卒業の予定日は、始まりの日より後で10年以内にしてください")]
    ExpectedEnd,
    #[error("終わった日は、始まりの日から業務日までの日にしてください")]
    EndedOn,
    #[error("終わった日には、終わった理由が要ります")]
    EndReason,
}

impl StudentRefused {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            StudentRefused::ExpectedEnd => "expected_end",
            StudentRefused::EndedOn => "ended_on",
            StudentRefused::EndReason => "end_reason",
        }
    }
}

/// When a study elsewhere begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Study {
    pub starts_on: NaiveDate,
    /// 卒業の予定日.
    pub expected_end: NaiveDate,
    /// None while it goes on.
    pub ended_on: Option<NaiveDate>,
    pub end_reason: Option<StudentEnd>,
}

/// Whether the days of a study can be.
pub fn check(study: &Study, today: NaiveDate) -> Result<(), StudentRefused> {
    let (starts_on, expected_end) = (study.starts_on, study.expected_end);
    let last = starts_on.checked_add_months(Months::new(12 * MOST_YEARS));
    if expected_end <= starts_on || last.is_none_or(|last| expected_end > last) {
        return Err(StudentRefused::ExpectedEnd);
    }
    match (study.ended_on, study.end_reason) {
        (Some(ended), _) if ended < starts_on || ended > today => Err(StudentRefused::EndedOn),
        (Some(_), None) => Err(StudentRefused::EndReason),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_ends_after_it_began_within_ten_years_and_an_end_has_a_reason() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-06-10");
        let told = |expected: &str, ended: Option<&str>, end_reason| {
            let study = Study {
                starts_on: day("2026-04-01"),
                expected_end: day(expected),
                ended_on: ended.map(day),
                end_reason,
            };
            check(&study, today)
        };
        assert_eq!(told("2030-03-31", None, None), Ok(()));
        assert_eq!(
            told("2026-04-01", None, None),
            Err(StudentRefused::ExpectedEnd)
        );
        assert_eq!(told("2036-04-01", None, None), Ok(()));
        assert_eq!(
            told("2036-04-02", None, None),
            Err(StudentRefused::ExpectedEnd)
        );
        let left = Some(StudentEnd::LeftSchool);
        assert_eq!(told("2030-03-31", Some("2026-06-10"), left), Ok(()));
        for ended in ["2026-06-11", "2026-03-31"] {
            assert_eq!(
                told("2030-03-31", Some(ended), left),
                Err(StudentRefused::EndedOn)
            );
        }
        let refused = told("2030-03-31", Some("2026-05-01"), None);
        assert_eq!(refused, Err(StudentRefused::EndReason));
    }
}
