//! 収納 (collection): what is asked of payers.

mod lookups;
mod reissue;
pub mod routes;
pub mod slips;
mod verify;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "collection",
    works: &[],
    on_change: None,
    inbound: &[],
    outbound: &[],
    letters: &[&reissue::SLIP],
    numbers: lookups::NUMBERS,
    rules: verify::RULES,
    state: verify::STATE,
};
