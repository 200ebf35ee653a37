//! GS1-128 of 料金代理収納 (コンビニ収納): 44 digits and the bars that carry them.

use crate::error::LettersError;
use crate::forms::{CheckScope, Convenience};
use barcoders::sym::code128::Code128;

/// Digits of the fields: AI, 請求書発行企業コード, 自由使用欄, 再発行区分, 支払期限, 印紙フラグ, 支払金額.
pub(crate) const WIDTHS: [usize; 7] = [2, 6, 21, 1, 6, 1, 6];

/// Start in code set C and FNC1, as the encoder writes them.
const START_C_FNC1: &str = "\u{0106}\u{0179}";

/// What the 44 digits say, before the check digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields<'a> {
    /// 自由使用欄: filled with zeros at the end.
    pub free: &'a str,
    /// 再発行区分.
    pub reissues: u8,
    /// 支払期限 as YYMMDD; `None` for no limit.
    pub deadline: Option<&'a str>,
    /// 支払金額 in yen.
    pub amount: i64,
}

/// The fields as digits in their order, the check digit last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits(pub [String; 8]);

impl Digits {
    /// All 44.
    pub fn all(&self) -> String {
        self.0.concat()
    }
}

/// Modulus 10 with weights 3 and 1 from the right; `None` where a character is no digit.
pub fn mod10_weight3(digits: &str) -> Option<u32> {
    let weighted = digits.chars().rev().zip([3, 1].into_iter().cycle());
    let sum = weighted
        .map(|(digit, weight)| digit.to_digit(10).map(|value| value * weight))
        .sum::<Option<u32>>()?;
    Some((10 - sum % 10) % 10)
}

/// The digits of a slip by the layout of its day.
pub fn digits(fields: &Fields, layout: &Convenience) -> Result<Digits, LettersError> {
    let free = format!("{}{}", layout.agent_digits, fields.free);
    let amount = fields.amount.to_string();
    let parts = [
        layout.application_identifier.clone(),
        layout.company_code.clone(),
        format!("{free:0<width$}", width = WIDTHS[2]),
        fields.reissues.to_string(),
        fields.deadline.unwrap_or(&layout.no_deadline).to_owned(),
        layout.stamp_flag.clone(),
        format!("{amount:0>width$}", width = WIDTHS[6]),
    ];
    for (part, width) in parts.iter().zip(WIDTHS) {
        if part.len() != width || !part.chars().all(|c| c.is_ascii_digit()) {
            return Err(LettersError::Barcode(format!(
                "「{part}」は {width} 桁の数字ではありません"
            )));
        }
    }
    let checked = match layout.check_digit {
        CheckScope::Whole => parts.concat(),
        CheckScope::WithoutIdentifier => parts[1..].concat(),
    };
    let unreadable = || LettersError::Barcode(format!("「{checked}」の検査数字"));
    let check = mod10_weight3(&checked).ok_or_else(unreadable)?;
    let [ai, company, free, reissues, deadline, stamp, amount] = parts;
    let check = check.to_string();
    Ok(Digits([
        ai, company, free, reissues, deadline, stamp, amount, check,
    ]))
}

/// Widths in modules, beginning with a bar, then space and bar in turn.
pub fn runs(digits: &str) -> Result<Vec<u16>, LettersError> {
    let code = Code128::new(format!("{START_C_FNC1}{digits}"))
        .map_err(|why| LettersError::Barcode(why.to_string()))?;
    let mut runs: Vec<u16> = Vec::new();
    let mut before = None;
    for module in code.encode() {
        match runs.last_mut() {
            Some(run) if before == Some(module) => *run += 1,
            _ => runs.push(1),
        }
        before = Some(module);
    }
    Ok(runs)
}
