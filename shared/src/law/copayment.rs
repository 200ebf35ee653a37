//! 一部負担金の割合 as dated figures (法42条, 令27条の2).

use super::LawError;
use super::parameters::Cited;
use crate::calendar::Month;
use crate::money::Yen;
use crate::rate::Rate;
use serde::{Deserialize, Serialize};

/// Ratios, and the lines in yen that decide who bears the higher one from 70 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopaymentRule {
    pub preschool: Rate,
    pub usual: Rate,
    /// 70–74.
    pub senior: Rate,
    /// 70–74, 現役並み所得者.
    pub active: Rate,
    /// 課税所得 from which on somebody may be 現役並み.
    pub taxable_from: Yen,
    /// 基準所得額 together up to which nobody is.
    pub basis_up_to: Yen,
    /// 収入金額 below which one person is not, and several or one with a former member are not.
    pub receipts_of_one: Yen,
    pub receipts_of_many: Yen,
    /// 課税所得 less so much for each child of little income.
    pub per_child_under16: Yen,
    pub per_child_16_to_18: Yen,
}

/// The rules by the months of care in which they hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopaymentRules {
    pub rule: Vec<Cited<CopaymentRule>>,
}

impl CopaymentRules {
    /// The rule of a month; a month without one is refused.
    pub fn of(&self, month: Month) -> Result<&CopaymentRule, LawError> {
        let day = month.first_day();
        let found = self
            .rule
            .iter()
            .find(|cited| cited.from <= day && day < cited.until);
        found
            .map(|cited| &cited.value)
            .ok_or(LawError::MissingYear {
                table: "負担割合",
                year: crate::calendar::FiscalYear::of(day).0,
            })
    }
}
