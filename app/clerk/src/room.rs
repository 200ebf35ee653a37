//! 業務 (room) on the screen: what a room brings to the clerk's app.

use crate::case::Case;
use kokuho_shared::access::Action;
use kokuho_shared::api::session::Session;
use leptos::prelude::AnyView;

pub struct Room {
    /// Its pages, in the order of the second level.
    pub pages: &'static [Page],
    /// What it shows on ホーム.
    pub cards: &'static [Card],
}

/// 画面: a page that is listed. Pages below it have its path before theirs.
pub struct Page {
    pub id: &'static str,
    pub label: &'static str,
    pub path: &'static str,
    pub seen_by: SeenBy,
}

/// ホームのカード: what waits in a room, with the way to it.
pub struct Card {
    pub seen_by: SeenBy,
    pub view: fn() -> AnyView,
}

/// 世帯の画面の部分: what a room shows of one household.
pub struct Section {
    /// The end of its address.
    pub key: &'static str,
    pub label: &'static str,
    pub seen_by: SeenBy,
    pub view: fn(Case) -> AnyView,
}

/// Who sees something: nobody is shown what the role may not use.
#[derive(Clone, Copy)]
pub struct SeenBy {
    pub action: Action,
    /// Only accounts of the whole city.
    pub whole_city: bool,
}

impl SeenBy {
    pub const fn all(action: Action) -> SeenBy {
        SeenBy {
            action,
            whole_city: false,
        }
    }

    pub const fn whole_city(action: Action) -> SeenBy {
        SeenBy {
            action,
            whole_city: true,
        }
    }

    pub fn holds(self, session: &Session) -> bool {
        session.role.may(self.action) && (!self.whole_city || session.ward.is_empty())
    }
}
