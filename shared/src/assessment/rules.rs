//! 料率・端数処理 (municipal) and the national constants (令29条の7) of a year.

use super::premium::AssessmentError;
use crate::calendar::FiscalYear;
use crate::law::{LawError, ValueState};
use crate::money::Yen;
use crate::rate::Rate;
use serde::{Deserialize, Serialize};

const NATIONAL: &str = include_str!("../../parameters/national/premium.toml");

/// 賦課の4区分: 基礎, 後期高齢者支援金等, 介護納付金, 子ども・子育て支援納付金.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Medical,
    Support,
    Care,
    Child,
}

/// One value for each part that is levied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPart<T> {
    pub medical: Option<T>,
    pub support: Option<T>,
    pub care: Option<T>,
    pub child: Option<T>,
}

impl<T: Copy> ByPart<T> {
    pub const NONE: ByPart<T> = ByPart {
        medical: None,
        support: None,
        care: None,
        child: None,
    };

    pub fn get(&self, part: Part) -> Option<T> {
        match part {
            Part::Medical => self.medical,
            Part::Support => self.support,
            Part::Care => self.care,
            Part::Child => self.child,
        }
    }

    /// The parts that have a value, in the order of the decree.
    pub fn iter(&self) -> impl Iterator<Item = (Part, T)> + '_ {
        [Part::Medical, Part::Support, Part::Care, Part::Child]
            .into_iter()
            .filter_map(|part| self.get(part).map(|value| (part, value)))
    }
}

/// 料率 of one part: yen a year for the units, a fraction for the income rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRates {
    pub income_rate: Rate,
    /// 均等割.
    pub per_capita: Yen,
    /// 18歳以上均等割 (only 子ども).
    #[serde(default)]
    pub per_capita_18plus: Yen,
    /// 平等割.
    pub per_household: Yen,
    /// 賦課限度額.
    pub cap: Yen,
}

/// Whose income levy is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncomeScope {
    Person,
    Household,
}

/// How an income levy becomes whole yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncomeMode {
    Floor,
    HalfUp,
}

/// What remains of 均等割 and 平等割 after a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReducedUnit {
    FloorPerson,
    FloorHousehold,
    Exact,
    Ceil10,
}

/// What is floored to `part_unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartScope {
    Part,
    Person,
}

/// 端数処理 of a municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingRules {
    pub income_scope: IncomeScope,
    pub income_mode: IncomeMode,
    pub reduced_unit: ReducedUnit,
    pub part_unit: i64,
    pub part_scope: PartScope,
    pub total_unit: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NationalFile {
    year: Vec<NationalYear>,
    common: Common,
}

/// 軽減判定 and caps of one fiscal year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalYear {
    pub fiscal_year: FiscalYear,
    pub per_head: PerHead,
    pub caps: ByPart<Yen>,
    pub source: String,
    pub state: ValueState,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerHead {
    pub t50: i64,
    pub t20: i64,
}

/// Constants that hold in every year of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    pub source: String,
    pub state: ValueState,
    pub test_base: i64,
    pub per_extra_earner: i64,
    pub earner_salary_over: i64,
    pub earner_pension_over: i64,
    pub earner_pension_over_65: i64,
    pub pension_deduction_65: i64,
    pub preschool_under: i32,
    pub child_under: i32,
    pub care_from: u32,
    pub care_until: u32,
    pub insured_until: i32,
    pub basic_deduction: Vec<DeductionStep>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeductionStep {
    pub up_to: i64,
    pub amount: i64,
}

/// The national rules of one fiscal year.
#[derive(Clone, Debug)]
pub struct National {
    pub year: NationalYear,
    pub common: Common,
}

impl National {
    /// The shipped rules of a year; a year without parameters is refused.
    pub fn shipped(fiscal_year: FiscalYear) -> Result<National, LawError> {
        let file: NationalFile =
            toml::from_str(NATIONAL).map_err(|error| LawError::Unreadable(error.to_string()))?;
        let year = file
            .year
            .into_iter()
            .find(|year| year.fiscal_year == fiscal_year);
        let year = year.ok_or(LawError::MissingYear {
            table: "賦課",
            year: fiscal_year.0,
        })?;
        Ok(National {
            year,
            common: file.common,
        })
    }

    /// 令29条の7: a municipal cap may not exceed the national one, nor a part exist without one.
    pub fn check_caps(&self, rates: &ByPart<PartRates>) -> Result<(), AssessmentError> {
        for (part, rate) in rates.iter() {
            match self.year.caps.get(part) {
                None => return Err(AssessmentError::PartNotLevied { part }),
                Some(national) if rate.cap > national => {
                    return Err(AssessmentError::CapAboveNational {
                        part,
                        cap: rate.cap,
                        national,
                    });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// 基礎控除 (地方税法314条の2第2項) by 合計所得金額.
    pub fn basic_deduction(&self, total_income: Yen) -> Yen {
        let step = self
            .common
            .basic_deduction
            .iter()
            .find(|step| total_income.0 <= step.up_to);
        Yen(step.map_or(0, |step| step.amount))
    }
}
