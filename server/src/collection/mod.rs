//! 収納 (collection): what is asked of payers.

pub mod slips;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "collection",
    works: &[],
    on_change: None,
    letters: &[],
};
