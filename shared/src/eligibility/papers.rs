//! 証と通知: who gets which paper since 2024-12-02, and what a person from 70 to 74 bears.

use super::bracket::Bracket;
use super::copayment::{Copayment, Person, judge};
use super::terms::age_70;
use crate::assessment::household::Income;
use crate::calendar::Month;
use crate::law::bracket::BracketRule;
use crate::law::copayment::CopaymentRule;
use crate::law::national::{National, basic_deduction};
use crate::money::Yen;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// マイナ保険証の利用登録, as it was last observed; never a fact of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CardStatus {
    #[default]
    #[strum(message = "未確認")]
    Unknown,
    #[strum(message = "利用登録あり")]
    Registered,
    #[strum(message = "利用登録なし")]
    NotRegistered,
    /// 利用登録の解除.
    #[strum(message = "利用登録を解除")]
    Cancelled,
    /// The card or its electronic certificate has run out.
    #[strum(message = "カードか電子証明書の期限切れ")]
    Expired,
}

coded!(CardStatus, named);

/// The paper that proves the eligibility of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 資格確認書 (法9条2項, 規則6条).
    Certificate,
    /// 資格情報のお知らせ (規則7条の3).
    Notice,
}

/// 特定疾病 (健康保険法施行令41条9項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Disease {
    #[strum(message = "人工透析を必要とする慢性腎不全")]
    Dialysis,
    /// 先天性血液凝固因子障害.
    #[strum(message = "先天性血液凝固因子障害（第VIII・IX因子）")]
    Haemophilia,
    /// 血液製剤による HIV 感染.
    #[strum(message = "血液製剤の投与による HIV 感染症")]
    Hiv,
}

coded!(Disease, named);

/// 特定疾病の自己負担限度額 of a month at one hospital (令29条の3第9項).
pub fn disease_limit(disease: Disease, bracket: Option<Bracket>, rule: &BracketRule) -> Yen {
    // Known only of those under 70.
    let high = matches!(bracket, Some(Bracket::A | Bracket::I));
    if disease == Disease::Dialysis && high {
        rule.disease_limit_high
    } else {
        rule.disease_limit
    }
}

/// Whoever cannot use the card gets 資格確認書, without an application for the time being; so
/// does whoever is under 支援措置, whose card may be in other hands, and a person of whom nothing
/// is known yet.
pub fn paper(status: CardStatus, protected: bool) -> Paper {
    match status {
        CardStatus::Registered if !protected => Paper::Notice,
        _ => Paper::Certificate,
    }
}

/// 所得の年 that decides the ratio of a day: the year before last until the month in which it is
/// judged, last year from then on.
pub fn income_year(on: NaiveDate, rule: &CopaymentRule) -> i64 {
    i64::from(judged_from(on, rule).year() - 1)
}

/// Since when the ratio of a day holds for everybody of the household.
fn judged_from(on: NaiveDate, rule: &CopaymentRule) -> NaiveDate {
    let of = |year: i32| NaiveDate::from_ymd_opt(year, rule.judged_in, 1).unwrap_or(on);
    if on < of(on.year()) {
        of(on.year() - 1)
    } else {
        of(on.year())
    }
}

/// 発効期日 of one person's ratio: since it was judged, since the age or since 資格取得, whichever is
/// last.
pub fn ratio_from(
    on: NaiveDate,
    birth: NaiveDate,
    acquired_on: NaiveDate,
    rule: &CopaymentRule,
) -> NaiveDate {
    let judged = judged_from(on, rule).max(acquired_on);
    age_70(birth).map_or(judged, |age| judged.max(age.ratio_from))
}

/// 基準所得額: what remains of the incomes once every city's 基礎控除 is taken off; of 特例対象被保険者等
/// (`involuntary`) the salary counts only in part (令29条の7の2).
pub fn basis_income(income: &Income, involuntary: bool, national: &National) -> Yen {
    let full = income.salary_income + income.pension_income + income.other_income;
    let total = income.total_income.unwrap_or(full);
    let percent = match involuntary {
        true => national.involuntary.value.salary_percent,
        false => 100,
    };
    let salary = Yen((income.salary_income.0 * percent).div_euclid(100));
    let gross = salary + income.pension_income + income.other_income;
    (gross - basic_deduction(&national.basic_deduction.value, total)).or_zero()
}

