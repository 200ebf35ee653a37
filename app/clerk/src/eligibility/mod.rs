//! 資格: find a household, see and change its facts.

mod card;
mod documents;
pub mod duplicates;
pub mod edit_panel;
mod facilities;
pub mod found;
mod history;
mod income_kinds;
mod incomes;
mod member;
mod notification_list;
pub mod notifications;
mod numbers;
mod overview;
mod people;
pub mod protection;
pub mod queue;
pub mod renewal;
mod renewal_start;
mod save;
pub mod search;
mod search_line;
mod special;
mod students;
mod timeline;

use crate::room::{Card, Page, Room, Section, SeenBy};
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

pub const OVERVIEW: Section = Section {
    key: "overview",
    label: "概要",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: overview::section,
};

pub const PEOPLE: Section = Section {
    key: "people",
    label: "人と所得",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: people::section,
};

pub const PAPERS: Section = Section {
    key: "papers",
    label: "文書",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: documents::section,
};

pub const HISTORY: Section = Section {
    key: "history",
    label: "履歴",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: history::section,
};

pub const NOTIFICATION: Section = Section {
    key: "notification",
    label: "届出",
    seen_by: SeenBy::all(Action::AcceptNotifications),
    view: notifications::section,
};
