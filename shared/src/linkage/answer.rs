//! 回答: what each kind of information says, as far as this office needs it.

use crate::assessment::household::{Income, IncomeStatus, Involuntary};
use crate::assessment::premium::circumstances::Circumstances;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a holder has said of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dataset", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InquiryAnswer {
    LocalTax(LocalTax),
    ResidentRelation(ResidentRelation),
    MedicalInsurance(MedicalInsurance),
    Unemployment(Unemployment),
}

/// 地方税関係情報 of one calendar year, in yen. What the holder did not say is absent, never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocalTax {
    pub income_year: i64,
    /// 申告の有無.
    pub filed: bool,
    pub salary_receipts: Option<Yen>,
    pub salary_income: Option<Yen>,
    pub pension_receipts: Option<Yen>,
    pub pension_income: Option<Yen>,
    pub other_income: Option<Yen>,
    pub total_income: Option<Yen>,
    /// 譲渡所得の特別控除額, taken off in `other_income`.
    pub transfer_special_deduction: Option<Yen>,
    /// 雑損失の繰越控除額.
    pub casualty_loss: Option<Yen>,
    /// 専従者給与・控除 that the owner took off.
    pub family_pay_deducted: Option<Yen>,
    /// 専従者給与 inside `salary_income`.
    pub family_pay_received: Option<Yen>,
    /// 課税所得, for 負担割合.
    pub taxable_income: Option<Yen>,
}

impl LocalTax {
    /// The incomes to adopt; none where one of them is missing of somebody who has filed. What only the
    /// reduction test looks at stays as it is known where the holder does not say it. Whoever has not filed is levied on what is known.
    pub fn income(&self, before: &Income) -> Option<(Income, IncomeStatus)> {
        let said = |amount: Option<Yen>| match amount {
            None if !self.filed => Some(Yen::ZERO),
            amount => amount,
        };
        let told = |now: Option<Yen>, before: Yen| now.unwrap_or(before);
        let income = Income {
            salary_receipts: self.salary_receipts,
            salary_income: said(self.salary_income)?,
            pension_receipts: self.pension_receipts,
            pension_income: said(self.pension_income)?,
            other_income: said(self.other_income)?,
            total_income: self.total_income,
            transfer_special_deduction: told(
                self.transfer_special_deduction,
                before.transfer_special_deduction,
            ),
            casualty_loss: told(self.casualty_loss, before.casualty_loss),
            family_pay_deducted: told(self.family_pay_deducted, before.family_pay_deducted),
            family_pay_received: told(self.family_pay_received, before.family_pay_received),
        };
        let status = if self.filed {
            IncomeStatus::Known
        } else {
            IncomeStatus::Undeclared
        };
        Some((income, status))
    }
}

/// 住民票関係情報.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResidentRelation {
    pub head: bool,
    /// 世帯主の氏名.
    pub head_name: String,
    /// 続柄.
    pub relation: String,
}

/// 医療保険給付関係情報: the person's insurance before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MedicalInsurance {
    pub insurer_number: String,
    pub acquired_on: Option<NaiveDate>,
    pub lost_on: Option<NaiveDate>,
    /// 被扶養者.
    pub dependant: bool,
    /// The insured person moved on to 後期高齢者医療 on this day.
    pub insured_to_late_elderly_on: Option<NaiveDate>,
}

impl MedicalInsurance {
    /// 旧被扶養者: was a dependant until the insured moved on to 後期高齢者医療, and lost the
    /// insurance by it.
    pub fn former_dependant_since(&self) -> Option<NaiveDate> {
        let moved = self.insured_to_late_elderly_on?;
        let lost = self.lost_on?;
        // The dependant loses on the same day or on the day after.
        let by_it = lost == moved || moved.succ_opt() == Some(lost);
        (self.dependant && by_it).then_some(lost)
    }
}

/// 失業等給付関係情報.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unemployment {
    pub left_on: Option<NaiveDate>,
    /// 離職理由コード.
    pub reason_code: String,
}

/// 特定受給資格者 and 特定理由離職者 (雇用保険法23条2項・13条3項).
const INVOLUNTARY: [&str; 9] = ["11", "12", "21", "22", "31", "32", "23", "33", "34"];

impl Unemployment {
    /// 特例対象被保険者等, where the reason makes one.
    pub fn involuntary(&self) -> Option<Involuntary> {
        let left_on = self.left_on?;
        INVOLUNTARY
            .contains(&self.reason_code.as_str())
            .then_some(Involuntary { left_on })
    }
}

/// Why an answer does not become a circumstance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("登録済みの離職日（{0}）と回答が違います。特例の事情を確かめてから採用してください")]
    Left(NaiveDate),
    #[error(
        "登録済みの旧被扶養者となった日（{0}）と回答が違います。特例の事情を確かめてから採用してください"
    )]
    Dependant(NaiveDate),
}

