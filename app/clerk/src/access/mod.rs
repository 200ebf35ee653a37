//! 利用者の管理: who may work here, as what and in which ward.

pub mod accounts;
mod edit;
mod requests;
pub mod sessions;

use crate::room::{Entry, Room};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    menu: &[Entry {
        id: "nav-accounts",
        label: "利用者",
        path: "/accounts",
        action: Action::ManageAccounts,
        whole_city: false,
        key: "",
    }],
};
