//! 賦課の基礎 (basis): what all decisions of a year stand on.

use crate::error::ServiceError;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::{to_household_until, with_reliefs};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::{Assessor, RULE_VERSION};
use kokuho_shared::law::shipped;

/// What all decisions of a year stand on.
pub struct Basis {
    pub fiscal_year: i32,
    pub assessor: Assessor,
    /// `<municipality>/<year>` and the hash of its bytes.
    pub parameters: String,
    pub parameters_sha256: &'static str,
    pub rule_version: u32,
}

impl Basis {
    pub fn of(municipality: &str, fiscal_year: i32) -> Result<Basis, ServiceError> {
        let assessor = Assessor::shipped(municipality, fiscal_year)?;
        let document = shipped::find(municipality, assessor.rules.fiscal_year)?.document;
        Ok(Basis {
            fiscal_year,
            parameters: assessor.parameters.id(),
            parameters_sha256: document.sha256,
            rule_version: RULE_VERSION,
            assessor,
        })
    }

    /// The facts of an assessment as they are known.
    pub fn inputs(&self, view: &HouseholdView) -> Household {
        let until = self.assessor.rules.ages.insured_until;
        let inputs = to_household_until(&view.members, self.fiscal_year, Some(until));
        with_reliefs(inputs, &view.reliefs)
    }
}
