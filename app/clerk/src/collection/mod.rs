//! 収納: what stands in the ledger.

mod ledger;
mod slips;

use crate::case::Case;
use crate::room::{Section, SeenBy};
use kokuho_shared::access::Action;
use leptos::prelude::*;

/// 収納 of one household.
pub const COLLECTION: Section = Section {
    key: "collection",
    label: "収納",
    seen_by: SeenBy::all(Action::ReadHousehold),
    view: section,
};

fn section(case: Case) -> AnyView {
    view! {
        <slips::SlipList case=case.clone() />
        <ledger::Ledger case=case />
    }
    .into_any()
}
