//! 総合課税の譲渡・一時所得 as dated figures.

use super::LawError;
use super::parameters::Cited;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// What comes off gains and 一時所得, and what share of long gains and 一時所得 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRule {
    /// In yen, of transfers and of 一時所得 each.
    pub special_deduction: i64,
    /// Long gains and 一時所得 count by one part of so many.
    pub divisor: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRules {
    pub rule: Vec<Cited<KindRule>>,
}

impl KindRules {
    /// The rule of a calendar year of income; a year without one is refused.
    pub fn of(&self, income_year: i32) -> Result<&KindRule, LawError> {
        let day = NaiveDate::from_ymd_opt(income_year, 12, 31);
        let holds = |cited: &&Cited<KindRule>| {
            day.is_some_and(|day| cited.from <= day && day < cited.until)
        };
        let found = self.rule.iter().find(holds);
        found
            .map(|cited| &cited.value)
            .ok_or(LawError::MissingYear {
                table: "所得の種類",
                year: day.map_or(income_year, |day| day.year()),
            })
    }
}
