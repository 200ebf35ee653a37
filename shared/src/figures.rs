//! 数値: the figures of law and of cities that this build brings. Each floor takes them here, through one module of
//! its own, and gives them to the rules.

use crate::assessment::error::AssessmentError;
use crate::assessment::income::tables::IncomeTables;
use crate::assessment::relief::rules::ReliefRules;
use crate::assessment::result::Assessor;
use crate::assessment::sheet::Tables;
use crate::calendar::FiscalYear;
use crate::law::{LawError, shipped};
use crate::linkage::basis::Bases;

pub use crate::law::shipped::{
    MUNICIPALITIES, Shipped, brackets, copayment, duplicates, find, holidays, kinds, name_of,
    national, parameters, pension, review,
};

/// The parameters of a municipality and year, ready to assess; a missing year is refused.
pub fn assessor(code: &str, year: FiscalYear) -> Result<Assessor, AssessmentError> {
    Assessor::new(parameters(code, year)?, holidays()?)
}

/// The tables that make incomes of receipts.
pub fn income_tables() -> Result<IncomeTables, LawError> {
    shipped::unpack(shipped::INCOME_TABLES.packed)
}

/// The tables by which a citizen's receipts and kinds become income.
pub fn sheet_tables() -> Result<Tables, LawError> {
    Ok(Tables {
        income: income_tables()?,
        kinds: kinds()?,
    })
}

/// 減免の基準 without those of a city.
pub fn relief_rules() -> Result<ReliefRules, LawError> {
    let rules: ReliefRules = shipped::read(shipped::RELIEFS.json)?;
    rules.check()?;
    Ok(rules)
}

/// 照会の根拠: who may be asked for what.
pub fn bases() -> Result<Bases, LawError> {
    shipped::read(shipped::LINKAGE.json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packed_tables_of_incomes_are_what_the_hashed_document_says() {
        let json = shipped::sourceless(&shipped::INCOME_TABLES);
        let json: IncomeTables = serde_json::from_value(json).unwrap();
        assert_eq!(income_tables().unwrap(), json);
    }
}
