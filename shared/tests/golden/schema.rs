//! The golden schema: an unknown key is refused, except below `source`.

use chrono::NaiveDate;
use kokuho_shared::law::parameters::RemainderTo;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File<I> {
    pub schema: String,
    pub file: String,
    pub cases: Vec<Case<I>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case<I> {
    pub id: String,
    pub kind: Option<String>,
    #[serde(default, rename = "source")]
    pub _source: Option<IgnoredAny>,
    #[serde(default)]
    pub as_of: AsOf,
    pub inputs: I,
    pub expected: Expected,
    #[serde(default)]
    pub disputed: bool,
    #[serde(default, rename = "note")]
    pub _note: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    pub income_year: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomeInputs {
    pub receipts: Option<i64>,
    #[serde(default)]
    pub age65: bool,
    pub other_income: Option<i64>,
    pub salary_receipts: Option<i64>,
    pub pension_receipts: Option<i64>,
    #[serde(default)]
    pub special: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstalmentInputs {
    pub annual: Option<i64>,
    pub periods: Option<usize>,
    pub unit: Option<i64>,
    pub remainder_to: Option<RemainderTo>,
    pub provisional_total: Option<i64>,
    pub months: Option<Vec<String>>,
    pub closed_days: Option<Vec<NaiveDate>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub income: Option<i64>,
    pub salary_income_before: Option<i64>,
    pub pension_income: Option<i64>,
    pub adjustment: Option<i64>,
    pub salary_income: Option<i64>,
    pub amounts: Option<Vec<i64>>,
    pub october: Option<i64>,
    pub december: Option<i64>,
    pub february: Option<i64>,
    pub due_on: Option<Vec<NaiveDate>>,
}
