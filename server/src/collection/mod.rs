//! 収納 (collection): what is asked of payers.

pub mod slips;
mod verify;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "collection",
    works: &[],
    on_change: None,
    inbound: &[],
    outbound: &[],
    letters: &[],
    rules: verify::RULES,
    state: verify::STATE,
};
