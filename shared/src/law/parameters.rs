//! The shape of the parameters: a national layer and a municipal one, both of one fiscal year.
//!
//! The build reads them from TOML, checks them and writes each municipality and year as JSON
//! with its hash; server and browser read the same bytes (`shipped`).

pub use super::national::*;
pub use super::part::{ByPart, Part};
use crate::calendar::FiscalYear;
use crate::law::LawError;
use crate::money::Yen;
use crate::rate::Rate;
use chrono::NaiveDate;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// Whether a figure was seen in its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueState {
    Verified,
    Unverified,
}

/// A block of figures with the days on which it holds (half-open), its source and state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited<T> {
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub from: NaiveDate,
    #[serde(deserialize_with = "crate::calendar::read_date")]
    pub until: NaiveDate,
    pub source: String,
    pub state: ValueState,
    pub value: T,
}

/// 料率 of one part: yen a year for the units, a fraction for the income rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartRates {
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "0.0751"))]
    pub income_rate: Rate,
    /// 資産割, a fraction of the fixed asset tax (only where a city levies four lines).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "0.0751"))]
    pub asset_rate: Rate,
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

impl Serialize for PartRates {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let whole = !to.is_human_readable();
        let mut fields = to.serialize_struct("PartRates", 6)?;
        fields.serialize_field("income_rate", &self.income_rate)?;
        if whole || self.asset_rate != Rate::ZERO {
            fields.serialize_field("asset_rate", &self.asset_rate)?;
        }
        fields.serialize_field("per_capita", &self.per_capita)?;
        fields.serialize_field("per_capita_18plus", &self.per_capita_18plus)?;
        fields.serialize_field("per_household", &self.per_household)?;
        fields.serialize_field("cap", &self.cap)?;
        fields.end()
    }
}

/// Whose income levy is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IncomeScope {
    Person,
    Household,
}

/// How an income levy becomes whole yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IncomeMode {
    Floor,
    HalfUp,
}

/// What remains of 均等割 and 平等割 after a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReducedUnit {
    FloorPerson,
    FloorHousehold,
    Exact,
    Ceil10,
}

/// What is floored to `part_unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PartScope {
    Part,
    Person,
}

/// 端数処理 of a municipality. Units are yen, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundingRules {
    pub income_scope: IncomeScope,
    pub income_mode: IncomeMode,
    #[serde(default)]
    pub income_mode_by_part: Option<ByPart<IncomeMode>>,
    #[serde(default = "one")]
    pub income_base_unit: i64,
    pub reduced_unit: ReducedUnit,
    pub part_unit: i64,
    pub part_scope: PartScope,
    pub total_unit: i64,
    #[serde(default = "one")]
    pub proration_unit: i64,
}

impl Serialize for RoundingRules {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let whole = !to.is_human_readable();
        let mut fields = to.serialize_struct("RoundingRules", 9)?;
        fields.serialize_field("income_scope", &self.income_scope)?;
        fields.serialize_field("income_mode", &self.income_mode)?;
        if whole || self.income_mode_by_part.is_some() {
            fields.serialize_field("income_mode_by_part", &self.income_mode_by_part)?;
        }
        fields.serialize_field("income_base_unit", &self.income_base_unit)?;
        fields.serialize_field("reduced_unit", &self.reduced_unit)?;
        fields.serialize_field("part_unit", &self.part_unit)?;
        fields.serialize_field("part_scope", &self.part_scope)?;
        fields.serialize_field("total_unit", &self.total_unit)?;
        fields.serialize_field("proration_unit", &self.proration_unit)?;
        fields.end()
    }
}

fn one() -> i64 {
    1
}

/// 月割の方式: each month's state is a twelfth of its own annual amount, capped month by month;
/// or the twelfths of the components are added and capped once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Proration {
    #[default]
    MonthState,
    PerComponent,
}

/// When 7/5/2割 of a household with 特例対象被保険者等 is judged: anew for the months with another
/// set of them, or once with the set of the test day's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InvoluntaryTier {
    #[default]
    ByMonth,
    AtTestDate,
}

/// 1日喪失: with a loss by 法6条1–8号 on the first, the day before counts as the loss day, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LossOnFirst {
    #[default]
    PreviousDay,
    SameDay,
}

/// 産前産後 where months are capped one by one: once a person is freed of something, the year's
/// components may be added and held against the cap of all months together, so that months far
/// above it make up for others; or the own share comes off each month before that month's cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MaternityCap {
    #[default]
    ByYear,
    ByMonth,
}

/// Points on which municipalities differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Options {
    pub proration: Proration,
    pub loss_on_first: LossOnFirst,
    pub involuntary_tier: InvoluntaryTier,
    pub maternity_cap: MaternityCap,
    /// 特定世帯 also on 平等割 of the child part (not settled by the decree).
    pub specific_household_child: bool,
}

