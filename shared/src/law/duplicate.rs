//! 資格重複の職権喪失 as dated figures.

use super::LawError;
use super::parameters::Cited;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How often somebody must be listed, and how long each urging waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRule {
    /// So many lists in a row.
    pub lists: i64,
    /// Days that the first urging and the second wait.
    pub first_days: u64,
    pub second_days: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRules {
    pub rule: Vec<Cited<DuplicateRule>>,
}

impl DuplicateRules {
    /// The rule of a day; a day without one is refused.
    pub fn of(&self, day: NaiveDate) -> Result<&DuplicateRule, LawError> {
        let mut all = self.rule.iter();
        let found = all.find(|cited| cited.from <= day && day < cited.until);
        found
            .map(|cited| &cited.value)
            .ok_or(LawError::MissingYear {
                table: "資格重複",
                year: crate::calendar::FiscalYear::of(day).0,
            })
    }
}
