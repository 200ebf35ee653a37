//! Numbers of what other offices are asked.

use crate::lookup::{Form, NumberLookup, Typed};

pub const NUMBERS: &[&dyn NumberLookup] = &[&InquiryNumber];

/// Counted from 1, it never has so many digits as a slip's number, which a wrong digit must not turn into one of these.
const MOST: usize = 12;

/// 照会番号.
struct InquiryNumber;

impl NumberLookup for InquiryNumber {
    fn label(&self) -> &'static str {
        "照会番号"
    }

    fn read(&self, typed: &Typed) -> Form {
        match Form::of_digits(typed, MOST) {
            Form::Number(digits) => {
                let plain = digits.trim_start_matches('0');
                if plain.is_empty() {
                    Form::Other
                } else {
                    Form::Number(plain.to_owned())
                }
            }
            other => other,
        }
    }

    fn sql(&self) -> &'static str {
        "SELECT person_id, household_id FROM inquiry \
         WHERE id = CAST($number AS BIGINT) AND created_at <= $known_at"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inquirys_number_has_no_zeros_before_it_and_is_shorter_than_a_slips() {
        let read = |text: &str| InquiryNumber.read(&Typed::of(text));
        assert_eq!(read("０００12"), Form::Number("12".into()));
        assert_eq!(read("000"), Form::Other);
        assert_eq!(read("12a"), Form::Other);
        let most = "9".repeat(MOST);
        assert_eq!(read(&most), Form::Number(most.clone()));
        assert_eq!(read(&format!("{most}9")), Form::Other);
    }
}
