//! The memory of a calculation, used again for the next household.

use crate::assessment::premium::months::Specific;
use crate::assessment::premium::payer::Payer;
use crate::assessment::premium::special::SpecialYear;

/// The memory of a calculation, used again for the next household.
#[derive(Default)]
pub struct Workspace {
    pub(in crate::assessment) payers: Vec<Payer>,
    pub(in crate::assessment) liable: Vec<Payer>,
    pub(in crate::assessment) specific: Specific,
    pub(in crate::assessment) special: SpecialYear,
}
