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
        <div class="home">{cards}<Recent /></div>
    }
}

/// 最近開いた世帯: of this page, until somebody signs out.
#[component]
fn Recent() -> impl IntoView {
    let recent = state::office().recent;
    let line = |one: state::Recent| {
        let href = format!("/households/{}", one.household);
        view! { <li><a href=href>{one.label}</a></li> }
    };
    move || {
        let all = recent.get();
        (!all.is_empty()).then(|| {
            view! {
                <section class="home-card" aria-labelledby="home-recent">
                    <h2 id="home-recent">"最近開いた世帯"</h2>
                    <ul class="home-lines">{all.into_iter().map(line).collect_view()}</ul>
                </section>
            }
        })
    }
}
