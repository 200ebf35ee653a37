//! 収納台帳: what a household owes, and how that came about.

use crate::calendar::FiscalYear;
use crate::collection::booking::{JournalKind, LedgerEntry};
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `GET /api/households/{id}/ledger?fiscal_year=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    pub fiscal_year: FiscalYear,
    pub levied: Yen,
    pub open: Yen,
    pub instalments: Vec<InstalmentBalance>,
    /// The oldest first.
    pub journals: Vec<JournalView>,
}

/// One instalment as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalmentBalance {
    pub number: u8,
    pub due_on: Option<NaiveDate>,
    pub levied: Yen,
    /// 収入未済.
    pub open: Yen,
}

/// One journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalView {
    pub id: i64,
    pub kind: JournalKind,
    /// What it was made from, for example `decision 1000`.
    pub source: String,
    pub business_date: NaiveDate,
    pub posted_at: String,
    pub posted_by: String,
    /// By how much it changed what the household owes.
    pub amount: Yen,
    pub entries: Vec<LedgerEntry>,
}
