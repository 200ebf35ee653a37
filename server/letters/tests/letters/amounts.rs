//! What is printed is what the data says.

use crate::sample::*;
use kokuho_letters::{AssessmentNotice, Concerned, Content, LettersError, Reason, Replaced};
use kokuho_shared::assessment::household::{Involuntary, Maternity};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::money::Yen;

/// The amount as people read it, written here a second time.
fn grouped(amount: i64) -> String {
    let digits: Vec<char> = amount.to_string().chars().rev().collect();
    let groups = digits
        .chunks(3)
        .map(|group| group.iter().collect::<String>());
    let text = groups.collect::<Vec<_>>().join(",");
    text.chars().rev().collect()
}

#[test]
fn the_smallest_and_the_largest_amounts_are_printed_to_the_yen() {
    for amount in [0, 1, 999, 1_000, 1_130_000, 9_999_999_999_999] {
        let text = printed(&notice_letter(plain_notice(amount)));
        let yen = format!("{}円", grouped(amount));
        assert!(
            text.contains(&format!("年間保険料{yen}")),
            "{amount}: {text}"
        );
        assert!(
            text.contains(&format!("令和8年6月30日{yen}")),
            "{amount}: {text}"
        );
        assert!(
            text.contains(&format!("保険料額{yen}{yen}")),
            "{amount}: {text}"
        );
    }
}

#[test]
fn an_amount_beyond_thirteen_digits_is_refused() {
    let mut hidden = plain_notice(0);
    hidden.parts[0].income_levy = Yen(i64::MAX);
    hidden.parts[0].reduction = Yen(-i64::MAX);
    for beyond in [plain_notice(10_000_000_000_000), hidden] {
        let refused = typesetter().render_one(&notice_letter(beyond));
        assert!(matches!(refused, Err(LettersError::Contradiction { .. })));
    }
}

/// What was told before: 400,000 yen on 15 June; the salary and a new child made the difference.
fn replaced(notice: &AssessmentNotice) -> Replaced {
    let child = 12_345;
    let people = |name: &str, how: &str, on: Option<&str>| {
        vec![Concerned {
            name: name.into(),
            how: how.into(),
            on: on.map(day),
        }]
    };
    Replaced {
        total: Yen(400_000),
        told_on: day("2026-06-15"),
        steps: vec![
            Reason {
                cause: "所得".into(),
                yen: notice.total - Yen(400_000 + child),
                people: people("山田　太郎", "所得", None),
            },
            Reason {
                cause: "加入者・加入月・年齢".into(),
                yen: Yen(child),
                people: people("山田　次郎", "加入", Some("2026-10-10")),
            },
        ],
    }
}

#[test]
fn a_change_notice_says_what_was_told_before_and_why_it_changed_with_person_and_day() {
    let mut notice = assessed_notice(3_000_000);
    assert!(printed(&notice_letter(notice.clone())).contains("国民健康保険料決定通知書"));
    notice.replaces = Some(replaced(&notice));
    let text = printed(&notice_letter(notice.clone()));
    let difference = notice.total.0 - 400_000;
    let sign = if difference < 0 { "−" } else { "+" };
    let amounts = format!(
        "変更前変更後増減400,000円{}円{sign}{}円",
        grouped(notice.total.0),
        grouped(difference.abs())
    );
    for said in [
        "国民健康保険料変更通知書",
        "令和8年6月15日にお知らせした",
        &amounts,
        "・加入者・加入月・年齢の変更+12,345円山田次郎（加入令和8年10月10日）",
        "山田太郎（所得）",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("決定通知書"), "{text}");
    // Where many are concerned the first three are named.
    let many = &mut notice.replaces.as_mut().unwrap().steps[1].people;
    let one = many[0].clone();
    many.resize(5, one);
    let text = printed(&notice_letter(notice.clone()));
    let named = text.matches("山田次郎（加入令和8年10月10日）").count();
    assert!(named == 3 && text.contains("ほか2人"), "{named}: {text}");
    // The reasons must make the difference.
    notice.replaces.as_mut().unwrap().steps[1].yen += Yen(1);
    let refused = typesetter().render_one(&notice_letter(notice));
    assert!(matches!(refused, Err(LettersError::Contradiction { .. })));
}

