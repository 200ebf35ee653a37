//! 世帯の画面の切替: the sections at the side, tabs on narrow screens; each has a key.

use super::{Place, sections};
use crate::case::Case;
use crate::state;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn SectionNav(case: Case, place: Place) -> impl IntoView {
    let listed = sections::of(state::office()).into_iter().enumerate();
    let item = |(here, section): (usize, &'static crate::room::Section)| {
        let digit = (here + 1).to_string();
        view! {
            <li>
                <A href=case.path(section.key) attr:id=format!("section-{}", section.key) attr:data-single=digit.clone()
                    attr:aria-keyshortcuts=digit attr:class="section-link" scroll=false
                    attr:aria-current=move || (place.get() == Some(here)).then_some("page")>{section.label}</A>
            </li>
        }
    };
    view! {
        <nav class="section-nav" aria-label="世帯の画面">
            <ul>{listed.map(item).collect_view()}</ul>
        </nav>
    }
}
