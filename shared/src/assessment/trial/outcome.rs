//! What comes out of a trial of other rates: both sums, who pays more, and a solved rate.

use crate::ids::HouseholdId;
use crate::law::parameters::Part;
use crate::money::Yen;
use crate::rate::Rate;
use serde::{Deserialize, Serialize};

/// Households with an amount from `from` (in yen) up to the next bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bar {
    pub from: i64,
    pub households: i64,
}

/// 5割・2割軽減の基準: yen for each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thresholds {
    pub t50: i64,
    pub t20: i64,
}

/// The highest level that anybody tries, in yen.
pub(in crate::assessment) const MOST_YEN: i64 = 1_000_000_000;

impl Thresholds {
    /// 2割 reaches further up than 5割.
    pub fn are_sound(&self) -> bool {
        (0..=self.t20).contains(&self.t50) && self.t20 <= MOST_YEN
    }
}

/// Sums of both rules, in yen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatIfOutcome {
    pub households: i64,
    /// Households that one of both rules cannot assess.
    pub not_assessed: i64,
    pub before_total: i64,
    pub after_total: i64,
    pub parts: Vec<PartTotals>,
    /// Households without a reduction, with 2割, 5割 and 7割.
    pub tiers_before: [i64; 4],
    pub tiers_after: [i64; 4],
    pub more: i64,
    pub less: i64,
    pub same: i64,
    pub changes: Vec<Bar>,
    /// Who pays most more, and most less.
    pub most_more: Vec<PremiumDifference>,
    pub most_less: Vec<PremiumDifference>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartTotals {
    pub part: Part,
    pub before: i64,
    pub after: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PremiumDifference {
    pub household_id: HouseholdId,
    pub before: Yen,
    pub after: Yen,
}

impl PremiumDifference {
    pub fn change(&self) -> Yen {
        self.after - self.before
    }
}

/// A part's rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Solved {
    pub part: Part,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "0.0751"))]
    pub income_rate: Rate,
    pub required: Yen,
    /// What public money brings back of the reductions.
    pub compensated: Yen,
    /// Σ of the premiums with this rate.
    pub levied: Yen,
    /// Whether the rate, up to 20 %, brings enough.
    pub reached: bool,
}
