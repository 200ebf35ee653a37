//! 情報連携: the files that other offices deliver, and what they are asked.

mod answer;
mod card;
pub mod exchange;
mod expected_files;
mod follow;
pub mod imports;
mod inquiries;
pub mod open;
mod outcome;
mod records;
mod runs;
mod troubles;

use crate::room::{Card, Page, Room, Section, SeenBy};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    pages: &[
        Page {
            id: "nav-inquiries",
            label: "照会",
            path: "/linkage/inquiries",
            seen_by: SeenBy::all(Action::Inquire),
        },
        Page {
            id: "nav-exchange",
            label: "送受信",
            path: "/linkage/exchange",
            seen_by: SeenBy::all(Action::Inquire),
        },
        Page {
            id: "nav-imports",
            label: "取込",
            path: "/linkage/imports",
            seen_by: SeenBy::all(Action::ReadImports),
        },
    ],
    cards: &[
        Card {
            seen_by: SeenBy::all(Action::Inquire),
            view: card::inquiries,
        },
        Card {
            seen_by: SeenBy::all(Action::ReadImports),
            view: card::arrivals,
        },
    ],
};

/// 情報照会 of one household.
pub const INQUIRIES: Section = Section {
    key: "inquiries",
    label: "照会",
    seen_by: SeenBy::all(Action::Inquire),
    view: inquiries::section,
};