#[test]
fn only_the_rows_that_apply_are_printed_and_a_provisional_decision_says_so() {
    let first = |notice: &AssessmentNotice| {
        let pdf = typesetter().render_one(&notice_letter(notice.clone()));
        pages_of(&pdf.unwrap()).swap_remove(0)
    };
    let plain = plain_notice(120_000);
    let text = first(&plain);
    assert!(text.contains("所得割120,000120,000"), "{text}");
    for absent in [
        "資産割",
        "均等割",
        "平等割",
        "減額",
        "限度額を超える額",
        "月割・端数",
        "暫定",
    ] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    let open = AssessmentNotice {
        open_inquiries: 1,
        ..plain
    };
    assert!(first(&open).contains("照会中の事項があるため、この決定は暫定です"));
}

#[test]
fn a_notice_shows_every_part_every_instalment_and_the_reasons_that_apply() {
    let notice = assessed_notice(30_000_000);
    let letter = notice_letter(notice.clone());
    let pdf = typesetter().render_one(&letter).unwrap();
    let pages = pages_of(&pdf);
    let first = &pages[0];
    for part in &notice.parts {
        assert!(first.contains(part.part.name()), "{first}");
        assert!(first.contains(&format!("{}円", grouped(part.amount.0))));
        let columns = [part.income_levy, part.per_capita, part.per_household];
        for amount in columns {
            assert!(first.contains(&grouped(amount.0)), "{amount:?}: {first}");
        }
    }
    for each in &notice.instalments {
        let row = format!(
            "{}{}{}円",
            kokuho_shared::assessment::schedule::instalments::name(each.number),
            era::format(each.due_on),
            grouped(each.amount.0)
        );
        assert!(first.contains(&row), "{row}: {first}");
    }
    let cap = format!(
        "賦課限度額（{}円）を超えたため",
        grouped(notice.parts[0].amount.0)
    );
    assert!(
        notice.parts[0].above_cap.0 < 0 && first.contains(&cap),
        "{first}"
    );
    assert!(first.contains("未就学児の均等割を5割軽減"), "{first}");
    assert!(!first.contains("平等割を7割軽減"), "{first}");
    assert!(first.contains("審査請求をすることができます"));
    let explained = pages[1..].concat();
    assert_eq!(pages.len(), 1 + notice.explanation.lines.len().div_ceil(44));
    for line in &notice.explanation.lines {
        let yen = grouped(line.yen.0.abs());
        assert!(explained.contains(&yen), "{line:?}");
        assert!(
            explained.contains(
                &line
                    .code
                    .article(line.part, FiscalYear(2026))
                    .replace(' ', "")
            )
        );
    }
    assert!(explained.contains("均等割山田花子") && explained.contains("令29条の7第2項9号"));
}

#[test]
fn the_columns_of_each_part_add_up_to_its_amount() {
    for income in [0, 430_000, 1_000_000, 3_000_000, 30_000_000] {
        let notice = assessed_notice(income);
        assert_eq!(notice_letter(notice.clone()).check(), Ok(()), "{income}");
        assert!(
            notice
                .parts
                .iter()
                .all(|part| part.above_cap.0 <= 0 && part.reduction.0 <= 0)
        );
    }
    assert!(
        assessed_notice(0)
            .parts
            .iter()
            .all(|part| part.reduction.0 < 0)
    );
}

#[test]
fn a_lost_job_and_a_birth_are_told_with_their_reasons_and_the_columns_add_up() {
    let plain = assessed_notice(3_000_000);
    let special = notice_with(3_000_000, |members| {
        let left_on = day("2026-08-31");
        members[0].involuntary = Some(Involuntary { left_on });
        let expected_on = day("2026-11-05");
        members[1].maternity = Some(Maternity {
            expected_on,
            multiple: false,
        });
    });
    assert!(special.total < plain.total);
    let letter = notice_letter(special.clone());
    assert_eq!(letter.check(), Ok(()));
    let text = printed(&letter);
    for reason in [
        "給与所得を100分の30として計算しています",
        "産前産後の所得割と均等割を免除しています",
    ] {
        assert!(text.contains(reason), "{reason}: {text}");
    }
    let [with, without] = [&special, &plain].map(|notice| notice.parts[0].reduction.0);
    assert!(with < without, "the relief stands among the reductions");
}

