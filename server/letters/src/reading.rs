//! 納付書番号 in what machines read on a slip: the way back from the barcode and from the bank's line.

use crate::error::LettersError;
use crate::forms::{CheckScope, Convenience, Ocr, OcrCheck, OcrItem, SlipForms};
use crate::gs1::{WIDTHS, mod10_weight3};
use crate::slip::SlipNumber;

/// 納付書番号 has so many digits.
const DIGITS: usize = 16;

/// Read and right, or of the form and wrong.
type Read = Result<SlipNumber, LettersError>;

impl SlipForms {
    /// The number in digits that are it, the barcode's 44, or a line for the bank, alone or with the others; `None`
    /// where they are neither. Refused where a check digit does not hold.
    pub fn slip_number(&self, digits: &str) -> Option<Read> {
        if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        if digits.len() == DIGITS {
            return Some(SlipNumber::try_from(digits.to_owned()));
        }
        let bars = self.convenience.iter();
        let bars = bars.filter_map(|dated| in_barcode(digits, &dated.layout));
        let lines = self.ocr.iter();
        let lines = lines.filter_map(|dated| in_lines(digits, &dated.layout));
        let all: Vec<Read> = bars.chain(lines).collect();
        // Layouts of several days may have one length: the one whose check digits hold was used.
        let right = all.iter().position(Result::is_ok).unwrap_or(0);
        all.into_iter().nth(right)
    }
}

fn in_barcode(digits: &str, layout: &Convenience) -> Option<Read> {
    let begins = format!("{}{}", layout.application_identifier, layout.company_code);
    let (checked, check) =
        last(digits).filter(|_| digits.len() == WIDTHS.iter().sum::<usize>() + 1)?;
    let free = digits.strip_prefix(&begins)?;
    let checked = match layout.check_digit {
        CheckScope::Whole => checked,
        CheckScope::WithoutIdentifier => checked.get(WIDTHS[0]..)?,
    };
    let number = free
        .strip_prefix(&layout.agent_digits)?
        .get(..DIGITS)?
        .to_owned();
    Some(confirmed(number, holds(checked, check)))
}

fn in_lines(digits: &str, layout: &Ocr) -> Option<Read> {
    let width = |line: &Vec<crate::forms::OcrField>| line.iter().map(|field| field.digits).sum();
    let widths: Vec<usize> = layout.lines.iter().map(width).collect();
    let is_number = |item: OcrItem| item == OcrItem::SlipNumber;
    let at = layout
        .lines
        .iter()
        .position(|line| line.iter().any(|field| is_number(field.field)))?;
    let line = if digits.len() == widths[at] {
        digits
    } else if digits.len() == widths.iter().sum::<usize>() {
        let before = widths[..at].iter().sum::<usize>();
        digits.get(before..before + widths[at])?
    } else {
        return None;
    };
    let (mut number, mut right, mut place) = (None, true, 0);
    for field in &layout.lines[at] {
        let value = line.get(place..place + field.digits)?;
        if is_number(field.field) {
            number = Some(value.trim_start_matches('0'));
        }
        if field.field == OcrItem::Check {
            right &= match layout.check_digit {
                OcrCheck::Mod10Weight3 => holds(line.get(..place)?, value),
            };
        }
        place += field.digits;
    }
    Some(confirmed(format!("{:0>DIGITS$}", number?), right))
}

/// The digits before the last one, and this one.
fn last(digits: &str) -> Option<(&str, &str)> {
    digits.split_at_checked(digits.len().checked_sub(1)?)
}

fn holds(digits: &str, check: &str) -> bool {
    mod10_weight3(digits).is_some_and(|right| right.to_string() == check)
}

fn confirmed(number: String, right: bool) -> Read {
    if right {
        SlipNumber::try_from(number)
    } else {
        Err(LettersError::SlipNumber(number))
    }
}
