//! Numbers of slips: as people read them, and as machines do.

use crate::lookup::{Form, NumberLookup, Typed};
use kokuho_letters::SlipForms;
use std::sync::LazyLock;

pub const NUMBERS: &[&dyn NumberLookup] = &[&SlipNumber];

/// 納付書番号, alone, in the barcode, or in the line for the bank.
struct SlipNumber;

/// What a reader of barcodes may send before the digits, to say that it read GS1-128.
const SYMBOLOGY: &str = "C1";
/// So many digits stand in the barcode, the last of them its own check digit.
const IN_SYMBOL: usize = 44;

impl NumberLookup for SlipNumber {
    fn label(&self) -> &'static str {
        "納付書番号"
    }

    fn read(&self, typed: &Typed) -> Form {
        // Forms that cannot be read leave the number alone; the press tells of them.
        static FORMS: LazyLock<SlipForms> =
            LazyLock::new(|| SlipForms::shipped().unwrap_or_default());
        let plain = typed.plain();
        let digits = plain.strip_prefix(SYMBOLOGY).unwrap_or(plain);
        match FORMS.slip_number(digits) {
            None => Form::Other,
            Some(Err(_)) => Form::Misread,
            Some(Ok(number)) => Form::Number(number.into()),
        }
    }

    fn scanned(&self, typed: &Typed) -> bool {
        let plain = typed.plain();
        plain.strip_prefix(SYMBOLOGY).unwrap_or(plain).len() == IN_SYMBOL
    }

    fn sql(&self) -> &'static str {
        "SELECT CAST(NULL AS BIGINT) AS person_id, household_id FROM payment_slip \
         WHERE number = $number AND issued_at <= $known_at"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_read_by_its_number_its_barcode_and_its_line_and_not_with_a_wrong_digit() {
        let read = |text: &str| SlipNumber.read(&Typed::of(text));
        let number = kokuho_letters::SlipNumber::of(26, 8, 12_345, 0).unwrap();
        let slip = Form::Number(number.as_str().to_owned());
        let (begin, last) = number.as_str().split_at(15);
        let wrong = format!("{begin}{}", (last.parse::<u32>().unwrap() + 1) % 10);
        assert_eq!(read(number.as_str()), slip);
        assert_eq!(read(&wrong), Form::Misread);
        assert!(!SlipNumber.scanned(&Typed::of(number.as_str())));
        // As it is printed below the bars, and as a reader sends it.
        let barcode = |number: &str| {
            let digits = format!("919123450126{}000{}", &number[2..], "02611300034500");
            let check = kokuho_letters::gs1::mod10_weight3(&digits).unwrap();
            format!("{digits}{check}")
        };
        let all = barcode(number.as_str());
        let printed = format!(
            "({}){}-{}\n{}",
            &all[..2],
            &all[2..8],
            &all[8..30],
            &all[30..]
        );
        for text in [all.clone(), printed, format!("]C1{all}")] {
            assert_eq!(read(&text), slip, "{text}");
            assert!(SlipNumber.scanned(&Typed::of(&text)), "{text}");
        }
        assert_eq!(read(&barcode(&wrong)), Form::Misread);
        assert_eq!(read(&format!("92{}", &all[2..])), Form::Other);
        assert_eq!(read("12345678"), Form::Other);
    }
}
