//! 納入済通知書の読取行: the lines of digits that a bank's reading centre scans.

use crate::error::LettersError;
use crate::forms::{Ocr, OcrCheck, OcrItem};
use crate::gs1::mod10_weight3;
use crate::letter::Letter;
use crate::slip::PaymentSlip;
use crate::view::six_digits;

/// The lines by the layout of their day; refused where a figure is too long for its field.
pub(crate) fn lines(
    letter: &Letter,
    slip: &PaymentSlip,
    layout: &Ocr,
) -> Result<Vec<String>, LettersError> {
    let lines = layout.lines.iter().map(|fields| {
        let mut line = String::new();
        for item in fields {
            let (name, value) = match item.field {
                OcrItem::Check => ("検査数字", check(&line, layout.check_digit)?),
                other => figure(letter, slip, layout, other)?,
            };
            let digits_only = value.chars().all(|c| c.is_ascii_digit());
            if !digits_only || value.len() > item.digits {
                return Err(LettersError::DoesNotFit {
                    letter: letter.number.clone(),
                    field: name,
                    value,
                    digits: item.digits,
                });
            }
            line.push_str(&format!("{value:0>width$}", width = item.digits));
        }
        Ok(line)
    });
    lines.collect()
}

fn check(line: &str, rule: OcrCheck) -> Result<String, LettersError> {
    match rule {
        OcrCheck::Mod10Weight3 => mod10_weight3(line)
            .map(|digit| digit.to_string())
            .ok_or_else(|| LettersError::Form(format!("読取行「{line}」の検査数字"))),
    }
}

fn figure(
    letter: &Letter,
    slip: &PaymentSlip,
    layout: &Ocr,
    item: OcrItem,
) -> Result<(&'static str, String), LettersError> {
    let total = || slip.total().unwrap_or_default().0.to_string();
    Ok(match item {
        OcrItem::Municipality => ("団体コード", letter.sender.municipality_code.clone()),
        OcrItem::Account => ("会計・科目", layout.account.clone()),
        OcrItem::SlipNumber => ("納付書番号", slip.slip_number.as_str().to_owned()),
        OcrItem::Instalment => ("期", slip.instalment.to_string()),
        OcrItem::FiscalYear => ("年度", letter.fiscal_year.to_string()),
        OcrItem::Reserve | OcrItem::Check => ("予備", String::new()),
        OcrItem::Principal => ("本料", slip.principal.0.to_string()),
        OcrItem::Fee => ("手数料", slip.fee.0.to_string()),
        OcrItem::LateCharge => ("延滞金", slip.late_charge.0.to_string()),
        OcrItem::Total => ("合計", total()),
        OcrItem::DueOn => ("納期限", six_digits(slip.due_on)),
    })
}
