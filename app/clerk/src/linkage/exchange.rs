//! 送受信: what is exchanged daily, and what others ask this office.

use super::records::LinkStatus;
use crate::provision::requests::Requests;
use crate::state;
use leptos::prelude::*;

#[component]
pub fn ExchangePage() -> impl IntoView {
    state::entered("送受信");
    view! {
        <h1 id=state::HEADING tabindex="-1">"送受信"</h1>
        <LinkStatus />
        <Requests />
    }
}
