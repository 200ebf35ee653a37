//! 計算できない理由: why there is no premium, in words for whoever typed the facts. The rules say it with the names of
//! their fields, which nobody but a program reads.

use crate::format;
use crate::i18n::{Lang, nth};
use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::premium::circumstances::CircumstanceError;
use kokuho_shared::assessment::sheet::code::DayField;
use kokuho_shared::law::LawError;

/// The person, from 0, and the day that has to be mended.
pub fn field(why: &AssessmentError) -> Option<(usize, DayField)> {
    match why {
        AssessmentError::BornAfterYear { member } => Some((*member, DayField::Birth)),
        AssessmentError::AcquiredBeforeBirth { member } => Some((*member, DayField::Acquired)),
        AssessmentError::LossBeforeAcquisition { member } => Some((*member, DayField::Lost)),
        AssessmentError::SpecificMonthMissing { member } => Some((*member, DayField::MovedOn)),
        _ => None,
    }
}

/// The same of a circumstance.
pub fn circumstance_field(why: CircumstanceError) -> DayField {
    match why {
        CircumstanceError::LeftTooOld(_) | CircumstanceError::LeftBeforeBirth => DayField::Left,
        CircumstanceError::BirthTooEarly(_) | CircumstanceError::BirthBeforeOwn => {
            DayField::Expected
        }
        CircumstanceError::NotAFormerDependant => DayField::Dependant,
    }
}

/// Why a premium cannot be computed; people are named by their place.
pub fn words(why: &AssessmentError, lang: Lang) -> String {
    match person_of(why) {
        Some(member) => of_person(member, said(why, lang), lang),
        None => said(why, lang).to_owned(),
    }
}

/// Why something that was said of a person has no effect.
pub fn circumstance(place: usize, why: CircumstanceError, lang: Lang) -> String {
    of_person(place, &circumstance_words(why, lang), lang)
}

/// The same without the person, for the field itself.
pub fn circumstance_words(why: CircumstanceError, lang: Lang) -> String {
    match (lang, why) {
        (Lang::Ja, why) => why.to_string(),
        (Lang::En, CircumstanceError::LeftTooOld(age)) => {
            format!("Whoever was {age} or older on leaving the job gets no reduction for it.")
        }
        (Lang::Easy, CircumstanceError::LeftTooOld(age)) => {
            format!("仕事を やめた 日に {age}歳より 上の 人は、この 割引が ありません。")
        }
        (Lang::En, CircumstanceError::BirthTooEarly(first)) => {
            format!("Only births from {} on count.", format::date(first, lang))
        }
        (Lang::Easy, CircumstanceError::BirthTooEarly(first)) => {
            format!(
                "{}より 前に 生まれた ときは、割引が ありません。",
                format::date(first, lang)
            )
        }
        (_, CircumstanceError::LeftBeforeBirth) => lang
            .of(
                "仕事を やめた 日が、生まれた日より 前です。",
                "The job was lost before the date of birth.",
            )
            .to_owned(),
        (_, CircumstanceError::BirthBeforeOwn) => lang
            .of(
                "赤ちゃんの 日が、自分の 生まれた日より 前です。",
                "The birth lies before the person’s own.",
            )
            .to_owned(),
        (_, CircumstanceError::NotAFormerDependant) => lang
            .of(
                "この 割引は、65歳から 74歳までに 入った 人だけです。",
                "This relief is for those who joined at 65 to 74.",
            )
            .to_owned(),
    }
}

fn of_person(place: usize, text: &str, lang: Lang) -> String {
    let colon = lang.of("：", ": ");
    format!("{}{colon}{text}", nth(lang, place + 1))
}

fn person_of(why: &AssessmentError) -> Option<usize> {
    match why {
        AssessmentError::Amount { member, .. }
        | AssessmentError::LossBeforeAcquisition { member }
        | AssessmentError::PeriodsOverlap { member }
        | AssessmentError::AcquiredBeforeBirth { member }
        | AssessmentError::BornAfterYear { member }
        | AssessmentError::SpecificMonthMissing { member }
        | AssessmentError::SameId { member } => Some(*member),
        _ => None,
    }
}

