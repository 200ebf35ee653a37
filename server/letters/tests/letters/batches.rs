//! A batch is the letters one after the other.

use crate::sample::*;
use kokuho_letters::{BATCH, Letter, LettersError, Templates, batches};

fn mixed(count: usize) -> Vec<Letter> {
    let make = |nth: usize| {
        let amount = i64::try_from(nth).unwrap() * 1_000 + 1;
        let mut letter = match nth % 3 {
            0 => notice_letter(plain_notice(amount)),
            1 => notice_letter(assessed_notice(amount * 500)),
            _ => slip_letter(slip(amount)),
        };
        letter.number = format!("保年第{nth}号");
        letter.addressee.name = format!("山田　{}", ["一郎", "二郎", "花子"][nth % 3]);
        letter
    };
    (0..count).map(make).collect()
}

#[test]
fn a_page_of_a_batch_says_the_same_as_the_letter_alone() {
    let letters = mixed(7);
    let batch = typesetter().render_batch(&letters).unwrap();
    let pages = pages_of(&batch.pdf);
    assert_eq!(pages.len(), batch.pages.iter().sum::<usize>());
    let mut rest = pages.as_slice();
    for (letter, count) in letters.iter().zip(&batch.pages) {
        let (own, after) = rest.split_at(*count);
        assert_eq!(
            own,
            pages_of(&typesetter().render_one(letter).unwrap()),
            "{}",
            letter.number
        );
        rest = after;
    }
    assert!(batch.pages.iter().all(|count| *count >= 1) && batch.pages[1] > 1);
}

#[test]
fn a_full_batch_has_the_pages_of_each_letter_and_needs_at_most_8_kilobytes_for_it() {
    let letters: Vec<Letter> = (0..BATCH)
        .map(|nth| {
            let mut letter = notice_letter(assessed_notice(i64::try_from(nth).unwrap() * 40_000));
            if let kokuho_letters::Content::AssessmentNotice(notice) = &mut letter.content {
                notice.explained = false;
            }
            letter
        })
        .collect();
    let batch = typesetter().render_batch(&letters).unwrap();
    let usual: Vec<usize> = letters.iter().map(Letter::usual_pages).collect();
    assert_eq!(batch.pages, usual);
    assert!(batch.pdf.len() <= BATCH * 8_192, "{}", batch.pdf.len());
}

#[test]
fn no_letter_or_too_many_for_one_document_are_refused() {
    assert_eq!(typesetter().render_batch(&[]), Err(LettersError::Empty));
    let many = vec![notice_letter(plain_notice(1)); 2 * BATCH + 1];
    assert_eq!(
        typesetter().render_batch(&many),
        Err(LettersError::TooMany {
            most: 200,
            given: 201
        })
    );
}

#[test]
fn one_wrong_letter_refuses_the_batch_and_is_named() {
    let mut letters = mixed(5);
    letters[3].addressee.address[0] = "𠮷野町".into();
    match typesetter().render_batch(&letters) {
        Err(LettersError::MissingGlyph { letter, .. }) => assert_eq!(letter, "保年第3号"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_in_the_citys_folder_replaces_the_shipped_template() {
    let folder = std::env::temp_dir().join(format!("kokuho-letters-own-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let shipped = include_str!("../../templates/texts.typ");
    let own = shipped.replace("国民健康保険料決定通知書", "国保料のお知らせ");
    std::fs::write(folder.join("texts.typ"), own).unwrap();
    let templates = Templates::with_folder(&folder);
    std::fs::write(
        folder.join("notice.typ"),
        "#let notice(letter) = [#letter.total]",
    )
    .unwrap();
    let broken = Templates::with_folder(&folder);
    std::fs::write(folder.join("notice.typ"), "#import \"/secret.typ\": notice").unwrap();
    let nosy = Templates::with_folder(&folder);
    std::fs::remove_dir_all(&folder).unwrap();

    let letter = notice_letter(plain_notice(1_000));
    let own = typesetter_of(&templates.unwrap(), &gothic_files());
    let text = text_of(&own.render_one(&letter).unwrap());
    assert!(
        text.contains("令和8年度国保料のお知らせ") && text.contains("1,000円"),
        "{text}"
    );
    assert_ne!(
        own.content_hash(&letter),
        typesetter().content_hash(&letter)
    );
    for unusable in [broken, nosy] {
        let refused = typesetter_of(&unusable.unwrap(), &gothic_files()).render_one(&letter);
        assert!(
            matches!(refused, Err(LettersError::Template(_))),
            "{refused:?}"
        );
    }
    assert!(Templates::with_folder(&folder).is_err());
}

#[test]
fn an_explanation_of_many_people_goes_on_over_pages_without_losing_a_line() {
    let letter = notice_letter(many_people(12));
    let batch = typesetter()
        .render_batch(std::slice::from_ref(&letter))
        .unwrap();
    assert_eq!(batch.pages, [letter.usual_pages()]);
    let pages = pages_of(&batch.pdf);
    assert!(pages.len() > 4, "{}", pages.len());
    let last = format!("{0}/{0}", pages.len());
    assert!(pages[pages.len() - 1].contains(&last), "{pages:?}");
    let text = pages.concat();
    for place in 0..12 {
        assert!(text.contains(&format!("1人の額山田{place}号")), "{place}");
    }
}

#[test]
fn letters_are_cut_into_documents_of_about_a_hundred_pages_in_their_order() {
    let one_page = vec![slip_letter(slip(1)); 2 * BATCH + 1];
    let lengths: Vec<usize> = batches(&one_page).iter().map(|run| run.len()).collect();
    assert_eq!(lengths, [BATCH, BATCH, 1]);
    let long = vec![notice_letter(assessed_notice(3_000_000)); 60];
    let pages = typesetter().render_batch(&long[..1]).unwrap().pages[0];
    let runs = batches(&long);
    assert!(runs.len() > 1 && runs.iter().all(|run| run.len() * pages <= BATCH));
    assert_eq!(runs.concat(), long);
    assert!(batches(&[]).is_empty());
}
