//! 届く予定のファイル: `GET /api/arrivals`.

use crate::linkage::expected::ArrivalState;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A file that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArrivalView {
    pub received_on: NaiveDate,
    pub file_name: String,
    pub sha256: String,
    pub lines: i64,
    /// 合計値 of its control line, where it has one.
    pub control_total: Option<i64>,
}

/// A delivery that is due on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpectedView {
    pub kind: String,
    pub name: String,
    pub partner: String,
    pub due_on: NaiveDate,
    pub state: ArrivalState,
    pub arrival: Option<ArrivalView>,
    /// The yearly run waits for it.
    pub holds_run: bool,
}
