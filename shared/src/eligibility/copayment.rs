//! 一部負担金の割合 (法42条, 令27条の2): the whole household's test for those from 70 to 74.

use super::terms::age_70;
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::law::copayment::CopaymentRule;
use crate::money::Yen;
use crate::rate::Rate;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A person of the household in a month of care; incomes of the year that decides it, in yen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub id: String,
    pub birth_date: NaiveDate,
    #[serde(default = "yes")]
    pub insured: bool,
    /// 特定同一世帯所属者.
    #[serde(default)]
    pub former_member: bool,
    /// 課税所得: 総所得金額等 less 所得控除, before the deduction for children.
    #[serde(default)]
    pub taxable_income: Yen,
    /// 基準所得額 (旧ただし書き所得).
    #[serde(default)]
    pub basis_income: Yen,
    /// 収入金額, before costs and deductions.
    #[serde(default)]
    pub receipts: Yen,
    /// 世帯主 on 31 December of the income year, with so many children of little income.
    #[serde(default)]
    pub head_on_dec31: bool,
    #[serde(default)]
    pub children_under16: i64,
    #[serde(default)]
    pub children_16_18: i64,
}

fn yes() -> bool {
    true
}

/// 負担割合 of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    pub id: String,
    pub ratio: Rate,
    /// 課税所得 after the deduction for children; only of those from 70 to 74.
    pub taxable: Option<Yen>,
}

/// Why those from 70 to 74 bear what they bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 1: nobody's 課税所得 reaches the line.
    TaxableBelow,
    /// 2: 基準所得額 together does not exceed its line.
    BasisBelow,
    /// 3: one person, receipts below the line.
    ReceiptsOfOne,
    /// 4: one person with 特定同一世帯所属者, receipts together below the line.
    ReceiptsWithFormer,
    /// 5: two or more, receipts together below the line.
    ReceiptsOfMany,
    /// 6: 現役並み所得者.
    Active,
}

impl Step {
    /// The number of the step, from 1 to 6.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// The household's ratios in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copayment {
    /// None where nobody is from 70 to 74.
    pub step: Option<Step>,
    pub ratios: Vec<Ratio>,
}

impl Copayment {
    /// The ratio of those from 70 to 74.
    pub fn senior(&self) -> Option<Rate> {
        let senior = self.ratios.iter().find(|ratio| ratio.taxable.is_some());
        senior.map(|ratio| ratio.ratio)
    }
}

/// Judges the household in a month. `receipts_confirmed`: the receipts may be looked at, since
/// somebody applied or the city knows them (令27条の2第3項).
pub fn judge(
    persons: &[Person],
    care_month: Month,
    receipts_confirmed: bool,
    rule: &CopaymentRule,
) -> Copayment {
    let senior = |person: &&Person| person.insured && is_senior(person.birth_date, care_month);
    let seniors: Vec<&Person> = persons.iter().filter(senior).collect();
    let step = (!seniors.is_empty()).then(|| step(&seniors, persons, receipts_confirmed, rule));
    let of_seniors = match step {
        Some(Step::Active) => rule.active,
        _ => rule.senior,
    };
    let ratio = |person: &Person| {
        let of_band = is_senior(person.birth_date, care_month);
        let ratio = match of_band {
            true => of_seniors,
            false if is_preschool(person.birth_date, care_month) => rule.preschool,
            false => rule.usual,
        };
        Ratio {
            id: person.id.clone(),
            ratio,
            taxable: of_band.then(|| taxable(person, rule)),
        }
    };
    let insured = persons.iter().filter(|person| person.insured);
    Copayment {
        step,
        ratios: insured.map(ratio).collect(),
    }
}

fn step(
    seniors: &[&Person],
    persons: &[Person],
    receipts_confirmed: bool,
    rule: &CopaymentRule,
) -> Step {
    if seniors
        .iter()
        .all(|person| taxable(person, rule) < rule.taxable_from)
    {
        return Step::TaxableBelow;
    }
    let basis: Yen = seniors.iter().map(|person| person.basis_income).sum();
    if basis <= rule.basis_up_to {
        return Step::BasisBelow;
    }
    if !receipts_confirmed {
        return Step::Active;
    }
    let receipts: Yen = seniors.iter().map(|person| person.receipts).sum();
    let former = persons
        .iter()
        .filter(|person| person.former_member && !person.insured);
    let of_former: Vec<Yen> = former.map(|person| person.receipts).collect();
    let together = receipts + of_former.iter().copied().sum();
    match seniors.len() {
        1 if receipts < rule.receipts_of_one => Step::ReceiptsOfOne,
        1 if !of_former.is_empty() && together < rule.receipts_of_many => Step::ReceiptsWithFormer,
        1 => Step::Active,
        _ if receipts < rule.receipts_of_many => Step::ReceiptsOfMany,
        _ => Step::Active,
    }
}

/// 課税所得 after the deduction of whoever was head with children of little income.
fn taxable(person: &Person, rule: &CopaymentRule) -> Yen {
    if !person.head_on_dec31 {
        return person.taxable_income;
    }
    let deducted = rule.per_child_under16.0 * person.children_under16
        + rule.per_child_16_to_18.0 * person.children_16_18;
    (person.taxable_income - Yen(deducted)).or_zero()
}

/// From the month after that in which 70 is attained, until 75.
fn is_senior(birth: NaiveDate, month: Month) -> bool {
    let first = month.first_day();
    let from = age_70(birth).map(|age| age.ratio_from);
    let until = age_attained_on(birth, 75);
    from.is_some_and(|from| from <= first) && until.is_some_and(|until| first <= until)
}

/// 未就学児: until the first 31 March on or after attaining 6.
fn is_preschool(birth: NaiveDate, month: Month) -> bool {
    let last = age_attained_on(birth, 6).and_then(|attained| {
        let next = FiscalYear::of(attained).after().april()?;
        next.pred_opt()
    });
    last.is_some_and(|last| month.first_day() <= last)
}
