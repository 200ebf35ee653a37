//! 保険料 (令29条の7): what comes out for a household and a fiscal year.

use crate::assessment::premium::tier::TierTest;
use crate::law::parameters::ByPart;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// The premium of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Premium {
    #[serde(flatten)]
    pub test: TierTest,
    pub parts: ByPart<PartResult>,
    pub total: Yen,
}

/// One part of the premium; the lines are those of its first liable month, as annual amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartResult {
    pub income_levy: Yen,
    pub asset_levy: Yen,
    pub per_capita: Yen,
    pub per_household: Yen,
    /// The sum of the four, less the city's own reductions.
    pub subtotal: Yen,
    /// 産前産後の免除額 of the year.
    #[serde(default, skip_serializing_if = "no_yen")]
    pub maternity_reduction: Yen,
    pub months: u32,
    pub amount: Yen,
}

fn no_yen(amount: &Yen) -> bool {
    *amount == Yen::ZERO
}
