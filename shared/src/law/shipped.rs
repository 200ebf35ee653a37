//! The parameters that ship with the product, as the bytes the build wrote.

use super::LawError;
use super::bracket::BracketRules;
use super::copayment::CopaymentRules;
use super::duplicate::DuplicateRules;
use super::income_kinds::KindRules;
use super::parameters::{Holidays, Municipality, National, Packed, Parameters};
use super::pension::PensionRules;
use super::review::ReviewRules;
use crate::calendar::FiscalYear;

/// One document: the JSON bytes and the SHA-256 of exactly these bytes, in hexadecimal.
///
/// Whoever calculates reads `packed`, which holds the same values in fewer bytes and needs less
/// program to be read: the citizen's page carries no JSON. What is packed has its JSON, and in it
/// the sources, apart ([`Document::text`]). A test reads both and compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    pub(crate) json: &'static str,
    pub packed: &'static [u8],
    pub sha256: &'static str,
}

impl Document {
    /// The JSON whose hash this document bears.
    pub fn text(&self) -> &'static str {
        let known = TEXTS.iter().find(|(sha256, _)| *sha256 == self.sha256);
        known.map_or(self.json, |(_, text)| *text)
    }
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
        let (rates, rounding, options, instalments, eligibility): Packed =
            unpack(self.document.packed)?;
        Ok(Parameters {
            fiscal_year: self.fiscal_year,
            municipality: Municipality {
                code: self.code.to_owned(),
                name: self.name.to_owned(),
                name_en: self.name_en.to_owned(),
                prefecture: self.prefecture.to_owned(),
                prefecture_en: self.prefecture_en.to_owned(),
            },
            national: national(self.fiscal_year)?,
            rates,
            rounding,
            options,
            instalments,
            eligibility,
        })
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
    unpack(document.packed)
}

/// 国民の祝日.
pub fn holidays() -> Result<Holidays, LawError> {
    unpack(HOLIDAYS.packed)
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

/// 総合課税の譲渡・一時所得.
pub fn kinds() -> Result<KindRules, LawError> {
    unpack(KINDS.packed)
}

/// 特別徴収.
pub fn pension() -> Result<PensionRules, LawError> {
    read(PENSION.json)
}

/// 発送前の点検.
pub fn review() -> Result<ReviewRules, LawError> {
    read(REVIEW.json)
}

/// The values of packed bytes.
pub(crate) fn unpack<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, LawError> {
    postcard::from_bytes(bytes).map_err(|error| LawError::Unreadable(error.to_string()))
}

/// The values of a JSON text.
pub(crate) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, LawError> {
    serde_json::from_str(json).map_err(|error| LawError::Unreadable(error.to_string()))
}

/// What a document says but for its sources, which are not packed.
#[cfg(test)]
pub(crate) fn sourceless(document: &Document) -> serde_json::Value {
    fn without(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(source) = map.get_mut("source") {
                    *source = "".into();
                }
                map.values_mut().for_each(without);
            }
            serde_json::Value::Array(all) => all.iter_mut().for_each(without),
            _ => {}
        }
    }
    let mut value = read(document.text()).unwrap_or_default();
    without(&mut value);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    fn same<T: serde::de::DeserializeOwned + PartialEq + Debug>(document: &Document) {
        let (json, packed) = (sourceless(document), unpack::<T>(document.packed));
        assert_eq!(serde_json::from_value::<T>(json).unwrap(), packed.unwrap());
    }

    #[test]
    fn what_is_packed_is_what_the_hashed_documents_say() {
        let mut holidays: Holidays = serde_json::from_value(sourceless(&HOLIDAYS)).unwrap();
        holidays.day.iter_mut().for_each(|day| day.name.clear());
        assert_eq!(holidays, super::holidays().unwrap());
        same::<KindRules>(&KINDS);
        for (_, document) in NATIONAL {
            same::<National>(document);
        }
        for shipped in MUNICIPALITIES {
            let json = sourceless(&shipped.document);
            let mut json: Parameters = serde_json::from_value(json).unwrap();
            let packed = shipped.parameters().unwrap();
            json.municipality = packed.municipality.clone();
            assert!(shipped.document.text().contains("\"source\":\""));
            assert_eq!(json, packed, "{} {:?}", shipped.code, shipped.fiscal_year);
        }
    }
}
