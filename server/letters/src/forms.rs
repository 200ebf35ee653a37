//! 納付書の様式: what machines read on a slip, as dated data with its source and state.

use crate::error::LettersError;
use chrono::NaiveDate;
use kokuho_shared::law::parameters::ValueState;
use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("../layouts/slips.toml");

/// All layouts; which of them holds is a question of the letter's date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipForms {
    /// 取扱期限 of a slip that is issued again: at most so many days after its issue.
    #[serde(default = "usual_days")]
    pub usable_days: u16,
    #[serde(default)]
    pub convenience: Vec<Dated<Convenience>>,
    #[serde(default)]
    pub ocr: Vec<Dated<Ocr>>,
}

/// A layout from a day on, until another day where one is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated<T> {
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// An unverified layout prints 見本 beside what it makes.
    pub state: ValueState,
    pub source: String,
    pub layout: T,
}

/// コンビニ収納 (GS1-128).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convenience {
    pub application_identifier: String,
    /// 請求書発行企業コード: the city's GS1 company code without its leading 4.
    pub company_code: String,
    /// 収納代行会社の桁, before the slip number in 自由使用欄.
    pub agent_digits: String,
    /// What stands for 支払期限 where there is none.
    pub no_deadline: String,
    /// 印紙フラグ.
    pub stamp_flag: String,
    /// The highest amount shops take, in yen; above it the slip has no barcode.
    pub maximum: i64,
    pub check_digit: CheckScope,
    /// Width of the narrowest bar and height of all, in thousandths of a millimetre.
    pub module_micrometres: u32,
    pub height_micrometres: u32,
}

/// Over which digits the check digit is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckScope {
    /// All 43, the application identifier included.
    Whole,
    WithoutIdentifier,
}

/// 納入済通知書の読取行 (OCR).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocr {
    /// 会計・科目.
    pub account: String,
    pub check_digit: OcrCheck,
    pub lines: Vec<Vec<OcrField>>,
}

/// How the last digit of an OCR line is computed from those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcrCheck {
    Mod10Weight3,
}

/// A field of an OCR line, filled with zeros at the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcrField {
    pub field: OcrItem,
    pub digits: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcrItem {
    Municipality,
    Account,
    SlipNumber,
    Instalment,
    FiscalYear,
    Reserve,
    Check,
    Principal,
    Fee,
    LateCharge,
    Total,
    DueOn,
}

fn usual_days() -> u16 {
    92
}

impl SlipForms {
    /// The layouts that come with the program.
    pub fn shipped() -> Result<SlipForms, LettersError> {
        SlipForms::read(SHIPPED)
    }

    /// Layouts of a city, as TOML.
    pub fn read(toml: &str) -> Result<SlipForms, LettersError> {
        toml::from_str(toml).map_err(|why| LettersError::Form(why.to_string()))
    }

    pub fn convenience_on(&self, day: NaiveDate) -> Option<&Dated<Convenience>> {
        on(&self.convenience, day)
    }

    pub fn ocr_on(&self, day: NaiveDate) -> Option<&Dated<Ocr>> {
        on(&self.ocr, day)
    }
}

/// The layout of the day; of two that hold, the one that began later.
fn on<T>(all: &[Dated<T>], day: NaiveDate) -> Option<&Dated<T>> {
    let holds = |each: &&Dated<T>| each.from <= day && each.until.is_none_or(|until| day < until);
    all.iter().filter(holds).max_by_key(|each| each.from)
}
