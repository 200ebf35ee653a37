//! 資格: find a household, see and change its facts.

pub mod checks;
mod documents;
pub mod draft;
pub mod duplicates;
mod facilities;
mod fields;
pub mod found;
pub mod header;
pub mod household;
mod kinds;
pub mod member;
mod notice_list;
pub mod notices;
mod numbers;
pub mod open;
pub mod protection;
pub mod queue;
pub mod renewal;
pub mod save;
pub mod search;
mod special;
mod students;
mod timeline;

use crate::room::{Entry, Room};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    menu: &[
        Entry {
            id: "nav-search",
            label: "検索",
            path: "/",
            action: Action::ReadHousehold,
            whole_city: false,
            key: "/",
        },
        Entry {
            id: "nav-queue",
            label: "要処理",
            path: "/queue",
            action: Action::ReadHousehold,
            whole_city: false,
            key: "",
        },
    ],
};
