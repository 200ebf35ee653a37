//! 年度 in an address.

use kokuho_shared::calendar::FiscalYear;
use serde::Deserialize;

/// `?fiscal_year=2026`.
#[derive(Deserialize)]
pub struct Year {
    pub fiscal_year: FiscalYear,
}
