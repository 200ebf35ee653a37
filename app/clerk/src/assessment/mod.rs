//! 賦課: the preview at each keystroke, the decision, and why.

mod amount;
mod amounts;
mod card;
mod card_of_household;
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
mod standing;
mod tier;

use crate::room::{Card, Page, Room, Section, SeenBy};
use kokuho_shared::access::Action;

pub const ROOM: Room = Room {
    pages: &[
        Page {
            id: "nav-runs",
            label: "年次・月次賦課",
            path: "/assessment/runs",
            seen_by: SeenBy::whole_city(Action::ReadRuns),
        },
        Page {
            id: "nav-pensions",
            label: "特別徴収",
            path: "/assessment/pensions",
            seen_by: SeenBy::whole_city(Action::ReadRuns),
        },
        Page {
            id: "nav-whatif",
            label: "料率の試算",
            path: "/assessment/whatif",
            seen_by: SeenBy::all(Action::TryRates),
        },
    ],
    cards: &[Card {
        seen_by: SeenBy::whole_city(Action::ReadRuns),
        view: card::card,
    }],
};

pub const PREMIUM: Section = Section {
    key: "premium",
    label: "保険料",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: premium::section,
};
