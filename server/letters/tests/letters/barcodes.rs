//! The bars, read from pixels as a scanner does.

use crate::sample::*;
use kokuho_letters::forms::{CheckScope, Convenience};
use kokuho_letters::gs1::{self, Fields};
use kokuho_letters::{LettersError, PaymentSlip, SlipForms, SlipNumber};
use kokuho_shared::law::parameters::ValueState;
use rxing::{BarcodeFormat, RXingResultMetadataType};

/// What a reader says of the printed page at about 300 dots an inch.
fn scanned(slip: &PaymentSlip) -> Result<String, String> {
    let letter = slip_letter(slip.clone());
    let document = typesetter()
        .document(&[letter])
        .map_err(|why| why.to_string())?;
    let (width, height, grey) = pixels(&document.pages()[0], 4.0);
    let format = Some(BarcodeFormat::CODE_128);
    let read = rxing::helpers::detect_in_luma(grey, width, height, format);
    let read = read.map_err(|why| why.to_string())?;
    // ]C1 is what a reader calls a Code 128 that begins with FNC1.
    let kind = &read.getRXingResultMetadata()[&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER];
    assert_eq!(format!("{kind:?}"), "SymbologyIdentifier(\"]C1\")");
    Ok(read
        .getText()
        .chars()
        .filter(char::is_ascii_digit)
        .collect())
}

fn layout() -> Convenience {
    let forms = SlipForms::shipped().unwrap();
    forms
        .convenience_on(day("2026-06-15"))
        .unwrap()
        .layout
        .clone()
}

#[test]
fn the_worked_example_has_its_44_digits() {
    let fields = Fields {
        free: "2608000000123450",
        reissues: 0,
        deadline: Some("261130"),
        amount: 34_500,
    };
    let digits = gs1::digits(&fields, &layout()).unwrap().all();
    assert_eq!(digits, "91912345012608000000123450000026113000345001");
    assert_eq!(digits.len(), 44);
}

#[test]
fn a_reader_finds_in_the_bars_the_digits_that_people_can_read() {
    for (amount, limit, reissues) in [
        (1, Some("2026-08-31"), 0),
        (34_500, Some("2026-11-30"), 1),
        (300_000, None, 9),
    ] {
        let mut slip = slip(amount);
        slip.usable_until = limit.map(day);
        slip.slip_number = SlipNumber::of(26, 8, 9_876_543_210, reissues).unwrap();
        slip.reissues = reissues;
        let until = limit.map_or("999999".into(), |text| text[2..].replace('-', ""));
        let expected = format!(
            "9191234501{}000{reissues}{until}0{amount:06}",
            slip.slip_number.as_str()
        );
        let check = gs1::mod10_weight3(&expected).unwrap();
        let expected = format!("{expected}{check}");
        assert_eq!(scanned(&slip), Ok(expected.clone()));
        let text = printed(&slip_letter(slip));
        let (line, rest) = expected.split_at(30);
        let line = format!("({}){}-{}", &line[..2], &line[2..8], &line[8..]);
        let rest = format!(
            "{}-{}-{}-{}",
            &rest[..6],
            &rest[6..7],
            &rest[7..13],
            &rest[13..]
        );
        assert!(
            text.contains(&line) && text.contains(&rest),
            "{line} {rest}: {text}"
        );
    }
}

#[test]
fn above_the_highest_amount_of_shops_there_is_no_barcode_and_the_slip_says_so() {
    let text = printed(&slip_letter(slip(300_001)));
    assert!(text.contains("スマートフォン決済では使えません"), "{text}");
    assert!(!text.contains("(91)"));
    assert!(scanned(&slip(300_001)).is_err());
}

#[test]
fn the_layout_of_another_day_makes_other_bars_or_none() {
    let mut letter = slip_letter(slip(34_500));
    letter.business_date = day("2022-03-31");
    assert!(!printed(&letter).contains("(91)"));
    let mut other = layout();
    other.check_digit = CheckScope::WithoutIdentifier;
    let fields = Fields {
        free: "2608000000123450",
        reissues: 0,
        deadline: None,
        amount: 34_500,
    };
    let [with, without] = [layout(), other].map(|form| gs1::digits(&fields, &form).unwrap());
    assert_eq!(with.0[..7], without.0[..7]);
    assert_ne!(with.0[7], without.0[7]);
}

#[test]
fn what_does_not_fit_the_digits_is_refused() {
    let fields = |free, reissues, amount| Fields {
        free,
        reissues,
        deadline: None,
        amount,
    };
    let number = "2608000000123450";
    for wrong in [
        fields("26080000001234500000", 0, 1),
        fields("26080000001234A0", 0, 1),
        fields(number, 10, 1),
        fields(number, 0, 1_000_000),
        fields(number, 0, -1),
    ] {
        let refused = gs1::digits(&wrong, &layout());
        assert!(
            matches!(refused, Err(LettersError::Barcode(_))),
            "{wrong:?}"
        );
    }
}

#[test]
fn an_unverified_layout_says_so_on_the_slip() {
    let form = SlipForms::shipped().unwrap();
    let form = form.convenience_on(day("2026-06-15")).unwrap();
    assert_eq!(form.state, ValueState::Unverified);
    assert!(printed(&slip_letter(slip(1))).contains("見本"));
}

#[test]
fn a_slip_number_with_a_wrong_check_digit_is_refused() {
    let right = SlipNumber::of(26, 8, 1_234, 5).unwrap();
    let text = right.as_str().to_owned();
    assert_eq!(SlipNumber::try_from(text.clone()), Ok(right));
    let last = text[15..].parse::<u32>().unwrap();
    for other in (0..10).filter(|digit| *digit != last) {
        let wrong = format!("{}{other}", &text[..15]);
        assert_eq!(
            SlipNumber::try_from(wrong.clone()),
            Err(LettersError::SlipNumber(wrong))
        );
    }
    for wrong in [
        "",
        "260800000012345",
        "二六〇八",
        "26080000001234567",
        "26080000001２",
    ] {
        assert!(SlipNumber::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert_eq!(SlipNumber::of(100, 8, 1, 0), None);
    assert_eq!(SlipNumber::of(26, 8, 10_000_000_000, 0), None);
}
