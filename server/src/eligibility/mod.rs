//! 資格: people, their households and what is known of them.

mod assembly;
pub mod breakdown;
mod change;
mod circumstances;
pub mod documents;
pub mod duplicates;
pub mod edit;
pub mod entitlement;
pub mod facilities;
pub mod findings;
pub mod household;
mod household_rows;
mod insured_number;
mod lookups;
pub mod notifications;
pub mod numbers;
pub mod payer;
pub mod protection;
pub mod queue;
pub mod routes;
pub mod search;
pub mod students;
pub mod timeline;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "eligibility",
    works: &[
        &documents::renewal::Renewal,
        &documents::income_reports::IncomeReports,
    ],
    on_change: None,
    inbound: &[&duplicates::files::Duplicates],
    outbound: &[],
    letters: documents::letters::LETTERS,
    numbers: lookups::NUMBERS,
    rules: &[],
    state: &[],
};
