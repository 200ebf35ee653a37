//! What every screen knows: who is signed in and where, and what must not be lost.

use crate::api::Failed;
use crate::dom;
use crate::toast::Toasts;
use kokuho_shared::access::Action;
use kokuho_shared::api::session::Session;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use leptos::prelude::*;

/// Whether somebody is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// The server has not answered yet.
    Asking,
    Nobody,
    SignedIn(Session),
    /// The session of this login ended: nothing of the office is shown until somebody signs in.
    Locked(String),
}

impl Who {
    pub fn session(&self) -> Option<&Session> {
        match self {
            Who::SignedIn(session) => Some(session),
            _ => None,
        }
    }
}

/// 最近開いた世帯.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    pub household: HouseholdId,
    pub label: String,
}

/// So many are kept.
const RECENT: usize = 8;

#[derive(Clone, Copy)]
pub struct Office {
    pub who: RwSignal<Who>,
    /// The household on the screen has edits that are not saved.
    pub unsaved: RwSignal<bool>,
    /// The import that was started last, to be found again after other work.
    pub import_job: RwSignal<Option<u64>>,
    /// What was done.
    pub toasts: Toasts,
    /// The households that were open last, the newest first; kept in this page only.
    pub recent: RwSignal<Vec<Recent>>,
    /// 読み取りだけで開いた世帯: nothing of it is changed before a second key.
    pub unsure: RwSignal<Option<HouseholdId>>,
    /// Counts the ends of sessions: whoever keeps something of the office forgets it then.
    pub ended: RwSignal<u32>,
}

impl Office {
    pub fn new() -> Office {
        Office {
            who: RwSignal::new(Who::Asking),
            unsaved: RwSignal::new(false),
            import_job: RwSignal::new(None),
            toasts: Toasts::new(),
            recent: RwSignal::new(Vec::new()),
            unsure: RwSignal::new(None),
            ended: RwSignal::new(0),
        }
    }

    /// A household is on the screen.
    pub fn opened(&self, household: HouseholdId, label: String) {
        self.recent.update(|all| {
            all.retain(|one| one.household != household);
            all.insert(0, Recent { household, label });
            all.truncate(RECENT);
        });
    }

    pub fn session(&self) -> Option<Session> {
        self.who.with_untracked(|who| who.session().cloned())
    }

    /// Whether the role of the person who is signed in allows something.
    pub fn may(&self, action: Action) -> bool {
        self.session()
            .is_some_and(|session| session.role.may(action))
    }

    /// After a lock the page is loaded anew: for the same person at the same address, for another
    /// one at the beginning.
    pub fn signed_in(&self, session: Session) {
        match self.who.get_untracked() {
            Who::Locked(login) if login == session.login => dom::reload(),
            Who::Locked(_) => dom::leave_for("/"),
            _ => self.who.set(Who::SignedIn(session)),
        }
    }

    /// Takes the office off the screen, until somebody signs in.
    pub fn lock(&self) {
        if let Some(session) = self.session() {
            self.forget();
            self.who.set(Who::Locked(session.login));
        }
    }

    pub fn signed_out(&self) {
        self.forget();
        self.who.set(Who::Nobody);
    }

    fn forget(&self) {
        self.unsaved.set(false);
        self.import_job.set(None);
        self.toasts.clear();
        self.recent.set(Vec::new());
        self.unsure.set(None);
        self.ended.update(|ended| *ended += 1);
    }

    /// Every failed call is told here, so that the end of a session reaches the whole app.
    pub fn heard(&self, failed: &Failed) {
        if matches!(failed, Failed::SignedOut(_)) {
            match self.who.get_untracked() {
                Who::SignedIn(_) => self.lock(),
                Who::Locked(_) => {}
                Who::Asking | Who::Nobody => self.who.set(Who::Nobody),
            }
        }
    }

    /// The year of the business date, or the newest for which there are parameters.
    pub fn usual_year(&self) -> Option<FiscalYear> {
        let session = self.session()?;
        let now = FiscalYear::of(session.today);
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
