//! 業務 (room) on the screen: what a room brings to the clerk's app.

use kokuho_shared::access::Action;
use kokuho_shared::api::session::Session;

pub struct Room {
    /// Its entries in the line above every screen.
    pub menu: &'static [Entry],
}

/// メニューの項目.
pub struct Entry {
    pub id: &'static str,
    pub label: &'static str,
    pub path: &'static str,
    /// Who may do this sees the entry.
    pub action: Action,
    /// Only for accounts of the whole city.
    pub whole_city: bool,
    /// キー操作 that opens it; none is empty.
    pub key: &'static str,
}

impl Entry {
    pub fn is_for(&self, session: &Session) -> bool {
        session.role.may(self.action) && (!self.whole_city || session.ward.is_empty())
    }
}
