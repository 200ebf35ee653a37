//! What every screen knows: who is signed in and where, and what must not be lost.

use crate::api::Failed;
use crate::dom;
use kokuho_shared::access::Action;
use kokuho_shared::api::session::Session;
use kokuho_shared::calendar::FiscalYear;
use leptos::prelude::*;

/// Whether somebody is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// The server has not answered yet.
    Asking,
    Nobody,
    SignedIn(Session),
}

#[derive(Clone, Copy)]
pub struct Office {
    pub who: RwSignal<Who>,
    /// The session ended during work: the screen waits, with all that was typed, until the
    /// same person is back.
    pub expired: RwSignal<bool>,
    /// The household on the screen has edits that are not saved.
    pub unsaved: RwSignal<bool>,
    /// The import that was started last, to be found again after other work.
    pub import_job: RwSignal<Option<u64>>,
    /// The search was called by its key, which means its first field.
    pub seeking: RwSignal<bool>,
}

impl Office {
    pub fn new() -> Office {
        Office {
            who: RwSignal::new(Who::Asking),
            expired: RwSignal::new(false),
            unsaved: RwSignal::new(false),
            import_job: RwSignal::new(None),
            seeking: RwSignal::new(false),
        }
    }

    pub fn session(&self) -> Option<Session> {
        match self.who.get_untracked() {
            Who::SignedIn(session) => Some(session),
            _ => None,
        }
    }

    /// Whether the role of the person who is signed in allows something.
    pub fn may(&self, action: Action) -> bool {
        self.session()
            .is_some_and(|session| session.role.may(action))
    }

    /// The same person goes on where the session ended; another one starts anew.
    pub fn signed_in(&self, session: Session) {
        let back = self.session().is_some_and(|known| known == session);
        self.expired.set(false);
        if !back {
            self.forget();
            self.who.set(Who::SignedIn(session));
        }
    }

    pub fn signed_out(&self) {
        self.expired.set(false);
        self.forget();
        self.who.set(Who::Nobody);
    }

    fn forget(&self) {
        self.unsaved.set(false);
        self.import_job.set(None);
    }

    /// Every failed call is told here, so that the end of a session reaches the whole app.
    pub fn heard(&self, failed: &Failed) {
        if matches!(failed, Failed::SignedOut(_)) {
            match self.session() {
                Some(_) => self.expired.set(true),
                None => self.who.set(Who::Nobody),
            }
        }
    }

    /// The year of the business date, or the newest for which there are parameters.
    pub fn usual_year(&self) -> Option<i32> {
        let session = self.session()?;
        let now = FiscalYear::of(session.today).0;
        let years = session.fiscal_years;
        if years.contains(&now) {
            Some(now)
        } else {
            years.into_iter().max()
        }
    }
}

pub fn office() -> Office {
    expect_context::<Office>()
}

/// The heading that takes the focus when a screen opens.
pub const HEADING: &str = "page-heading";

/// The title of the page and the focus on its heading.
pub fn entered(title: &str) {
    titled(title);
    dom::focus(HEADING);
}

pub fn titled(title: &str) {
    document().set_title(&format!("{title}｜国民健康保険"));
}
