//! ホームのカード: a heading, lines with a count each that lead to their list, and a word where there is nothing.

use crate::{api, state};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// A line of a card: what waits, how much of it, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    /// Count, or a state in words.
    pub told: String,
    pub href: String,
    /// Somebody has to do something now.
    pub urgent: bool,
}

/// カードの見出し: what stands in it besides its lines.
#[derive(Clone, Copy)]
pub struct Heading {
    pub id: &'static str,
    pub title: &'static str,
    /// What is said where there are no lines.
    pub empty: &'static str,
}

/// The card of what one route answers; `lines` makes of the answer what stands in it.
pub fn asking<T, F>(heading: Heading, path: &'static str, lines: F) -> AnyView
where
    T: DeserializeOwned + 'static,
    F: Fn(T) -> Vec<Line> + 'static,
{
    let office = state::office();
    let shown = RwSignal::new(None::<Result<Vec<Line>, String>>);
    spawn_local(async move {
        let answer = api::get::<T>(path).await;
        if let Err(failed) = &answer {
            office.heard(failed);
        }
        let told = answer.map(lines);
        shown.try_set(Some(
            told.map_err(|failed| failed.problem().message.clone()),
        ));
    });
    view! { <HomeCard heading=heading lines=shown /> }.into_any()
}

/// The card for lines that come from anywhere.
#[component]
pub fn HomeCard(
    heading: Heading,
    #[prop(into)] lines: Signal<Option<Result<Vec<Line>, String>>>,
) -> impl IntoView {
    let Heading { id, title, empty } = heading;
    let heading = format!("{id}-heading");
    view! {
        <section class="home-card" id=id aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{title}</h2>
            {move || match lines.get() {
                None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
                Some(Err(why)) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
                Some(Ok(lines)) if lines.is_empty() => view! { <p class="muted">{empty}</p> }.into_any(),
                Some(Ok(lines)) => view! { <ul class="home-lines">{lines.into_iter().map(line).collect_view()}</ul> }.into_any(),
            }}
        </section>
    }
}

fn line(line: Line) -> impl IntoView {
    view! {
        <li class:urgent=line.urgent><a href=line.href>{line.label}</a><span class="home-count">{line.told}</span></li>
    }
}
