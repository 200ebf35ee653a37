//! 前年度の保険料 (last year's premium), of which 仮算定 is a share.

use crate::assessment::outcome::Premium;
use crate::ids::DecisionId;
use crate::law::parameters::ByPart;
use crate::money::{Rounding, Yen};
use serde::{Deserialize, Serialize};

/// 前年度の決定保険料額, of which 仮算定 is a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastYear {
    /// The decision's number.
    pub decision: DecisionId,
    pub total: Yen,
    /// What each part was, before the total was cut.
    pub parts: ByPart<Yen>,
}

impl LastYear {
    pub fn of(decision: DecisionId, premium: &Premium) -> LastYear {
        let mut parts = ByPart::default();
        for (part, result) in premium.parts.iter() {
            parts.set(part, result.amount);
        }
        LastYear {
            decision,
            total: premium.total,
            parts,
        }
    }

    /// Divides an amount among the parts as last year's premium was; what is left over goes to the
    /// first that had one.
    pub(super) fn divide(&self, amount: Yen) -> Option<ByPart<Yen>> {
        let whole: Yen = self.parts.iter().map(|(_, yen)| *yen).sum();
        let mut shares = ByPart::default();
        let (mut rest, mut first) = (amount, None);
        for (part, yen) in self.parts.iter().filter(|(_, yen)| **yen > Yen::ZERO) {
            let product = i128::from(amount.0) * i128::from(yen.0);
            let share = Rounding::FLOOR.divide(product, i128::from(whole.0))?;
            rest -= share;
            shares.set(part, share);
            first = first.or(Some((part, share)));
        }
        let (part, share) = first?;
        shares.set(part, share + rest);
        Some(shares)
    }
}
