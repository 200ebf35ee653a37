//! 賦課の結果: everything a household's premium consists of, for preview and decision alike.

use super::household::Household;
use super::instalments::{self, Instalment};
use super::months;
use super::premium::{self, AssessmentError, Premium};
use super::rules::Rules;
use crate::calendar::Month;
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
    /// 随時期 of those who join in the last month.
    late: Result<NaiveDate, LawError>,
}

impl Assessor {
    pub fn new(parameters: Parameters) -> Result<Assessor, AssessmentError> {
        let rules = Rules::of(&parameters)?;
        let holidays = shipped::holidays()?;
        let due = instalments::due_dates(&parameters.instalments.value, &holidays)?;
        let late =
            instalments::late_due_date(&parameters.instalments.value, &holidays, rules.fiscal_year);
        Ok(Assessor {
            parameters,
            rules,
            due,
            late,
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
            instalments: self.split(premium.total, self.first_month(household))?,
        })
    }

    /// The first month in which somebody is charged, counted from April.
    fn first_month(&self, household: &Household) -> i32 {
        let members = household.members.iter();
        let charged = members.fold(0, |all, member| all | months::insured(member, &self.rules));
        if charged == 0 {
            0
        } else {
            i32::try_from(charged.trailing_zeros()).unwrap_or(0)
        }
    }

    /// Those who join within the year pay in the instalments from the next month on.
    fn split(&self, total: Yen, first_month: i32) -> Result<Vec<Instalment>, AssessmentError> {
        let rules = &self.parameters.instalments.value;
        let month_of = |place: usize| {
            rules
                .months
                .get(place)
                .and_then(|month| month.parse::<Month>().ok())
        };
        let after = |place: usize| {
            let index =
                month_of(place).map(|month| self.rules.fiscal_year.month_index(month.first_day()));
            first_month == 0 || index.is_some_and(|index| index > first_month)
        };
        let due = self
            .due
            .iter()
            .enumerate()
            .filter(|(place, _)| after(*place));
        let mut due: Vec<(usize, NaiveDate)> = due.map(|(place, day)| (place, *day)).collect();
        if due.is_empty() {
            due.push((self.due.len(), self.late.clone()?));
        }
        let amounts = instalments::split(total, due.len(), rules.unit, rules.remainder_to)
            .map_err(|why| LawError::Unreadable(why.to_string()))?;
        let all = amounts.into_iter().zip(due);
        all.map(|(amount, (place, due_on))| {
            Ok(Instalment {
                number: u8::try_from(place + 1).map_err(|_| AssessmentError::OutOfRange)?,
                amount,
                due_on,
            })
        })
        .collect()
    }
}
