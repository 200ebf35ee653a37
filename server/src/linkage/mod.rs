//! 情報連携: what comes in from other offices, what they are asked, and what they are told.

pub mod answers;
pub mod answers_file;
pub mod characters;
mod compact;
pub mod eligibility_file;
pub mod import;
pub mod import_runs;
pub mod imports;
pub mod incomes_file;
pub mod inquiries;
pub mod links;
pub mod moves;
mod pieces;
pub mod registry;
mod requests;
pub mod residents_file;
pub mod routes;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "linkage",
    works: &[],
    on_change: Some(&links::outbox::Outbox),
    letters: &[],
    inbound: &[
        requests::ANSWERS,
        &links::ports::Results,
        &links::ports::Registers,
    ],
    outbound: &[requests::INQUIRIES, &links::ports::Records],
    rules: &[],
    state: &[],
};
