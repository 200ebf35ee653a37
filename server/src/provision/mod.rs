//! 情報提供 (provision): what other offices ask this one, whether it is told, and the answer that leaves.

mod answers;
mod decision;
mod income_report;
mod list;
mod requests;
pub mod routes;
mod stored;

use crate::room::Room;

/// What was asked and told, in the order in which it was asked.
const STATE: &str = "SELECT kind || ',' || request_number || ',' || income_year || ',' || state || ',' || COALESCE(decision, '') || ',' \
     || COALESCE(result, '') FROM provision_request ORDER BY kind, request_number";

pub const ROOM: Room = Room {
    name: "provision",
    works: &[],
    on_change: None,
    letters: &[],
    numbers: &[],
    inbound: &[&requests::Requests],
    outbound: &[&answers::Answers],
    rules: &[],
    state: &[STATE],
};
