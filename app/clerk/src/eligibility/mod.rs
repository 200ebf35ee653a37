//! 資格: find a household, see and change its facts.

mod card;
pub mod checks;
mod documents;
pub mod draft;
pub mod duplicates;
mod facilities;
mod fields;
pub mod found;
pub mod header;
pub mod household;
mod income_kinds;
pub mod member;
mod notification_list;
pub mod notifications;
mod numbers;
pub mod open;
pub mod protection;
pub mod queue;
pub mod renewal;
pub mod save;
pub mod search;
mod search_line;
mod special;
mod students;
mod timeline;

use crate::room::{Card, Page, Room, SeenBy};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    pages: &[
        Page {
            id: "nav-queue",
            label: "要処理",
            path: "/eligibility/queue",
            seen_by: SeenBy::all(Action::ReadHousehold),
        },
        Page {
            id: "nav-renewals",
            label: "証の一斉更新",
            path: "/eligibility/renewals",
            seen_by: SeenBy::whole_city(Action::IssueDocuments),
        },
        Page {
            id: "nav-duplicates",
            label: "資格重複",
            path: "/eligibility/duplicates",
            seen_by: SeenBy::all(Action::HandleDuplicates),
        },
    ],
    cards: &[Card {
        seen_by: SeenBy::all(Action::ReadHousehold),
        view: card::card,
    }],
};
