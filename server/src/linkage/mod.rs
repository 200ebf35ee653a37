//! 情報連携: what comes in from other offices, what they are asked, and what they are told.

pub mod answers;
pub mod answers_file;
pub mod characters;
pub mod current_facts;
pub mod eligibility_file;
pub mod household_moves;
pub mod import;
pub mod import_history;
pub mod incomes_file;
pub mod inquiries;
mod inquiry_files;
mod lookups;
mod packed_number;
mod pieces;
pub mod records;
pub mod residents_file;
pub mod routes;
pub mod running_imports;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "linkage",
    works: &[],
    on_change: Some(&records::outbox::RecordQueue),
    letters: &[],
    numbers: lookups::NUMBERS,
    inbound: &[
        inquiry_files::ANSWERS,
        &records::ports::Results,
        &records::ports::Registers,
    ],
    outbound: &[inquiry_files::INQUIRIES, &records::ports::Records],
    rules: &[],
    state: &[],
};