/// What is wrong, without the person.
pub fn said(why: &AssessmentError, lang: Lang) -> &'static str {
    match why {
        AssessmentError::Heads(_) => lang.pick(
            "世帯主を1人だけ選んでください。",
            "Choose exactly one head of the household.",
            "世帯主（家の 代表の 人）を 1人だけ えらんで ください。",
        ),
        AssessmentError::Amount { .. } => lang.pick(
            "金額は0円以上1兆円以下で入力してください。",
            "Enter amounts from ¥0 to ¥1 trillion.",
            "お金は 0円から 1兆円までで 書いて ください。",
        ),
        AssessmentError::LossBeforeAcquisition { .. } => lang.pick(
            "やめた日が、入った日より前です。",
            "The day of leaving lies before the day of joining.",
            "やめた日が、入った日より 前です。",
        ),
        AssessmentError::PeriodsOverlap { .. } => lang.pick(
            "加入していた期間が重なっています。",
            "Two periods of insurance overlap.",
            "入っていた 時が 2つ 重なって います。",
        ),
        AssessmentError::AcquiredBeforeBirth { .. } => lang.pick(
            "入った日が、生年月日より前です。",
            "The day of joining lies before the date of birth.",
            "入った日が、生まれた日より 前です。",
        ),
        AssessmentError::BornAfterYear { .. } => lang.pick(
            "生年月日が、選んだ年度の終わり（3月31日）より後です。",
            "The date of birth lies after the end of the year that was chosen (31 March).",
            "生まれた日が、えらんだ 年度の 終わり（3月31日）より 後です。",
        ),
        AssessmentError::SpecificMonthMissing { .. } => lang.pick(
            "後期高齢者医療へ移った日を入力してください。",
            "Enter the day of the move to the medical insurance for people of 75 and over.",
            "75歳の 保険に かわった 日を 書いて ください。",
        ),
        AssessmentError::SameId { .. } => lang.pick(
            "同じ人が2回入力されています。",
            "The same person was entered twice.",
            "同じ 人が 2回 書いて あります。",
        ),
        AssessmentError::Tier(_) | AssessmentError::Relief { .. } => lang.pick(
            "軽減または減免の内容が正しくありません。",
            "A reduction or relief is not right.",
            "割引の 内容が 正しく ありません。",
        ),
        AssessmentError::RateOutOfRange { .. }
        | AssessmentError::LocalReduction { .. }
        | AssessmentError::Unit { .. } => wrong_rates(lang),
        AssessmentError::Law(why) => law_words(why, lang),
        AssessmentError::Schedule(_) => lang.pick(
            "納める時期を決められないため、計算できません。市区町村へお問い合わせください。",
            "The days of payment cannot be named. Please ask your municipality.",
            "払う 日が わからないので、計算できません。市や 町に 聞いて ください。",
        ),
        AssessmentError::OutOfRange => lang.pick(
            "日付または金額が大きすぎるため、計算できません。",
            "A day or an amount is too large to be computed.",
            "日か お金が 大きすぎて、計算できません。",
        ),
    }
}

fn law_words(why: &LawError, lang: Lang) -> &'static str {
    match why {
        LawError::MissingYear { .. }
        | LawError::MissingMunicipality { .. }
        | LawError::RatesNotYet
        | LawError::HolidaysUnknown { .. } => lang.pick(
            "この市区町村のこの年度の料率は、まだ登録されていません。ほかの年度を選んでください。",
            "The rates of this municipality for this year are not known yet. Please choose another year.",
            "この 市や 町の この 年度の 計算は、まだ できません。ほかの 年度を えらんで ください。",
        ),
        LawError::Unreadable(_)
        | LawError::PartNotLevied { .. }
        | LawError::CapAboveNational { .. } => wrong_rates(lang),
    }
}

