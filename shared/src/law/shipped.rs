//! The parameters that ship with the product, as the bytes the build wrote.

use super::LawError;
use super::bracket::BracketRules;
use super::copayment::CopaymentRules;
use super::duplicate::DuplicateRules;
use super::parameters::{Holidays, Municipality, National, Parameters};
use super::review::ReviewRules;
use crate::calendar::FiscalYear;

/// One document: the JSON bytes and the SHA-256 of exactly these bytes, in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    pub json: &'static str,
    pub sha256: &'static str,
}

/// One municipality and fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    pub code: &'static str,
    pub name: &'static str,
    pub name_en: &'static str,
    pub prefecture: &'static str,
    pub prefecture_en: &'static str,
    pub fiscal_year: FiscalYear,
    pub document: Document,
}

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The document of a municipality and year; a year without parameters is refused.
pub fn find(code: &str, year: FiscalYear) -> Result<&'static Shipped, LawError> {
    MUNICIPALITIES
        .iter()
        .find(|shipped| shipped.code == code && shipped.fiscal_year == year)
        .ok_or_else(|| LawError::MissingMunicipality {
            municipality: name_of(code).unwrap_or(code).to_owned(),
            year: year.0,
        })
}

/// The name of a municipality in any year.
pub fn name_of(code: &str) -> Option<&'static str> {
    let known = MUNICIPALITIES.iter().find(|shipped| shipped.code == code);
    known.map(|shipped| shipped.name)
}

impl Shipped {
    /// The parameters; where several municipalities have the same, they name the one asked for.
    pub fn parameters(&self) -> Result<Parameters, LawError> {
        let mut parameters: Parameters = read(self.document.json)?;
        parameters.municipality = Municipality {
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            name_en: self.name_en.to_owned(),
            prefecture: self.prefecture.to_owned(),
            prefecture_en: self.prefecture_en.to_owned(),
        };
        Ok(parameters)
    }
}

/// The parameters of a municipality and year.
pub fn parameters(code: &str, year: FiscalYear) -> Result<Parameters, LawError> {
    find(code, year)?.parameters()
}

/// The national layer alone, for rates that come inline.
pub fn national(year: FiscalYear) -> Result<National, LawError> {
    let found = NATIONAL.iter().find(|(known, _)| *known == year);
    let (_, document) = found.ok_or(LawError::MissingYear {
        table: "賦課",
        year: year.0,
    })?;
    read(document.json)
}

/// 国民の祝日.
pub fn holidays() -> Result<Holidays, LawError> {
    read(HOLIDAYS.json)
}

/// 一部負担金の割合.
pub fn copayment() -> Result<CopaymentRules, LawError> {
    let rules: CopaymentRules = read(COPAYMENT.json)?;
    rules.check()?;
    Ok(rules)
}

/// 高額療養費の所得区分.
pub fn brackets() -> Result<BracketRules, LawError> {
    let rules: BracketRules = read(BRACKET.json)?;
    rules.check()?;
    Ok(rules)
}

/// 資格重複の職権喪失.
pub fn duplicates() -> Result<DuplicateRules, LawError> {
    read(DUPLICATE.json)
}

/// 発送前の点検.
pub fn review() -> Result<ReviewRules, LawError> {
    read(REVIEW.json)
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, LawError> {
    serde_json::from_str(json).map_err(|error| LawError::Unreadable(error.to_string()))
}
