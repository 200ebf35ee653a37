//! 開いている世帯: the household on the screen, what the screen says of it, and the reason for which a guarded
//! place is shown.

pub mod checks;
pub mod draft;
pub mod fields;
pub mod people;

use crate::api::Failed;
use crate::{dom, state};
use checks::Wrong;
use draft::MemberDraft;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::ids::PersonId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where the messages stand.
pub const MESSAGES: &str = "messages";

/// What is on the screen: the facts as the server said them, and the fields above them.
#[derive(Clone)]
pub struct Open {
    pub view: HouseholdView,
    pub drafts: Vec<MemberDraft>,
}

impl Open {
    pub fn new(view: HouseholdView) -> Open {
        let drafts = view
            .members
            .iter()
            .map(|member| MemberDraft::of(member, view.fiscal_year))
            .collect();
        Open { view, drafts }
    }
}

/// Puts other facts on the screen; the focus stays in the field it was in. The new fields belong to nobody who is on
/// the screen now: a part of the page that closes with this would take them with it.
pub fn reopen(open: RwSignal<Option<Open>>, view: HouseholdView) {
    let focused = dom::focused();
    spawn_local(async move {
        open.try_set(Some(Open::new(view)));
        if let Some(id) = focused {
            dom::focus(id);
        }
    });
}

/// The screen's messages.
#[derive(Clone, Copy)]
pub struct Messages {
    pub problem: RwSignal<Option<Failed>>,
    pub wrong: RwSignal<Vec<Wrong>>,
    pub done: RwSignal<Option<String>>,
}

impl Messages {
    pub fn new() -> Messages {
        Messages {
            problem: RwSignal::new(None),
            wrong: RwSignal::new(Vec::new()),
            done: RwSignal::new(None),
        }
    }

    pub fn clear(&self) {
        self.problem.set(None);
        self.wrong.set(Vec::new());
        self.done.set(None);
    }

    /// Shows the error and moves the focus to it.
    pub fn failed(&self, office: state::Office, failed: Failed) {
        office.heard(&failed);
        if !matches!(failed, Failed::SignedOut(_)) {
            self.problem.set(Some(failed));
            dom::focus(MESSAGES);
        }
    }
}

/// 支援措置: why the place of the household is shown, or leaves on paper. Typed once, in its band.
#[derive(Clone, Copy)]
pub struct RevealReason(pub RwSignal<String>);

impl RevealReason {
    pub fn get(self) -> String {
        self.0.get_untracked()
    }

    pub fn signal(self) -> RwSignal<String> {
        self.0
    }
}

/// The reason typed on the household's page.
pub fn reveal_reason() -> RevealReason {
    use_context().unwrap_or_else(|| RevealReason(RwSignal::new(String::new())))
}

/// 世帯の画面: what each of its sections gets.
#[derive(Clone)]
pub struct Case {
    pub shown: Open,
    pub open: RwSignal<Option<Open>>,
    pub changed: Memo<bool>,
    pub said: Messages,
    /// 編集: whose fields the panel shows; nobody's while it is closed.
    pub editing: RwSignal<Option<PersonId>>,
}

impl Case {
    /// The address of one of its sections, in the year on the screen.
    pub fn path(&self, section: &str) -> String {
        path(&self.shown.view, section)
    }

    /// Opens the panel at a person, or at the first.
    pub fn edit(&self, person: Option<PersonId>) {
        let first = self.shown.view.members.first();
        let person = person.or(first.map(|member| member.person_id));
        self.editing.set(person);
        dom::focus(EDIT_PANEL);
    }
}

/// The panel in which facts are changed.
pub const EDIT_PANEL: &str = "edit-panel";

/// The address of a section of a household's page.
pub fn path(view: &HouseholdView, section: &str) -> String {
    format!(
        "/households/{}/{section}?fiscal_year={}",
        view.id, view.fiscal_year
    )
}
