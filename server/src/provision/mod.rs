//! 情報提供 (provision): what other offices ask this one, whether it is told, and the answer that leaves.

mod answers;
mod decision;
mod income_report;
mod list;
mod requests;
pub mod routes;
mod stored;

use crate::room::Room;

pub const ROOM: Room = Room {
    name: "provision",
    works: &[],
    on_change: None,
    letters: &[],
    numbers: &[],
    inbound: &[&requests::Requests],
    outbound: &[&answers::Answers],
    rules: &[],
    state: &[],
};
