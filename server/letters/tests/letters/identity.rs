//! The same letter is the same bytes; another letter has another hash.

use crate::sample::*;
use kokuho_letters::{Content, Fonts, Letter, SlipForms, Templates, Typesetter};
use kokuho_shared::money::Yen;
use typst::model::Document;

#[test]
fn the_same_letter_gives_the_same_bytes_whatever_was_set_before() {
    for letter in [
        notice_letter(assessed_notice(3_000_000)),
        slip_letter(slip(34_500)),
    ] {
        let first = typesetter().render_one(&letter).unwrap();
        typesetter()
            .render_batch(&[slip_letter(slip(1)), letter.clone()])
            .unwrap();
        assert_eq!(typesetter().render_one(&letter).unwrap(), first);
        let again = typesetter_of(&Templates::shipped(), &gothic_files());
        assert_eq!(again.render_one(&letter).unwrap(), first);
    }
    let letters = [notice_letter(plain_notice(5)), slip_letter(slip(34_500))];
    let batches = [0, 1].map(|_| typesetter().render_batch(&letters).unwrap());
    assert_eq!(batches[0], batches[1]);
}

#[test]
fn the_same_letter_gives_the_same_bytes_on_several_threads_at_once() {
    let letter = notice_letter(plain_notice(77));
    let alone = typesetter().render_one(&letter).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| typesetter().render_one(&letter).unwrap()))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn the_day_of_the_letter_is_the_day_of_the_document() {
    let mut letter = notice_letter(plain_notice(5));
    letter.business_date = day("2027-01-04");
    let pdf = typesetter().render_one(&letter).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("D:20270104"), "no date of creation");
    assert!(!text.contains("D:202606"));
}

#[test]
fn a_document_is_named_after_what_it_is_and_tells_its_language_and_structure() {
    let notice = notice_letter(plain_notice(5));
    assert_eq!(notice.title(), "令和8年度　国民健康保険料決定通知書");
    let envelope = [notice.clone(), slip_letter(slip(5)), slip_letter(slip(6))];
    for letters in [&envelope[..1], &envelope[..]] {
        let document = typesetter().document(letters).unwrap();
        let title = document.info().title.as_deref();
        assert_eq!(
            title,
            Some("令和8年度　国民健康保険料決定通知書 保年第1234567号"),
            "slips are no letters of their own"
        );
        let pdf = typesetter().render_batch(letters).unwrap().pdf;
        let read = pdf_extract::Document::load_mem(&pdf).unwrap();
        let catalog = read.catalog().unwrap();
        let language = catalog.get(b"Lang").and_then(|lang| lang.as_str()).unwrap();
        assert!(language.starts_with(b"ja"));
        assert!(catalog.has(b"StructTreeRoot"), "no structure");
    }
}

#[test]
fn the_hash_changes_with_every_fact_with_templates_with_fonts_and_with_forms() {
    let letter = slip_letter(slip(34_500));
    let hash = typesetter().content_hash(&letter).unwrap();
    assert_eq!(typesetter().content_hash(&letter.clone()).unwrap(), hash);
    assert_eq!(hash.to_string().len(), 64);
    let changes: [fn(&mut Letter); 7] = [
        |letter| letter.number.push('1'),
        |letter| letter.addressee.name = "山田　花子".into(),
        |letter| letter.addressee.address.push("3階".into()),
        |letter| letter.business_date = day("2026-06-16"),
        |letter| letter.fiscal_year.0 = 2025,
        |letter| letter.sender.office = "収納課".into(),
        |letter| {
            if let Content::PaymentSlip(slip) = &mut letter.content {
                slip.principal = Yen(34_501);
            }
        },
    ];
    for (nth, change) in changes.iter().enumerate() {
        let mut other = letter.clone();
        change(&mut other);
        assert_ne!(typesetter().content_hash(&other).unwrap(), hash, "{nth}");
    }
    let mut files = gothic_files();
    files.push(names_file());
    let more_fonts = typesetter_of(&Templates::shipped(), &files);
    assert_ne!(more_fonts.content_hash(&letter).unwrap(), hash);
    let fonts = Fonts::from_files(&gothic_files()).unwrap();
    let no_forms = Typesetter::new(&Templates::shipped(), fonts, SlipForms::default()).unwrap();
    assert_ne!(no_forms.content_hash(&letter).unwrap(), hash);
}

#[test]
fn the_order_in_which_fonts_are_given_does_not_matter() {
    let mut files = gothic_files();
    let one = Fonts::from_files(&files).unwrap();
    files.reverse();
    files.push(files[0].clone());
    let other = Fonts::from_files(&files).unwrap();
    assert_eq!(one.hash(), other.hash());
    assert_eq!(
        (one.families(), other.families()),
        (vec!["BIZ UDPGothic"], vec!["BIZ UDPGothic"])
    );
}

#[test]
fn fonts_are_found_in_a_folder_and_what_is_no_font_is_refused() {
    let folder = std::env::temp_dir().join(format!("kokuho-letters-fonts-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("deeper")).unwrap();
    assert!(Fonts::from_folder(&folder).is_err());
    std::fs::copy(&gothic_files()[0], folder.join("deeper/a.ttf")).unwrap();
    std::fs::write(folder.join("readme.txt"), "no font").unwrap();
    let found = Fonts::from_folder(&folder).map(|fonts| fonts.families().concat());
    std::fs::write(folder.join("broken.ttf"), "no font").unwrap();
    let broken = Fonts::from_folder(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(found.as_deref(), Ok("BIZ UDPGothic"));
    assert!(broken.is_err());
}

#[test]
fn the_fonts_of_a_checkout_are_found() {
    let checkout = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let fonts = Fonts::find(&checkout).unwrap();
    assert_eq!(fonts.families().first(), Some(&"BIZ UDPGothic"));
}
