//! The number of a slip, read back from what machines read on it.

use crate::sample::*;
use kokuho_letters::forms::CheckScope;
use kokuho_letters::gs1::{self, Fields};
use kokuho_letters::{SlipForms, SlipNumber};

/// The digits with their last one made wrong.
fn wrong(digits: &str) -> String {
    let (rest, last) = digits.split_at(digits.len() - 1);
    format!("{rest}{}", (last.parse::<u32>().unwrap() + 1) % 10)
}

fn barcode(forms: &SlipForms, number: &str) -> String {
    let layout = &forms.convenience_on(day("2026-06-15")).unwrap().layout;
    let fields = Fields {
        free: number,
        reissues: 0,
        deadline: Some("261130"),
        amount: 34_500,
    };
    gs1::digits(&fields, layout).unwrap().all()
}

/// The two lines of `the_reading_line_has_two_lines_of_forty_digits_with_their_check_digits`.
fn lines(number: &str) -> [String; 2] {
    let lines = [
        format!("2710040000{number}0320260000000"),
        "000034500000000000000000000034500260831".to_owned(),
    ];
    lines.map(|line| format!("{line}{}", gs1::mod10_weight3(&line).unwrap()))
}

#[test]
fn a_slips_number_is_found_in_all_that_is_printed_for_machines() {
    let forms = SlipForms::shipped().unwrap();
    let number = slip(34_500).slip_number;
    let [first, second] = lines(number.as_str());
    for digits in [
        number.as_str().to_owned(),
        barcode(&forms, number.as_str()),
        first.clone(),
        format!("{first}{second}"),
    ] {
        assert_eq!(
            forms.slip_number(&digits),
            Some(Ok(number.clone())),
            "{digits}"
        );
        if digits.len() != 80 {
            assert!(
                matches!(forms.slip_number(&wrong(&digits)), Some(Err(_))),
                "{digits}"
            );
        }
    }
    // A number that is wrong in itself is not right because the line around it is.
    let [first, _] = lines(&wrong(number.as_str()));
    assert!(matches!(forms.slip_number(&first), Some(Err(_))));
    for other in ["", "1", "26A8000000123450", &second[..39]] {
        assert_eq!(forms.slip_number(other), None, "{other}");
    }
}

#[test]
fn a_layout_of_another_day_with_another_check_is_read_too() {
    let mut forms = SlipForms::shipped().unwrap();
    let number = SlipNumber::of(26, 8, 5, 0).unwrap();
    let whole = barcode(&forms, number.as_str());
    let mut later = forms.convenience[0].clone();
    later.layout.check_digit = CheckScope::WithoutIdentifier;
    later.from = day("2026-05-01");
    forms.convenience.push(later);
    let without = barcode(&forms, number.as_str());
    assert_ne!(whole, without);
    for digits in [whole, without] {
        assert_eq!(forms.slip_number(&digits), Some(Ok(number.clone())));
    }
}
