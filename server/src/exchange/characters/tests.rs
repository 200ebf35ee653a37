use super::*;
use proptest::prelude::*;

fn partner(extension: Extension, user_area: bool) -> Reads {
    Reads {
        cp932: true,
        extension,
        user_area,
    }
}

fn read(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    decode(bytes, &mut text).then_some(text)
}

fn pairs() -> impl Iterator<Item = [u8; 2]> {
    (0x81..=0xFCu8).flat_map(|lead| (0x40..=0xFCu8).map(move |trail| [lead, trail]))
}

#[test]
fn every_pair_of_bytes_comes_back_as_itself_or_as_the_form_that_the_partner_uses() {
    for extension in [Extension::Ibm, Extension::Nec] {
        let (mut same, mut other) = (0, Vec::new());
        for pair in pairs() {
            let Some(text) = read(&pair).filter(|text| text.chars().count() == 1) else {
                continue;
            };
            let back = encode(&text, partner(extension, true)).unwrap();
            assert_eq!(read(&back), Some(text.clone()), "{pair:02X?}");
            if back == pair {
                same += 1;
            } else {
                other.push(pair);
            }
        }
        assert!(same > 9_200, "{same}");
        // What stands twice: in row 13, in one extension or the other.
        assert!(other.len() < 410, "{}", other.len());
        for [lead, _] in other {
            let foreign = match extension {
                Extension::Ibm => matches!(lead, 0x81 | 0x87 | 0xED | 0xEE | 0xFA),
                Extension::Nec => matches!(lead, 0x81 | 0x87 | 0xEE | 0xFA..=0xFC),
            };
            assert!(foreign, "{lead:02X} {extension:?}");
        }
    }
}

#[test]
fn takadaka_is_given_back_in_the_form_in_which_the_partner_sends_it() {
    for (bytes, extension) in [
        ([0xFB, 0xFC], Extension::Ibm),
        ([0xEE, 0xE0], Extension::Nec),
    ] {
        assert_eq!(read(&bytes).as_deref(), Some("髙"));
        assert_eq!(encode("髙", partner(extension, false)).unwrap(), bytes);
    }
}

#[test]
fn signs_with_two_codes_go_as_the_same_bytes_and_nothing_becomes_a_backslash() {
    let two = ["〜～", "‖∥", "−－", "—―", "¢￠", "£￡", "¬￢", "¥￥", "‾￣"];
    for text in two {
        let bytes = encode(text, partner(Extension::Ibm, false)).unwrap();
        assert_eq!(bytes[..2], bytes[2..], "{text}");
        assert_eq!(
            for_partner(text, partner(Extension::Ibm, false), &Own::new()),
            text
        );
    }
}

#[test]
fn what_a_partner_does_not_have_becomes_its_documented_fallback_and_never_a_question_mark() {
    let own = Own::from([('\u{E001}', "﨑".to_owned())]);
    for (text, told) in [
        ("𠮷田", "吉田"),
        ("葛\u{E0100}城", "葛城"),
        ("⼭田", "山田"),
        ("⻑井", "長井"),
        ("\u{E000}山", "〓山"),
        ("\u{E001}山", "﨑山"),
        ("髙﨑①", "髙﨑①"),
        ("A😀", "A〓"),
    ] {
        let reads = partner(Extension::Ibm, false);
        let got = for_partner(text, reads, &own);
        assert_eq!(got, told, "{text}");
        assert!(encode(&got, reads).is_some());
    }
    // A partner with the city's 外字 and one that reads Unicode get what there is.
    let with = for_partner("\u{E000}山", partner(Extension::Ibm, true), &own);
    assert_eq!(with, "\u{E000}山");
    let unicode = for_partner("𠮷葛\u{E0100}\u{E000}", Reads::default(), &own);
    assert_eq!(unicode, "𠮷葛\u{E0100}〓");
}

#[test]
fn what_somebody_has_to_look_at_is_named_with_its_sort() {
    let found = rare("髙\u{E000}𠮷⼭葛\u{E0100}?山〜𠮷");
    let found: Vec<(&str, Rare)> = found
        .iter()
        .map(|(text, sort)| (text.as_str(), *sort))
        .collect();
    assert_eq!(
        found,
        [
            ("\u{E000}", Rare::UserArea),
            ("𠮷", Rare::OutsideCp932),
            ("⼭", Rare::Radical),
            ("葛\u{E0100}", Rare::Variant),
            ("?", Rare::Lost),
        ]
    );
    assert!(rare("見辺　一郎").is_empty());
}

proptest! {
    #[test]
    fn any_text_becomes_one_that_a_partner_reads(text in ".{0,20}") {
        for extension in [Extension::Ibm, Extension::Nec] {
            for user_area in [false, true] {
                let reads = partner(extension, user_area);
                let told = for_partner(&text, reads, &Own::new());
                prop_assert!(encode(&told, reads).is_some(), "{told:?}");
                prop_assert_eq!(told.matches('?').count(), text.matches('?').count());
            }
        }
    }

    #[test]
    fn bytes_of_cp932_that_are_taken_in_are_given_back_unchanged(
        cells in prop::collection::vec((0x81..=0xFCu8, 0x40..=0xFCu8), 0..20)
    ) {
        let once = |pair: &[u8]| {
            let text = read(pair)?;
            (encode(&text, partner(Extension::Ibm, true))? == pair).then_some(())
        };
        let bytes: Vec<u8> = cells.iter().map(|(lead, trail)| [*lead, *trail])
            .filter(|pair| once(pair).is_some()).flatten().collect();
        let text = read(&bytes).unwrap();
        prop_assert_eq!(encode(&text, partner(Extension::Ibm, true)).unwrap(), bytes);
    }
}
