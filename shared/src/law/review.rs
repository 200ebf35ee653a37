//! 発送前の点検 as dated figures: which differences to last year somebody looks at.

use super::LawError;
use super::parameters::Cited;
use crate::calendar::FiscalYear;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// A difference is listed when it reaches both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRule {
    /// In yen a year.
    pub over_yen: Yen,
    /// Per cent of last year's amount.
    pub over_percent: i64,
}

impl ReviewRule {
    pub fn lists(&self, before: Yen, after: Yen) -> bool {
        let difference = i128::from((after - before).0.abs());
        let share = i128::from(before.0.abs()) * i128::from(self.over_percent);
        difference >= i128::from(self.over_yen.0) && difference * 100 >= share
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRules {
    pub rule: Vec<Cited<ReviewRule>>,
}

impl ReviewRules {
    /// The rule of a fiscal year; a year without one is refused.
    pub fn of(&self, year: FiscalYear) -> Result<&ReviewRule, LawError> {
        let missing = LawError::MissingYear {
            table: "発送前の点検",
            year: year.0,
        };
        let Some(day) = year.april() else {
            return Err(missing);
        };
        let mut all = self.rule.iter();
        let found = all.find(|cited| cited.from <= day && day < cited.until);
        found.map(|cited| &cited.value).ok_or(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    #[test]
    fn a_difference_is_listed_when_it_is_large_in_yen_and_in_share() {
        let rule = ReviewRule {
            over_yen: Yen(50_000),
            over_percent: 30,
        };
        let table = [
            (100_000, 150_000, true),
            (100_000, 149_999, false),
            (200_000, 259_999, false),
            (200_000, 140_000, true),
            (0, 50_000, true),
            (50_000, 0, true),
        ];
        for (before, after, listed) in table {
            assert_eq!(
                rule.lists(Yen(before), Yen(after)),
                listed,
                "{before} {after}"
            );
        }
        let rules = figures::review().unwrap();
        assert!(rules.of(FiscalYear(2026)).is_ok());
        assert!(rules.of(FiscalYear(2035)).is_err());
    }
}