#[test]
fn a_notice_whose_amounts_contradict_each_other_is_refused() {
    let right = assessed_notice(3_000_000);
    let mut total = right.clone();
    total.total += Yen(1);
    let mut part = right.clone();
    part.parts[0].per_capita += Yen(1);
    let mut instalment = right.clone();
    instalment.instalments[0].amount = Yen(1);
    let mut line = right;
    line.explanation.lines[2].yen = Yen(1);
    for wrong in [total, part, instalment, line] {
        let refused = typesetter().render_one(&notice_letter(wrong));
        assert!(matches!(refused, Err(LettersError::Contradiction { .. })));
    }
}

#[test]
fn a_slip_says_payer_amount_due_date_number_place_and_reason() {
    let mut data = slip(34_500);
    data.fee = Yen(100);
    data.late_charge = Yen(1_200);
    let text = printed(&slip_letter(data.clone()));
    for expected in [
        "令和8年度",
        "第3期",
        "山田太郎",
        "納付額35,800円",
        "保険料34,500円",
        "督促手数料100円",
        "延滞金1,200円",
        "令和8年8月31日",
        "取扱期限令和8年11月30日",
        data.slip_number.as_str(),
        "国民健康保険料（現年度分）",
        "国民健康保険法第76条",
        "指定金融機関",
        "審査請求",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!printed(&slip_letter(slip(34_500))).contains("督促手数料"));
}

#[test]
fn the_reading_line_has_two_lines_of_forty_digits_with_their_check_digits() {
    let text = printed(&slip_letter(slip(34_500)));
    let number = slip(34_500).slip_number;
    for line in [
        format!("2710040000{}0320260000000", number.as_str()),
        "000034500000000000000000000034500260831".to_owned(),
    ] {
        let digits: Vec<u32> = line.chars().filter_map(|c| c.to_digit(10)).collect();
        assert_eq!(digits.len(), 39);
        let odd: u32 = digits.iter().rev().step_by(2).sum();
        let even: u32 = digits.iter().rev().skip(1).step_by(2).sum();
        let check = (10 - (odd * 3 + even) % 10) % 10;
        assert!(
            text.contains(&format!("{line}{check}")),
            "{line}{check}: {text}"
        );
    }
}

#[test]
fn a_slip_over_nothing_or_over_more_than_its_fields_hold_is_refused() {
    let refused = |principal| typesetter().render_one(&slip_letter(slip(principal)));
    assert!(matches!(
        refused(0),
        Err(LettersError::Contradiction { .. })
    ));
    assert!(matches!(
        refused(-1),
        Err(LettersError::Contradiction { .. })
    ));
    assert!(matches!(
        refused(i64::MAX),
        Err(LettersError::DoesNotFit { .. })
    ));
    assert!(matches!(
        refused(1_000_000_000),
        Err(LettersError::DoesNotFit {
            field: "本料",
            digits: 9,
            ..
        })
    ));
    assert!(refused(999_999_999).is_ok());
}

#[test]
fn a_name_of_thirty_characters_is_printed_whole_and_keeps_its_page() {
    let long = "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る";
    let name: String = long.chars().take(30).collect();
    let mut notice = plain_notice(1_000);
    notice.head = name.clone();
    let mut letter = notice_letter(notice);
    letter.addressee.name = name.clone();
    let text = printed(&letter);
    assert!(text.contains(&format!("{name}様")), "{text}");
    assert_eq!(text.matches(&name).count(), 2, "{text}");
    let mut explained = assessed_notice(3_000_000);
    explained.people = vec![name.clone(); 3];
    let lines = explained.explanation.lines.len();
    let batch = typesetter()
        .render_batch(&[notice_letter(explained)])
        .unwrap();
    assert_eq!(batch.pages, vec![1 + lines.div_ceil(18)]);
    let mut paid = slip(1_000);
    paid.payer = name.clone();
    let text = printed(&slip_letter(paid));
    assert_eq!(text.matches(&name).count(), 3, "{text}");
}

#[test]
fn letters_read_from_json_are_those_that_were_written() {
    for letter in [notice_letter(assessed_notice(0)), slip_letter(slip(1))] {
        let json = serde_json::to_string(&letter).unwrap();
        let read: kokuho_letters::Letter = serde_json::from_str(&json).unwrap();
        assert_eq!(read, letter);
        assert!(matches!(
            (&letter.content, json.contains("\"kind\":\"payment_slip\"")),
            (Content::PaymentSlip(_), true) | (Content::AssessmentNotice(_), false)
        ));
    }
}