impl InquiryAnswer {
    /// What of the answer becomes a circumstance of the person. An answer adds, and never ends what
    /// is known: where the two contradict each other somebody has to look.
    pub fn circumstances(&self, before: Circumstances) -> Result<Circumstances, Contradiction> {
        match self {
            InquiryAnswer::Unemployment(told) => match (before.involuntary, told.involuntary()) {
                (Some(known), told) if told != Some(known) => {
                    Err(Contradiction::Left(known.left_on))
                }
                (_, involuntary) => Ok(Circumstances {
                    involuntary,
                    ..before
                }),
            },
            InquiryAnswer::MedicalInsurance(told) => {
                match (before.former_dependant_since, told.former_dependant_since()) {
                    (Some(known), Some(told)) if told != known => {
                        Err(Contradiction::Dependant(known))
                    }
                    (known, told) => Ok(Circumstances {
                        former_dependant_since: known.or(told),
                        ..before
                    }),
                }
            }
            InquiryAnswer::LocalTax(_) | InquiryAnswer::ResidentRelation(_) => Ok(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_codes_of_the_law_make_somebody_involuntarily_unemployed() {
        let told = |code: &str| Unemployment {
            left_on: Some(day("2026-03-31")),
            reason_code: code.into(),
        };
        for code in INVOLUNTARY {
            assert_eq!(told(code).involuntary().unwrap().left_on, day("2026-03-31"));
        }
        for code in ["24", "25", "40", "45", "50", ""] {
            assert_eq!(told(code).involuntary(), None, "{code}");
        }
    }

    #[test]
    fn a_dependant_who_lost_it_with_the_insured_s_move_is_a_former_dependant() {
        let told = |dependant, lost: &str| MedicalInsurance {
            dependant,
            lost_on: Some(day(lost)),
            insured_to_late_elderly_on: Some(day("2026-06-15")),
            ..MedicalInsurance::default()
        };
        assert_eq!(
            told(true, "2026-06-15").former_dependant_since(),
            Some(day("2026-06-15"))
        );
        assert_eq!(
            told(true, "2026-06-16").former_dependant_since(),
            Some(day("2026-06-16"))
        );
        assert_eq!(told(true, "2026-05-01").former_dependant_since(), None);
        assert_eq!(told(false, "2026-06-15").former_dependant_since(), None);
    }

    #[test]
    fn an_income_that_was_not_said_is_not_taken_for_zero() {
        let mut told = LocalTax {
            filed: true,
            salary_income: Some(Yen(0)),
            pension_income: Some(Yen(0)),
            ..LocalTax::default()
        };
        let before = Income {
            family_pay_deducted: Yen(860_000),
            ..Income::default()
        };
        assert_eq!(told.income(&before), None);
        told.other_income = Some(Yen(5));
        let income = told.income(&before).unwrap().0;
        // What is not said stays, and zero is said.
        assert_eq!(
            (income.other_income, income.family_pay_deducted),
            (Yen(5), Yen(860_000))
        );
        told.family_pay_deducted = Some(Yen(0));
        told.family_pay_received = Some(Yen(1));
        told.transfer_special_deduction = Some(Yen(2));
        told.casualty_loss = Some(Yen(3));
        let income = told.income(&before).unwrap().0;
        let test_only = [
            income.family_pay_deducted,
            income.family_pay_received,
            income.transfer_special_deduction,
            income.casualty_loss,
        ];
        assert_eq!(test_only, [Yen(0), Yen(1), Yen(2), Yen(3)]);
        let unfiled = LocalTax {
            salary_income: Some(Yen(700_000)),
            ..LocalTax::default()
        };
        let (income, status) = unfiled.income(&before).unwrap();
        assert_eq!(
            (income.salary_income, status),
            (Yen(700_000), IncomeStatus::Undeclared)
        );
    }

    #[test]
    fn an_answer_adds_a_circumstance_and_never_ends_one() {
        let told = |code: &str, left: &str| {
            InquiryAnswer::Unemployment(Unemployment {
                left_on: Some(day(left)),
                reason_code: code.into(),
            })
        };
        let known = Circumstances {
            involuntary: Some(Involuntary {
                left_on: day("2025-10-31"),
            }),
            ..Circumstances::default()
        };
        assert_eq!(
            told("11", "2026-05-31").circumstances(known),
            Err(Contradiction::Left(day("2025-10-31")))
        );
        assert_eq!(
            told("40", "2025-10-31").circumstances(known),
            Err(Contradiction::Left(day("2025-10-31")))
        );
        assert_eq!(told("11", "2025-10-31").circumstances(known), Ok(known));
        assert!(
            told("40", "2026-05-31")
                .circumstances(Circumstances::default())
                .unwrap()
                .is_empty()
        );
    }
}
