//! 年度 in an address.

use serde::Deserialize;

/// `?fiscal_year=2026`.
#[derive(Deserialize)]
pub struct Year {
    pub fiscal_year: i32,
}
