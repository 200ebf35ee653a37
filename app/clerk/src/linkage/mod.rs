//! 情報連携: the files that other offices deliver, and what they are asked.

mod answer;
mod arrivals;
mod follow;
pub mod imports;
pub mod inquiries;
mod links;
pub mod open;
mod outcome;
mod runs;
mod troubles;

use crate::room::{Entry, Room};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    menu: &[
        Entry {
            id: "nav-inquiries",
            label: "照会",
            path: "/inquiries",
            action: Action::Inquire,
            whole_city: false,
            key: "",
        },
        Entry {
            id: "nav-imports",
            label: "取込",
            path: "/imports",
            action: Action::ReadImports,
            whole_city: false,
            key: "",
        },
    ],
};
