//! 賦課の結果: everything a household's premium consists of, for preview and decision alike.

use super::household::Household;
use super::instalments::{self, Instalment};
use super::premium::{self, AssessmentError, Premium};
use super::rules::Rules;
use crate::explain::Explanation;
use crate::law::parameters::Parameters;
use crate::law::{LawError, shipped};
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The version of the rules in this code; a stored decision names the one it was made with.
pub const RULE_VERSION: u32 = 1;

/// Premium, explanation and instalments of one household and fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub premium: Premium,
    pub explanation: Explanation,
    pub instalments: Vec<Instalment>,
}

/// A municipality's parameters, ready to assess many households.
#[derive(Clone, Debug)]
pub struct Assessor {
    pub parameters: Parameters,
    pub rules: Rules,
    due: Vec<NaiveDate>,
}

impl Assessor {
    pub fn new(parameters: Parameters) -> Result<Assessor, AssessmentError> {
        let rules = Rules::of(&parameters)?;
        let due = instalments::due_dates(&parameters.instalments.value, &shipped::holidays()?)?;
        Ok(Assessor {
            parameters,
            rules,
            due,
        })
    }

    /// The shipped parameters of a municipality and year; a missing year is refused.
    pub fn shipped(code: &str, year: i32) -> Result<Assessor, AssessmentError> {
        Assessor::new(shipped::parameters(
            code,
            crate::calendar::FiscalYear(year),
        )?)
    }

    /// 納期限 of the year, in order.
    pub fn due_dates(&self) -> &[NaiveDate] {
        &self.due
    }

    /// The one function behind preview, decision, public estimate and verification.
    pub fn assess(&self, household: &Household) -> Result<Assessment, AssessmentError> {
        let (premium, explanation) = premium::assess(household, &self.rules)?;
        Ok(Assessment {
            premium,
            explanation,
            instalments: self.split(premium.total)?,
        })
    }

    fn split(&self, total: Yen) -> Result<Vec<Instalment>, AssessmentError> {
        let rules = &self.parameters.instalments.value;
        let amounts = instalments::split(total, self.due.len(), rules.unit, rules.remainder_to)
            .map_err(|why| LawError::Unreadable(why.to_string()))?;
        let pairs = amounts.into_iter().zip(&self.due);
        Ok(pairs
            .map(|(amount, &due_on)| Instalment { amount, due_on })
            .collect())
    }
}
