//! 業務の一覧: the rail at the side, each item with the rooms behind it.

use crate::room::{Page, Room};
use crate::{access, assessment, audit, eligibility, linkage};
use kokuho_shared::api::session::Session;

/// レールの項目.
pub struct RailItem {
    pub id: &'static str,
    pub label: &'static str,
    /// The path of an icon of 24 by 24.
    pub icon: &'static str,
    pub rooms: &'static [&'static Room],
}

pub const RAIL: [RailItem; 4] = [
    RailItem {
        id: "nav-eligibility",
        label: "資格",
        icon: "M4 5h16v14H4z M8 10a2 2 0 1 0 0.01 0 M6 16c0-3 4-3 4 0 M13 10h5 M13 14h5",
        rooms: &[&eligibility::ROOM],
    },
    RailItem {
        id: "nav-assessment",
        label: "賦課",
        icon: "M6 3h12v18H6z M9 7h6 M9 12h0.01 M12 12h0.01 M15 12h0.01 M9 16h0.01 M12 16h0.01 M15 16h0.01",
        rooms: &[&assessment::ROOM],
    },
    RailItem {
        id: "nav-linkage",
        label: "連携",
        icon: "M4 8h13l-3-3 M20 16H7l3 3",
        rooms: &[&linkage::ROOM],
    },
    RailItem {
        id: "nav-admin",
        label: "管理",
        icon: "M12 9a3 3 0 1 0 0.01 0 M12 3v3 M12 18v3 M3 12h3 M18 12h3 M6 6l2 2 M16 16l2 2 M18 6l-2 2 M8 16l-2 2",
        rooms: &[&access::ROOM, &audit::ROOM],
    },
];

impl RailItem {
    /// Its pages for somebody.
    pub fn pages(&self, session: &Session) -> Vec<&'static Page> {
        let pages = self.rooms.iter().flat_map(|room| room.pages);
        pages.filter(|page| page.seen_by.holds(session)).collect()
    }

    /// Whether an address lies behind it.
    pub fn holds(&self, path: &str) -> bool {
        let mut pages = self.rooms.iter().flat_map(|room| room.pages);
        pages.any(|page| page.is_at(path))
    }
}

impl Page {
    /// Whether an address is this page or one below it.
    pub fn is_at(&self, path: &str) -> bool {
        path.strip_prefix(self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_behind_one_item_of_the_rail_and_each_page_has_an_address_of_its_own() {
        let pages = || {
            RAIL.iter()
                .flat_map(|item| item.rooms)
                .flat_map(|room| room.pages)
        };
        for page in pages() {
            let items = RAIL.iter().filter(|item| item.holds(page.path));
            assert_eq!(items.count(), 1, "{}", page.path);
            assert_eq!(
                pages().filter(|other| other.is_at(page.path)).count(),
                1,
                "{}",
                page.path
            );
        }
    }
}
