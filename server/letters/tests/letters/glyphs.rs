//! No character becomes a box: it is printed, or the letter is refused.

use crate::sample::*;
use kokuho_letters::document::{Document, Fact};
use kokuho_letters::{Content, Letter, LettersError, Templates, Typesetter};
use std::sync::OnceLock;

/// With a second font that has rare characters of names.
fn with_names() -> &'static Typesetter {
    static ONE: OnceLock<Typesetter> = OnceLock::new();
    ONE.get_or_init(|| {
        let mut files = gothic_files();
        files.push(names_file());
        typesetter_of(&Templates::shipped(), &files)
    })
}

fn to(name: &str) -> Letter {
    let mut letter = notice_letter(plain_notice(1_000));
    letter.addressee.name = name.into();
    letter
}

#[test]
fn a_character_without_a_glyph_is_refused_with_letter_field_and_character() {
    let refused = typesetter().render_one(&to("𠮷田　花子"));
    let expected = LettersError::MissingGlyph {
        letter: "保年第1234567号".into(),
        field: "addressee.name".into(),
        character: "𠮷".into(),
    };
    assert_eq!(refused.as_ref().err(), Some(&expected));
    let text = expected.to_string();
    assert!(text.contains("𠮷") && text.contains("U+20BB7") && text.contains("保年第1234567号"));
    assert_eq!(
        typesetter().content_hash(&to("𠮷田　花子")).err(),
        Some(expected)
    );
}

#[test]
fn every_field_is_looked_at() {
    let mut address = to("山田");
    address.addressee.address.push("𠮷野町".into());
    let mut sender = to("山田");
    sender.sender.contact.push("𠮷".into());
    let mut head = plain_notice(1_000);
    head.head = "𠮷".into();
    let mut member = assessed_notice(0);
    member.people[1] = "𠮷".into();
    let mut payer = slip(1_000);
    payer.payer = "𠮷".into();
    for (letter, at) in [
        (address, "addressee.address[2]"),
        (sender, "sender.contact[1]"),
        (notice_letter(head), "head"),
        (slip_letter(payer), "payer"),
    ] {
        match typesetter().render_one(&letter) {
            Err(LettersError::MissingGlyph { field, .. }) => assert_eq!(field, at),
            other => panic!("{at}: {other:?}"),
        }
    }
    match typesetter().render_one(&notice_letter(member)) {
        Err(LettersError::MissingGlyph { field, .. }) => {
            assert!(
                field.starts_with("explanation[") && field.ends_with("].person"),
                "{field}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rare_character_is_printed_from_the_second_font_where_there_is_one() {
    let text = text_of(&with_names().render_one(&to("𠮷田　花子")).unwrap());
    assert!(text.contains("𠮷田花子様"), "{text}");
}

#[test]
fn old_forms_that_the_font_has_are_printed() {
    for name in ["髙橋　﨑子", "渡邉　廣", "齋藤　惠", "濵田　彌"] {
        let packed = name.replace('　', "");
        assert!(printed(&to(name)).contains(&packed), "{name}");
    }
}

#[test]
fn a_variant_of_a_character_is_printed_in_that_form_or_refused() {
    // The first font has 辻 in the form of E0100, only the second one in that of E0101.
    let [own, other] = ["辻\u{E0100}　花子", "辻\u{E0101}　花子"];
    assert!(printed(&to(own)).contains("花子様"));
    match typesetter().render_one(&to(other)) {
        Err(LettersError::MissingGlyph { character, .. }) => assert_eq!(character, "辻\u{E0101}"),
        wrong => panic!("{wrong:?}"),
    }
    let text = text_of(&with_names().render_one(&to(other)).unwrap());
    assert!(text.contains("辻") && text.contains("花子様"), "{text}");
    let shape = |typesetter: &Typesetter, name| {
        let document = typesetter.document(&[to(name)]).unwrap();
        pixels(&document.pages()[0], 2.0).2
    };
    assert_ne!(shape(typesetter(), own), shape(typesetter(), "辻　花子"));
    assert_ne!(shape(with_names(), other), shape(with_names(), "辻　花子"));
    assert_eq!(shape(with_names(), own), shape(typesetter(), own));
}

#[test]
fn a_control_character_or_a_lone_selector_is_refused() {
    for name in [
        "山田\u{7}太郎",
        "山田\n太郎",
        "\u{E0100}山田",
        "山田\u{200B}太郎",
    ] {
        let refused = typesetter().render_one(&to(name));
        assert!(
            matches!(refused, Err(LettersError::MissingGlyph { .. })),
            "{name:?}"
        );
    }
}

#[test]
fn typst_markup_in_a_name_is_printed_as_it_is() {
    let name = "#strong[山] $x$ *太* _郎_ <a> @b \\";
    let packed: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(printed(&to(name)).contains(&packed));
}

#[test]
fn what_a_template_prints_without_a_glyph_is_refused_too() {
    let folder = std::env::temp_dir().join(format!("kokuho-letters-glyph-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let shipped = include_str!("../../templates/texts.typ");
    std::fs::write(
        folder.join("texts.typ"),
        shipped.replace("不服がある場合", "𠮷"),
    )
    .unwrap();
    let templates = Templates::with_folder(&folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let refused = typesetter_of(&templates, &gothic_files()).render_one(&to("山田"));
    match refused {
        Err(LettersError::Template(what)) => assert!(what.contains('𠮷'), "{what}"),
        other => panic!("{other:?}"),
    }
}

/// 印字が欠けた記号番号: a digit that the typeface lacks was left out of 2,071 letters.
#[test]
fn incident_x06_a_number_with_a_digit_that_no_typeface_has_is_not_printed() {
    let paper = |number: &str| {
        letter(Content::Document(Document {
            title: "資格確認書".into(),
            facts: vec![Fact::new("記号・番号", number)],
            ..Document::default()
        }))
    };
    let refused = typesetter().render_one(&paper("1234567\u{F8FF}"));
    assert!(matches!(refused, Err(LettersError::MissingGlyph { .. })));
    let pdf = typesetter().render_one(&paper("12345678")).unwrap();
    let text: String = pages_of(&pdf).concat();
    assert!(text.contains("12345678"), "{text}");
}
