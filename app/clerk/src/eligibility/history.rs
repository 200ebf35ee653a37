//! 履歴: why somebody is insured, and what was reported.

use super::notification_list::NotificationList;
use super::timeline::Story;
use crate::case::Case;
use leptos::prelude::*;

/// The section of the household's page.
pub fn section(case: Case) -> AnyView {
    let view = case.shown.view.clone();
    view! {
        <Story shown=case.shown />
        <h3>"届出"</h3>
        <NotificationList household=view.id members=view.members />
    }
    .into_any()
}
