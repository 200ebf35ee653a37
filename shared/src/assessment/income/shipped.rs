//! The tables that make incomes of receipts, as they ship.

use crate::assessment::income::tables::IncomeTables;
use crate::law::{LawError, shipped};

impl IncomeTables {
    /// The tables that ship with the product.
    pub fn shipped() -> Result<IncomeTables, LawError> {
        shipped::unpack(shipped::INCOME_TABLES.packed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_what_the_hashed_document_says() {
        let json = shipped::sourceless(&shipped::INCOME_TABLES);
        let json: IncomeTables = serde_json::from_value(json).unwrap();
        assert_eq!(IncomeTables::shipped().unwrap(), json);
    }
}
