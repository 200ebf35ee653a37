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
    /// The month in which the ratio is judged anew on last year's income (令27条の2第1項).
    pub judged_in: u32,
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

impl CopaymentRule {
    /// Whether the figures can be right: a digit lost in one of them puts them out of order.
    fn is_in_order(&self) -> bool {
        let tenths = [self.preschool, self.usual, self.senior, self.active];
        let rates = tenths
            .iter()
            .all(|rate| (100_000..=300_000).contains(&rate.parts_per_million()));
        let lines = [
            self.per_child_16_to_18,
            self.per_child_under16,
            self.taxable_from,
            self.basis_up_to,
            self.receipts_of_one,
            self.receipts_of_many,
        ];
        rates
            && (1..=12).contains(&self.judged_in)
            && self.senior <= self.active
            && lines.is_sorted_by(|less, more| less < more)
            && self.per_child_under16.0 <= self.per_child_16_to_18.0 * 3
    }
}

impl CopaymentRules {
    /// Every month between the first and the last has one rule, and each is in order.
    pub fn check(&self) -> Result<(), LawError> {
        let joined = self.rule.is_sorted_by(|one, next| one.until == next.from);
        if joined && self.rule.iter().all(|cited| cited.value.is_in_order()) {
            return Ok(());
        }
        Err(LawError::Unreadable(
            "負担割合: 金額か期間が正しくありません".into(),
        ))
    }

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
