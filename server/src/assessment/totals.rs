//! 決定額 (totals) of a year, without their reasons.

use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use std::collections::HashMap;

/// Totals of a year in the order of their sequence, without 仮算定: the newest stays.
pub(super) const TOTALS: &str = "SELECT household_id, total FROM decision \
    WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 \
    AND NOT provisional ORDER BY household_id, sequence";

/// The same of the year before for one household (`store::together::Asked`).
pub(super) const TOTALS_OF_ONE: &str = "SELECT household_id, total FROM decision \
    WHERE household_id = $1 AND fiscal_year = $5 AND NOT provisional ORDER BY sequence";

/// Σ of the newest decisions of a year by household, for ids from `first` to `last`.
pub async fn totals(
    db: &Db,
    first: i64,
    last: i64,
    fiscal_year: FiscalYear,
) -> Result<HashMap<HouseholdId, i64>, ServiceError> {
    let rows: Vec<(HouseholdId, i64)> = on_db!(db, pool => sqlx::query_as(TOTALS)
        .bind(first).bind(last).bind(fiscal_year).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}
