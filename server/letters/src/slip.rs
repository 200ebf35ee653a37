//! 納付書 (自治法231条、自治令154条3項): what is to be paid for one instalment, and until when.

use crate::error::LettersError;
use crate::gs1::mod10_weight3;
use chrono::NaiveDate;
use kokuho_shared::money::Yen;
use serde::{Deserialize, Serialize};

/// 納付書番号: 16 digits, 業務 2 · 発行年 2 · 連番 10 · 再発行区分 1 · 検査数字 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlipNumber(String);

impl SlipNumber {
    /// The number with the check digit (modulus 10, weight 3) of the first fifteen digits.
    pub fn of(business: u8, issue_year: u8, serial: u64, reissues: u8) -> Option<SlipNumber> {
        let fits = business < 100 && issue_year < 100 && serial < 10_000_000_000 && reissues < 10;
        let digits = format!("{business:02}{issue_year:02}{serial:010}{reissues}");
        let check = fits.then(|| mod10_weight3(&digits)).flatten()?;
        Some(SlipNumber(format!("{digits}{check}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SlipNumber {
    type Error = LettersError;

    fn try_from(text: String) -> Result<SlipNumber, LettersError> {
        let parts = text.split_at_checked(15).filter(|_| text.len() == 16);
        let right = parts.is_some_and(|(digits, check)| {
            mod10_weight3(digits).is_some_and(|right| check == right.to_string())
        });
        if right {
            Ok(SlipNumber(text))
        } else {
            Err(LettersError::SlipNumber(text))
        }
    }
}

impl From<SlipNumber> for String {
    fn from(number: SlipNumber) -> String {
        number.0
    }
}

/// The data of one slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSlip {
    pub slip_number: SlipNumber,
    pub household_number: String,
    /// 納入義務者: the head.
    pub payer: String,
    /// 歳入科目.
    pub revenue_item: String,
    /// 期.
    pub instalment: u8,
    /// 本料.
    pub principal: Yen,
    /// 督促手数料.
    pub fee: Yen,
    /// 延滞金.
    pub late_charge: Yen,
    /// 納期限.
    pub due_on: NaiveDate,
    /// 取扱期限: the last day on which shops take the barcode; `None` for no limit.
    pub usable_until: Option<NaiveDate>,
    /// 再発行区分: how often the slip was issued again.
    pub reissues: u8,
}

impl PaymentSlip {
    /// 合計; `None` outside the range of yen.
    pub fn total(&self) -> Option<Yen> {
        let sum = self.principal.0.checked_add(self.fee.0)?;
        sum.checked_add(self.late_charge.0).map(Yen)
    }

    pub(crate) fn contradiction(&self) -> Option<String> {
        let amounts = [self.principal, self.fee, self.late_charge];
        if amounts.iter().any(|amount| amount.0 < 0) {
            return Some("納付額に負の金額があります".into());
        }
        match self.total() {
            None => Some("納付額の合計が計算できる範囲にありません".into()),
            Some(Yen::ZERO) => Some("納める金額が0円の納付書は作成できません".into()),
            Some(_) if self.usable_until.is_some_and(|day| day < self.due_on) => {
                Some("取扱期限が納期限より前です".into())
            }
            Some(_) => None,
        }
    }
}
