//! もし料率が違ったら: what is tried over the whole stored city, and what came out.

use crate::assessment::trial::whatif::{Thresholds, WhatIfOutcome};
use crate::calendar::FiscalYear;
use crate::law::parameters::{ByPart, Options, PartRates, RoundingRules};
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// `POST /api/whatifs`: other rates, caps or rules; what is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatIfWish {
    pub fiscal_year: FiscalYear,
    pub rates: ByPart<PartRates>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Options>,
}

/// `GET /api/whatifs/{id}`: what is known so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatIfView {
    pub id: u64,
    pub fiscal_year: FiscalYear,
    /// Decisions of the year, and how many were looked at.
    pub decisions: i64,
    pub done: i64,
    pub finished: bool,
    pub problem: Option<String>,
    pub outcome: WhatIfOutcome,
}

/// `POST /api/rates`: the rates of 所得割 that bring what each part requires (賦課総額).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SolveWish {
    pub fiscal_year: FiscalYear,
    /// 均等割, 平等割 and caps are given; the rate of 所得割 is sought.
    pub rates: ByPart<PartRates>,
    /// Σ that each part must bring, public money for the reductions included.
    pub required: ByPart<Yen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
}
