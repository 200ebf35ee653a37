//! What is printed is what the data says.

use crate::sample::*;
use kokuho_households::{estimate, worked};
use kokuho_letters::{AssessmentNotice, Concerned, Content, LettersError, Reason, Replaced};
use kokuho_shared::assessment::breakdown::Breakdown;
use kokuho_shared::assessment::household::{Household, Involuntary, Maternity};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::explain::formula::{Language, formula};
use kokuho_shared::explain::{Code, Line};
use kokuho_shared::figures;
use kokuho_shared::law::parameters::Part;
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
            text.contains(&format!("医療分合計{yen}{yen}")),
            "{amount}: {text}"
        );
    }
}

#[test]
fn an_amount_beyond_thirteen_digits_is_refused() {
    let mut hidden = plain_notice(0);
    hidden.insured[0].income = Some(Yen(i64::MAX));
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
        pages_of(&pdf.unwrap()).concat()
    };
    let plain = plain_notice(120_000);
    let text = first(&plain);
    assert!(text.contains("所得割120,000年額120,000"), "{text}");
    for absent in [
        "資産割",
        "均等割",
        "平等割",
        "軽減",
        "限度額を超える額",
        "余り",
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
    let (first, second) = (&pages[0], &pages[1..].concat());
    let breakdown = Breakdown::of(&notice.explanation);
    for (part, sum) in breakdown.parts.iter() {
        assert!(first.contains(part.name()), "{first}");
        assert!(first.contains(&format!("{}円", grouped(sum.amount.0))));
        for block in &sum.blocks {
            let amounts = block.entries.iter().map(|entry| entry.yen);
            for amount in amounts.chain([block.annual, block.subtotal]) {
                let yen = grouped(amount.0.abs());
                assert!(second.contains(&yen), "{amount:?}: {second}");
            }
        }
    }
    assert!(second.contains("4〜9月（6か月）") && second.contains("10〜3月（6か月）"));
    assert!(
        second.contains("加入者生年月日総所得金額等山田太郎昭和51年4月2日30,000,000円"),
        "{second}"
    );
    for each in &notice.instalments {
        let row = format!(
            "{}{}{}円",
            kokuho_shared::assessment::schedule::instalments::name(each.number),
            era::format(each.due_on),
            grouped(each.amount.0)
        );
        assert!(first.contains(&row), "{row}: {first}");
    }
    let medical = breakdown.parts.get(Part::Medical).unwrap();
    let cap = format!("賦課限度額（{}円）を超えたため", grouped(medical.amount.0));
    assert!(second.contains(&cap), "{second}");
    assert!(second.contains("未就学児の均等割を5割軽減"), "{second}");
    assert!(!second.contains("平等割を7割軽減"), "{second}");
    assert!(first.contains("審査請求をすることができます"));
    let explained = pages[1..].concat();
    assert_eq!(pages.len(), letter.usual_pages());
    for shown in notice.explanation.shown() {
        let line = shown.line;
        let yen = grouped(line.yen.0.abs());
        assert!(explained.contains(&yen), "{line:?}");
        let article = line.code.article(line.part, FiscalYear(2026));
        assert!(explained.contains(&article.replace(' ', "")));
        let formula = formula(line, Language::Japanese).replace(' ', "");
        assert!(explained.contains(&formula), "{formula}: {explained}");
    }
    assert!(explained.contains("1人の額山田花子") && explained.contains("令29条の7第2項9号"));
}

/// Every string that is printed is worked out; shared properties do it for random households.
#[test]
fn every_formula_on_a_notice_works_out_to_what_it_says() {
    for income in [0, 430_000, 3_000_000, 30_000_000] {
        let notice = assessed_notice(income);
        for shown in notice.explanation.shown() {
            let text = formula(shown.line, Language::Japanese);
            assert_eq!(worked::first_wrong(&text), None, "{text}");
        }
    }
}

#[test]
fn a_notice_of_any_household_has_as_many_pages_as_are_kept_on_record() {
    for number in 0..60 {
        let question = estimate(number);
        let (Some(code), year) = (&question.municipality, question.as_of.fiscal_year) else {
            continue;
        };
        let household = Household {
            reduction: question.inputs.reduction,
            local_reductions: question.inputs.local_reductions,
            reliefs: question.inputs.reliefs.clone(),
            members: question.inputs.members.clone(),
        };
        let assessor = figures::assessor(code, year).unwrap();
        let Ok(assessment) = assessor.assess(&household) else {
            continue;
        };
        let people = household
            .members
            .iter()
            .map(|member| format!("山田　{}", member.id));
        let all = household.members.iter();
        let all = all.map(|member| insured("山田　太郎", &member.birth_date.to_string(), 1));
        let notice = AssessmentNotice::of(
            &assessment,
            "0123456789".into(),
            "山田　太郎".into(),
            people.collect(),
            all.collect(),
        );
        let letter = notice_letter(notice);
        let batch = typesetter()
            .render_batch(std::slice::from_ref(&letter))
            .unwrap();
        assert_eq!(batch.pages, [letter.usual_pages()], "household {number}");
    }
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
    assert!(text.contains("産前産後の免除−"), "{text}");
}

#[test]
fn a_notice_whose_amounts_contradict_each_other_is_refused() {
    let right = assessed_notice(3_000_000);
    let mut total = right.clone();
    total.total += Yen(1);
    let mut part = right.clone();
    let state = |line: &&mut Line| line.code == Code::State;
    let mut states = part.explanation.lines.iter_mut().filter(state);
    states.next().unwrap().inputs[0] += 1;
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
    assert_eq!(text.matches(&name).count(), 3, "{text}");
    let mut explained = assessed_notice(3_000_000);
    explained.people = vec![name.clone(); 3];
    let letter = notice_letter(explained);
    let batch = typesetter()
        .render_batch(std::slice::from_ref(&letter))
        .unwrap();
    assert_eq!(batch.pages, [letter.usual_pages()]);
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
