//! 監査: who saw or changed what.

mod chain;
pub mod records;

use crate::room::{Page, Room, SeenBy};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    pages: &[Page {
        id: "nav-audit",
        label: "監査記録",
        path: "/admin/audit",
        seen_by: SeenBy::all(Action::ReadAudit),
    }],
    cards: &[],
};