fn wrong_rates(lang: Lang) -> &'static str {
    lang.pick(
        "この市区町村の料率に誤りがあるため、計算できません。市区町村へお問い合わせください。",
        "The rates of this municipality are not right. Please ask your municipality.",
        "この 市や 町の 数字が 正しく ないので、計算できません。市や 町に 聞いて ください。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::assessment::error::{ScheduleError, SplitError};
    use kokuho_shared::law::parameters::Part;
    use kokuho_shared::money::Yen;

    fn every() -> Vec<AssessmentError> {
        let day = chrono::NaiveDate::default();
        let part = Part::Medical;
        let field = "income.salary_receipts";
        let laws = [
            LawError::MissingYear {
                table: "income_tables",
                year: 2020,
            },
            LawError::MissingMunicipality {
                municipality: "27100".into(),
                year: 2020,
            },
            LawError::RatesNotYet,
            LawError::Unreadable("rates.medical: missing".into()),
            LawError::PartNotLevied { part },
            LawError::CapAboveNational {
                part,
                cap: Yen(2),
                national: Yen(1),
            },
            LawError::HolidaysUnknown {
                day,
                from: day,
                until: day,
            },
        ];
        let schedules = [
            ScheduleError::Split(SplitError::NoPeriods),
            ScheduleError::Split(SplitError::NegativeAnnual),
            ScheduleError::Law(LawError::RatesNotYet),
            ScheduleError::Calendar,
            ScheduleError::NoProvisional,
            ScheduleError::ProvisionalOver,
        ];
        let own = [
            AssessmentError::Heads(2),
            AssessmentError::Amount { member: 0, field },
            AssessmentError::LossBeforeAcquisition { member: 0 },
            AssessmentError::PeriodsOverlap { member: 0 },
            AssessmentError::AcquiredBeforeBirth { member: 0 },
            AssessmentError::BornAfterYear { member: 0 },
            AssessmentError::SpecificMonthMissing { member: 0 },
            AssessmentError::SameId { member: 0 },
            AssessmentError::Tier(30),
            AssessmentError::Relief { relief: 0, field },
            AssessmentError::RateOutOfRange { part },
            AssessmentError::LocalReduction { part },
            AssessmentError::Unit {
                field: "total_unit",
            },
            AssessmentError::OutOfRange,
        ];
        let laws = laws.into_iter().map(AssessmentError::Law);
        let schedules = schedules.into_iter().map(AssessmentError::Schedule);
        own.into_iter().chain(laws).chain(schedules).collect()
    }

    fn foreign(text: &str) -> bool {
        text.contains(['[', ']', '_', '{']) || text.contains("::")
    }

    #[test]
    fn no_reason_that_a_reader_is_told_names_a_field_of_the_program() {
        for why in every() {
            for lang in [Lang::Ja, Lang::Easy] {
                let text = words(&why, lang);
                let latin = text.chars().any(|sign| sign.is_ascii_alphabetic());
                assert!(!text.is_empty() && !foreign(&text) && !latin, "{text}");
            }
            let english = words(&why, Lang::En);
            let japanese = english.chars().any(|sign| sign >= '\u{3000}');
            assert!(!foreign(&english) && !japanese, "{english}");
        }
    }

    #[test]
    fn what_has_no_effect_is_told_in_the_readers_language() {
        let day = chrono::NaiveDate::default();
        for why in [
            CircumstanceError::LeftTooOld(65),
            CircumstanceError::LeftBeforeBirth,
            CircumstanceError::BirthTooEarly(day),
            CircumstanceError::BirthBeforeOwn,
            CircumstanceError::NotAFormerDependant,
        ] {
            let english = circumstance(0, why, Lang::En);
            let japanese = english.chars().any(|sign| sign >= '\u{3000}');
            assert!(!foreign(&english) && !japanese, "{english}");
            assert!(circumstance(0, why, Lang::Ja).starts_with("1人目："));
            assert!(circumstance(0, why, Lang::Easy).starts_with("1番目の 人："));
        }
    }

    #[test]
    fn a_day_that_is_wrong_is_told_at_its_field() {
        let why = AssessmentError::BornAfterYear { member: 2 };
        assert_eq!(field(&why), Some((2, DayField::Birth)));
        let why = AssessmentError::AcquiredBeforeBirth { member: 1 };
        assert_eq!(field(&why), Some((1, DayField::Acquired)));
        let why = AssessmentError::LossBeforeAcquisition { member: 0 };
        assert_eq!(field(&why), Some((0, DayField::Lost)));
        assert_eq!(field(&AssessmentError::OutOfRange), None);
        assert_eq!(
            circumstance_field(CircumstanceError::LeftTooOld(65)),
            DayField::Left
        );
    }
}
