//! 利用者の管理: who may work here, as what and in which ward.

pub mod accounts;
mod card;
mod edit;
mod requests;
pub mod sessions;

use crate::room::{Card, Page, Room, SeenBy};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    pages: &[Page {
        id: "nav-accounts",
        label: "利用者",
        path: "/admin/accounts",
        seen_by: SeenBy::all(Action::ManageAccounts),
    }],
    cards: &[Card {
        seen_by: SeenBy::all(Action::ManageAccounts),
        view: card::card,
    }],
};
