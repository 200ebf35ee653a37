//! 情報連携: what comes in from other offices, what they are asked, and what they are told.

pub mod answered;
pub mod answers_file;
pub mod arrivals;
pub mod carrier;
pub mod characters;
mod compact;
pub mod courier;
mod disk;
pub mod duplicates_file;
pub mod eligibility_file;
pub mod import;
mod inbox;
pub mod incomes_file;
pub mod inquiries;
pub mod jobs;
pub mod known;
pub mod links;
pub mod moves;
pub mod parts;
pub mod pension_file;
mod pieces;
mod receipts;
pub mod residents_file;
mod rounds;
pub mod routes;
pub mod runs;
pub mod spool;
pub mod troubles;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "linkage",
    works: &[],
    on_change: Some(&links::outbox::Outbox),
    letters: &[],
    rules: &[],
    state: &[],
};
