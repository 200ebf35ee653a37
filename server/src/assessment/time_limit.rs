//! 期間制限 (法110条の2): which years are decided no more, and what may still be lowered.

use super::basis::Basis;
use super::draft::Draft;
use crate::error::ServiceError;
use crate::figures;
use chrono::NaiveDate;
use kokuho_shared::api::assessment::Decide;
use kokuho_shared::assessment::schedule::limit;
use kokuho_shared::era;

/// The longest reason that is kept.
const MOST_REASON: usize = 200;

impl Basis {
    /// 法110条の2第1項: the two years of this debtor, of whom a pension pays from the first 納入 on.
    pub fn refuse_closed(&self, draft: &Draft, on: NaiveDate) -> Result<(), ServiceError> {
        let first_due = self
            .assessor
            .first_due(&draft.deducted, &figures::pension()?)?;
        let months = self.assessor.rules.decision_months;
        let last = first_due.and_then(|due| limit::last_decision_of(&draft.inputs, due, months));
        match last.filter(|last| on > *last) {
            None => Ok(()),
            Some(last) => {
                let text = format!(
                    "{}の保険料は、{}を過ぎたため決定できません（国民健康保険法110条の2）",
                    era::fiscal_year(self.fiscal_year),
                    era::format(last)
                );
                Err(ServiceError::invalid_at("fiscal_year", text))
            }
        }
    }
}

/// 法110条の2第2項: after the two years a premium is only lowered, where another insurance of an employee covered the
/// time without the household's fault.
pub fn adjusted(
    wish: &Decide,
    total: i64,
    booked: i64,
    closed: ServiceError,
) -> Result<(), ServiceError> {
    let Some(reason) = wish.adjustment.as_deref().map(str::trim) else {
        return Err(closed);
    };
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        let text = format!("法110条の2第2項に当たる理由を{MOST_REASON}字までで入力してください");
        return Err(ServiceError::invalid_at("adjustment", text));
    }
    if total >= booked {
        let text = "期間制限を過ぎた年度は、被用者保険との調整による減額だけを決定できます（法110条の2第2項）";
        return Err(ServiceError::invalid_at("adjustment", text));
    }
    Ok(())
}
