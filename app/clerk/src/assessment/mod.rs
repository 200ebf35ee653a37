//! 賦課: the preview at each keystroke, the decision, and why.

mod amount;
mod amounts;
mod decide;
mod decisions;
mod difference;
mod evidence;
mod notice;
pub mod premium;
mod preview;
mod relief_desk;
mod relief_form;
mod reliefs;
pub mod run;
mod tier;

use crate::room::{Entry, Room};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    menu: &[Entry {
        id: "nav-runs",
        label: "年次賦課",
        path: "/runs",
        action: Action::ReadRuns,
        whole_city: true,
        key: "",
    }],
};