/// 普通徴収の納期 of a municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstalmentRules {
    /// `YYYY-MM`, in order; the due date is the month's last open day or the next one.
    pub months: Vec<String>,
    /// Yen; each instalment but one is a multiple of it.
    pub unit: i64,
    pub remainder_to: RemainderTo,
    /// 年末年始 `MM-DD`, both included.
    pub closed_from: String,
    pub closed_until: String,
    /// 仮算定 (暫定賦課): how many of the first instalments ask for a share of last year's premium; 0 = none.
    #[serde(default)]
    pub provisional: u8,
    /// Yen; the sum of the provisional instalments is a multiple of it.
    #[serde(default = "one_yen")]
    pub provisional_unit: i64,
    /// 特別徴収 that goes on: what is taken in June and August.
    #[serde(default)]
    pub june_deduction: JuneDeduction,
}

fn one_yen() -> i64 {
    1
}

/// 仮徴収 of June and August of whom the deduction goes on (規則32条の30).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JuneDeduction {
    /// The payment of February.
    #[default]
    February,
    /// 市町村決定額: a sixth of last year's premium each, cut to 100 yen, so that the year is taken evenly.
    SixthOfLastYear,
}

/// 端数期: the instalment that takes what the unit leaves over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemainderTo {
    First,
    Last,
}

/// 75歳: whether the eligibility ends on the birthday or on the day after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age75Loss {
    #[default]
    Birthday,
    DayAfter,
}

/// 障害認定: whether the eligibility ends on its day or on the day after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabilityLoss {
    #[default]
    NextDay,
    SameDay,
}

/// 資格の扱い of a municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EligibilityRules {
    pub age75_loss: Age75Loss,
    pub disability_loss: DisabilityLoss,
    /// 資格確認書の一斉更新: the last day of each year's papers, `MM-DD`.
    pub certificate_until: String,
}

/// 市町村.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    /// 全国地方公共団体コード, five digits.
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub prefecture: String,
    pub prefecture_en: String,
}

/// Both layers of one municipality and fiscal year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub fiscal_year: FiscalYear,
    pub municipality: Municipality,
    pub national: National,
    pub rates: ByPart<Cited<PartRates>>,
    pub rounding: Cited<RoundingRules>,
    pub options: Cited<Options>,
    pub instalments: Cited<InstalmentRules>,
    pub eligibility: Cited<EligibilityRules>,
}

/// What a municipality's packed bytes hold: the national layer is packed once for its year.
pub type Packed = (
    ByPart<Cited<PartRates>>,
    Cited<RoundingRules>,
    Cited<Options>,
    Cited<InstalmentRules>,
    Cited<EligibilityRules>,
);

impl Parameters {
    /// The name by which decisions refer to these parameters, e.g. `27100/2026`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.municipality.code, self.fiscal_year.0)
    }

    /// Every check that is not a matter of types.
    pub fn check(&self) -> Result<(), LawError> {
        let year = self.fiscal_year;
        for (part, _) in self.national.caps.value.iter() {
            // Before a city has set its rates a year can be asked for provisionally.
            if self.rates.get(part).is_none() && self.rates.iter().next().is_some() {
                return wrong(format!("rates.{}: missing", part.key()));
            }
        }
        for (part, rates) in self.rates.iter() {
            self.national.check_cap(part, rates.value.cap)?;
            rates.check(&format!("rates.{}", part.key()), year)?;
            if rates.value.income_rate.parts_per_million() > HIGHEST_RATE {
                return wrong(format!("rates.{}.income_rate: above 20 %", part.key()));
            }
        }
        self.rounding.check("rounding", year)?;
        self.options.check("options", year)?;
        self.instalments.check("instalments", year)?;
        self.instalments.value.check(year)?;
        self.eligibility.check("eligibility", year)?;
        let until = format!("{}-{}", year.0, self.eligibility.value.certificate_until);
        match crate::calendar::iso_date(&until) {
            Some(_) => Ok(()),
            None => wrong(format!("eligibility.certificate_until: {until}")),
        }
    }
}

/// A rate above it, in millionths, is a slip of the keyboard.
const HIGHEST_RATE: i64 = 200_000;

pub(super) fn wrong<T>(what: String) -> Result<T, LawError> {
    Err(LawError::Unreadable(what))
}

impl<T> Cited<T> {
    /// A figure that does not hold during the whole year is missing for it.
    pub(super) fn check(&self, name: &str, year: FiscalYear) -> Result<(), LawError> {
        let whole = year.april().zip(year.after().april());
        match whole {
            Some((april, end)) if self.from <= april && end <= self.until => Ok(()),
            _ => wrong(format!(
                "{name}: {} から {} は{}年度を覆っていません",
                self.from, self.until, year.0
            )),
        }
    }
}

impl InstalmentRules {
    /// Months in order, from April of the year to May of the next, where it still settles.
    fn check(&self, year: FiscalYear) -> Result<(), LawError> {
        let first = format!("{:04}-04", year.0);
        let last = format!("{:04}-05", year.0 + 1);
        let inside = self
            .months
            .iter()
            .all(|month| first <= *month && *month <= last);
        let good = !self.months.is_empty()
            && inside
            && self.months.is_sorted_by(|a, b| a < b)
            && self.unit >= 1
            && self.provisional_unit >= 1
            && usize::from(self.provisional) < self.months.len();
        if good {
            Ok(())
        } else {
            wrong("instalments: months or unit".into())
        }
    }
}