/// A person as the office knows it: what is not known is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatioInputs {
    /// Amounts that are not known stand as zero.
    pub person: Person,
    pub income_known: bool,
    pub taxable_income: Option<Yen>,
    pub receipts: Option<Yen>,
}

/// Why the ratio cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    #[error("所得が分からない人がいます（{0}）")]
    Income(String),
    #[error("課税所得が分からないと負担割合が決まりません（{0}）")]
    TaxableIncome(String),
}

/// Judges on what is known. 課税所得 that is not known lies between nothing and 基準所得額, since
/// everything that is taken off for the levy is taken off for the tax too; where both ends say
/// the same, it need not be asked for.
pub fn judge_known(
    known: &[RatioInputs],
    care_month: Month,
    rule: &CopaymentRule,
) -> Result<Copayment, Undecided> {
    let at = |highest: bool| {
        // 収入 of 特定同一世帯所属者 is looked at only to lower the ratio: unknown, it lowers nothing.
        let counted = known
            .iter()
            .filter(|known| known.person.insured || known.receipts.is_some());
        let persons: Vec<Person> = counted
            .map(|known| {
                let unknown = if highest {
                    known.person.basis_income
                } else {
                    Yen::ZERO
                };
                Person {
                    taxable_income: known.taxable_income.unwrap_or(unknown),
                    receipts: known.receipts.unwrap_or_default(),
                    ..known.person.clone()
                }
            })
            .collect();
        // 収入 of the insured is looked at only where it is known of all of them.
        let mut insured = known.iter().filter(|known| known.person.insured);
        let confirmed = insured.all(|known| known.receipts.is_some());
        judge(&persons, care_month, confirmed, rule)
    };
    let (low, high) = (at(false), at(true));
    if low.senior().is_none() {
        return Ok(low);
    }
    let mut insured = known.iter().filter(|known| known.person.insured);
    if let Some(unknown) = insured.find(|known| !known.income_known) {
        return Err(Undecided::Income(unknown.person.id.clone()));
    }
    if low.senior() == high.senior() {
        return Ok(high);
    }
    let mut insured = known.iter().filter(|known| known.person.insured);
    let missing = insured.find(|known| known.taxable_income.is_none());
    let name = missing.map_or_else(String::new, |known| known.person.id.clone());
    Err(Undecided::TaxableIncome(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    fn rule(month: &str) -> (Month, CopaymentRule) {
        let month: Month = month.parse().unwrap();
        let rules = figures::copayment().unwrap();
        (month, *rules.of(month).unwrap())
    }

    fn senior(basis: i64, taxable: Option<i64>, receipts: Option<i64>) -> RatioInputs {
        RatioInputs {
            person: Person {
                id: "1".into(),
                birth_date: "1954-05-05".parse().unwrap(),
                insured: true,
                former_member: false,
                taxable_income: Yen::ZERO,
                basis_income: Yen(basis),
                receipts: Yen::ZERO,
                head_on_dec31: false,
                children_under16: 0,
                children_16_18: 0,
            },
            income_known: true,
            taxable_income: taxable.map(Yen),
            receipts: receipts.map(Yen),
        }
    }

    #[test]
    fn who_cannot_use_the_card_or_is_protected_or_unknown_gets_a_certificate() {
        for status in CardStatus::ALL {
            let expected = match status {
                CardStatus::Registered => Paper::Notice,
                _ => Paper::Certificate,
            };
            assert_eq!(paper(status, false), expected, "{status:?}");
            assert_eq!(paper(status, true), Paper::Certificate);
        }
    }

    #[test]
    fn dialysis_under_70_costs_the_two_highest_brackets_twice_as_much() {
        let rules = figures::brackets().unwrap();
        let rule = rules.of("2026-09".parse().unwrap()).unwrap();
        for (disease, bracket, limit) in [
            (Disease::Dialysis, Some(Bracket::A), 20_000),
            (Disease::Dialysis, Some(Bracket::I), 20_000),
            (Disease::Dialysis, Some(Bracket::U), 10_000),
            (Disease::Dialysis, None, 10_000),
            (Disease::Hiv, Some(Bracket::A), 10_000),
            (Disease::Haemophilia, Some(Bracket::I), 10_000),
        ] {
            assert_eq!(disease_limit(disease, bracket, rule), Yen(limit));
        }
    }

    #[test]
    fn the_ratio_is_judged_anew_in_august_on_last_years_income_and_begins_no_earlier_than_the_person()
     {
        let (_, rule) = rule("2026-09");
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(income_year(day("2026-07-31"), &rule), 2024);
        assert_eq!(income_year(day("2026-08-01"), &rule), 2025);
        let from = |birth: &str, acquired: &str| {
            ratio_from(day("2026-06-10"), day(birth), day(acquired), &rule)
        };
        assert_eq!(from("1954-05-05", "2020-04-01"), day("2025-08-01"));
        assert_eq!(from("1956-01-20", "2020-04-01"), day("2026-02-01"));
        assert_eq!(from("1954-05-05", "2026-04-15"), day("2026-04-15"));
    }

    #[test]
    fn the_basis_is_what_the_basic_deduction_leaves_and_never_below_zero() {
        let national = crate::figures::national(crate::calendar::FiscalYear(2026)).unwrap();
        let of = |other: i64| {
            basis_income(
                &Income {
                    other_income: Yen(other),
                    ..Income::default()
                },
                false,
                &national,
            )
        };
        assert_eq!((of(2_530_000), of(400_000)), (Yen(2_100_000), Yen::ZERO));
        // 給与所得 3,000,000 at 30/100, less 基礎控除.
        let lost = Income {
            salary_income: Yen(3_000_000),
            ..Income::default()
        };
        assert_eq!(basis_income(&lost, true, &national), Yen(470_000));
    }

    #[test]
    fn taxable_income_is_asked_for_only_where_it_decides() {
        let (month, rule) = rule("2026-09");
        let told =
            |known: RatioInputs| judge_known(&[known], month, &rule).map(|told| told.senior());
        let low = told(senior(2_000_000, None, None)).unwrap();
        assert_eq!(low, Some(rule.senior));
        let open = told(senior(3_000_000, None, None));
        assert_eq!(open, Err(Undecided::TaxableIncome("1".into())));
        assert_eq!(
            told(senior(3_000_000, Some(1_449_999), None)),
            Ok(Some(rule.senior))
        );
        assert_eq!(
            told(senior(3_000_000, Some(1_450_000), None)),
            Ok(Some(rule.active))
        );
        // Receipts below the line bring it back, once they are known.
        assert_eq!(
            told(senior(3_000_000, Some(1_450_000), Some(3_829_999))),
            Ok(Some(rule.senior))
        );
    }

    #[test]
    fn a_former_member_of_whom_nothing_is_known_blocks_nobody_and_one_whose_receipts_are_known_helps()
     {
        let (month, rule) = rule("2026-09");
        let former = |receipts: Option<i64>| {
            let mut known = senior(0, None, receipts);
            known.person.birth_date = "1948-05-05".parse().unwrap();
            (
                known.person.insured,
                known.person.former_member,
                known.income_known,
            ) = (false, true, false);
            known
        };
        let told = |all: &[RatioInputs]| judge_known(all, month, &rule).map(|told| told.senior());
        let below = senior(2_200_000, Some(1_500_000), Some(3_700_000));
        assert_eq!(told(&[below, former(None)]), Ok(Some(rule.senior)));
        let above = senior(3_000_000, Some(1_500_000), Some(4_000_000));
        assert_eq!(told(&[above.clone(), former(None)]), Ok(Some(rule.active)));
        assert_eq!(
            told(&[above, former(Some(1_000_000))]),
            Ok(Some(rule.senior))
        );
    }

    #[test]
    fn without_a_known_income_there_is_no_ratio_for_those_from_70_on() {
        let (month, rule) = rule("2026-09");
        let unknown = RatioInputs {
            income_known: false,
            ..senior(0, None, None)
        };
        assert_eq!(
            judge_known(std::slice::from_ref(&unknown), month, &rule),
            Err(Undecided::Income("1".into()))
        );
        let mut young = unknown;
        young.person.birth_date = "1980-05-05".parse().unwrap();
        assert_eq!(judge_known(&[young], month, &rule).unwrap().senior(), None);
    }
}
