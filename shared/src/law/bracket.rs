//! 高額療養費の所得区分 as dated figures (令29条の3).

use super::LawError;
use super::parameters::Cited;
use crate::calendar::Month;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// The lines in yen that part the brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BracketRule {
    /// ア: 基準所得額 together above this.
    pub highest_over: Yen,
    /// イ: above this.
    pub high_over: Yen,
    /// エ: up to this.
    pub low_up_to: Yen,
    /// 現役並みIII and II: 課税所得 from these on.
    pub active3_from: Yen,
    pub active2_from: Yen,
    /// 低所得I: so much is taken off a pension, and off an income from salary.
    pub pension_deduction: Yen,
    pub salary_less: Yen,
    /// 基準所得額 above which nobody is exempt from 市町村民税 (地方税法295条).
    pub exempt_basis_up_to: Yen,
    /// 特定疾病: the limit of a month, and of dialysis in ア and イ (令29条の3第9項).
    pub disease_limit: Yen,
    pub disease_limit_high: Yen,
}

/// The rules by the months of care in which they hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BracketRules {
    pub rule: Vec<Cited<BracketRule>>,
}

impl BracketRule {
    /// Whether the figures can be right: a digit lost in one of them puts them out of order.
    fn is_in_order(&self) -> bool {
        let lines = [
            self.disease_limit,
            self.disease_limit_high,
            self.salary_less,
            self.pension_deduction,
            self.exempt_basis_up_to,
            self.low_up_to,
            self.active2_from,
            self.high_over,
            self.active3_from,
            self.highest_over,
        ];
        self.disease_limit > Yen::ZERO && lines.is_sorted_by(|less, more| less < more)
    }
}

impl BracketRules {
    /// Every month between the first and the last has one rule, and each is in order.
    pub fn check(&self) -> Result<(), LawError> {
        let joined = self.rule.is_sorted_by(|one, next| one.until == next.from);
        if joined && self.rule.iter().all(|cited| cited.value.is_in_order()) {
            return Ok(());
        }
        Err(LawError::Unreadable(
            "所得区分: 金額か期間が正しくありません".into(),
        ))
    }

    /// The rule of a month of care; a month without one is refused.
    pub fn of(&self, month: Month) -> Result<&BracketRule, LawError> {
        let day = month.first_day();
        let mut all = self.rule.iter();
        let found = all.find(|cited| cited.from <= day && day < cited.until);
        found
            .map(|cited| &cited.value)
            .ok_or(LawError::MissingYear {
                table: "所得区分",
                year: crate::calendar::FiscalYear::of(day).0,
            })
    }
}
