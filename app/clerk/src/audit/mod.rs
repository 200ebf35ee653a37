//! 監査: who saw or changed what.

mod chain;
pub mod records;

use crate::room::{Entry, Room};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    menu: &[Entry {
        id: "nav-audit",
        label: "監査記録",
        path: "/audit",
        action: Action::ReadAudit,
        whole_city: false,
        key: "",
    }],
};
