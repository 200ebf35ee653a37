//! ホーム: what waits for whom, by the cards that the rooms bring.

use super::rooms::RAIL;
use crate::state;
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    state::entered("ホーム");
    let session = state::office().session();
    let rooms = || RAIL.iter().flat_map(|item| item.rooms);
    let cards = session.map(|session| {
        let cards = rooms().flat_map(|room| room.cards);
        let cards = cards.filter(|card| card.seen_by.holds(&session));
        cards.map(|card| (card.view)()).collect_view()
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"ホーム"</h1>
        <div class="home">{cards}</div>
    }
}
