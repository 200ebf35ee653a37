//! The national layer: what the law fixes for every municipality, one fiscal year at a time.

use super::parameters::{Cited, ValueState, wrong};
use super::part::{ByPart, Part};
use crate::calendar::FiscalYear;
use crate::law::LawError;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 軽減判定: yen added to the threshold for each counted person (5割, 2割).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerHead {
    pub t50: i64,
    pub t20: i64,
}

/// 軽減判定の基準額, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReductionTest {
    pub base: i64,
    pub per_extra_earner: i64,
}

/// 給与所得者等: receipts over these figures, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earner {
    pub salary_over: i64,
    pub pension_over: i64,
    pub pension_over_65: i64,
}

/// 65歳以上の年金所得から控除する額, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeniorPension {
    pub age: i32,
    pub deduction: i64,
}

/// Ages in years at which something begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    pub preschool_under: i32,
    pub child_under: i32,
    pub care_from: i32,
    pub care_until: i32,
    pub insured_until: i32,
}

/// 軽減の割合と期間 (令29条の7): per cent that is taken off, quarters that are left, months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reliefs {
    /// 7割・5割・2割, from the lowest income on.
    pub tiers: [u8; 3],
    /// 未就学児, of what the tier leaves of 均等割 in 基礎 and 支援.
    pub preschool_percent: i64,
    /// 18歳未満, of what the tier leaves of 均等割 in 子ども.
    pub child_percent: i64,
    /// 特定世帯: months after 特定月, and quarters of 平等割 that are left.
    pub specific_months: i32,
    pub specific_quarters: i64,
    /// 特定継続世帯: the same, counted from 特定月 too.
    pub specific_continuing_months: i32,
    pub specific_continuing_quarters: i64,
}

/// 特例対象被保険者等 (令29条の7の2): who left a job against one's will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoluntaryRule {
    /// In years; younger than this on the day of leaving.
    pub age_under: i32,
    /// Per cent of 給与所得 that count.
    pub salary_percent: i64,
    /// Until the end of so many fiscal years after the one of the day after leaving.
    pub fiscal_years_after: i32,
}

/// 産前産後 (令29条の7, 出産被保険者): which months are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaternityRule {
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub births_from: NaiveDate,
    /// No month before that of this day.
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub months_from: NaiveDate,
    /// Months before the one of the birth.
    pub before: i32,
    /// The same for twins and more.
    pub before_multiple: i32,
    pub after: i32,
}

/// 旧被扶養者の減免 (条例, 法77条).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerDependantRule {
    /// Per cent to which 均等割 and 平等割 are brought down; one of the tiers.
    pub percent: u8,
    /// Months from that of 資格取得 on in which they are.
    pub months: i32,
}

/// 介護保険適用除外施設 (介護保険法施行法11条): when somebody who enters is no 第2号被保険者 any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CareExemptRule {
    pub loss_on: CareLoss,
}

/// The day of the loss. It is a member again on the day of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareLoss {
    /// 入所の日.
    SameDay,
    /// 入所の日の翌日.
    NextDay,
}

/// 基礎控除: up to this 合計所得金額 (yen), this amount (yen); none above the last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeductionStep {
    pub up_to: i64,
    pub amount: i64,
}

/// 納入の通知 (自治法231条).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentNotice {
    /// At least so many days lie between the notice and the 納期限 it names.
    pub days: u64,
}

/// 賦課決定の期間制限 (法110条の2第1項).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionLimit {
    /// Months from the day after the first 納期限 in which a premium can be decided.
    pub months: u32,
}

/// 基礎控除 (地方税法314条の2第2項) of a 合計所得金額.
pub fn basic_deduction(steps: &[DeductionStep], total_income: Yen) -> Yen {
    let step = steps.iter().find(|step| total_income.0 <= step.up_to);
    Yen(step.map_or(0, |step| step.amount))
}

