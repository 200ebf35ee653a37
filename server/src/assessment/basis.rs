//! 賦課の基礎 (basis): what all decisions of a year stand on.

use crate::error::ServiceError;
use crate::figures;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::result::{Assessor, RULE_VERSION};
use kokuho_shared::calendar::FiscalYear;

/// What all decisions of a year stand on.
pub struct Basis {
    pub fiscal_year: FiscalYear,
    pub assessor: Assessor,
    /// `<municipality>/<year>` and the hash of its bytes.
    pub parameters: String,
    pub parameters_sha256: &'static str,
    pub rule_version: u32,
}

impl Basis {
    pub fn of(municipality: &str, fiscal_year: FiscalYear) -> Result<Basis, ServiceError> {
        let assessor = figures::assessor(municipality, fiscal_year)?;
        let document = figures::find(municipality, assessor.rules.fiscal_year)?.document;
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
        self.assessor.household(&view.members, &view.reliefs)
    }
}