/// The national layer of one fiscal year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    pub fiscal_year: FiscalYear,
    pub per_head: Cited<PerHead>,
    pub caps: Cited<ByPart<Yen>>,
    pub reduction_test: Cited<ReductionTest>,
    pub earner: Cited<Earner>,
    pub senior_pension: Cited<SeniorPension>,
    pub ages: Cited<Ages>,
    pub basic_deduction: Cited<Vec<DeductionStep>>,
    pub reliefs: Cited<Reliefs>,
    pub involuntary: Cited<InvoluntaryRule>,
    pub maternity: Cited<MaternityRule>,
    pub former_dependant: Cited<FormerDependantRule>,
    pub care_exempt: Cited<CareExemptRule>,
    pub payment_notice: Cited<PaymentNotice>,
    pub decision_limit: Cited<DecisionLimit>,
}

impl National {
    /// 令29条の7: a municipal cap may not exceed the national one, nor a part exist without one.
    pub fn check_cap(&self, part: Part, cap: Yen) -> Result<(), LawError> {
        match self.caps.value.get(part) {
            None => Err(LawError::PartNotLevied { part }),
            Some(&national) if cap > national => Err(LawError::CapAboveNational {
                part,
                cap,
                national,
            }),
            Some(_) => Ok(()),
        }
    }
}

impl National {
    /// Every figure holds during the whole year, and the tiers and thresholds are in order.
    pub fn check(&self) -> Result<(), LawError> {
        let year = self.fiscal_year;
        self.per_head.check("per_head", year)?;
        self.caps.check("caps", year)?;
        self.reduction_test.check("reduction_test", year)?;
        self.earner.check("earner", year)?;
        self.senior_pension.check("senior_pension", year)?;
        self.ages.check("ages", year)?;
        self.basic_deduction.check("basic_deduction", year)?;
        self.reliefs.check("reliefs", year)?;
        self.involuntary.check("involuntary", year)?;
        self.maternity.check("maternity", year)?;
        self.former_dependant.check("former_dependant", year)?;
        self.care_exempt.check("care_exempt", year)?;
        self.payment_notice.check("payment_notice", year)?;
        self.decision_limit.check("decision_limit", year)?;
        let heads = self.per_head.value;
        let reliefs = self.reliefs.value;
        let steps = &self.basic_deduction.value;
        let percents = [reliefs.preschool_percent, reliefs.child_percent];
        let in_order = [
            ("per_head", 0 < heads.t50 && heads.t50 < heads.t20),
            (
                "caps",
                [Part::Medical, Part::Support, Part::Care]
                    .iter()
                    .all(|part| self.caps.value.get(*part).is_some()),
            ),
            (
                "reliefs.tiers",
                reliefs.tiers.is_sorted_by(|more, less| more > less) && reliefs.tiers[0] <= 100,
            ),
            (
                "reliefs",
                percents.iter().all(|percent| (0..=100).contains(percent)),
            ),
            (
                "reliefs.specific_months",
                reliefs.specific_months <= reliefs.specific_continuing_months,
            ),
            (
                "former_dependant.percent",
                reliefs.tiers.contains(&self.former_dependant.value.percent),
            ),
            (
                "involuntary.salary_percent",
                (0..=100).contains(&self.involuntary.value.salary_percent),
            ),
            (
                "basic_deduction",
                steps.is_sorted_by(|low, high| low.up_to < high.up_to && low.amount > high.amount),
            ),
        ];
        match in_order.iter().find(|(_, good)| !good) {
            Some((name, _)) => wrong(format!("{name}: out of order")),
            None => Ok(()),
        }
    }
}

/// 国民の祝日 with the days for which the table is complete (half-open).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub valid_from: NaiveDate,
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub valid_until: NaiveDate,
    pub source: String,
    pub state: ValueState,
    pub day: Vec<Holiday>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub on: NaiveDate,
    pub name: String,
}
