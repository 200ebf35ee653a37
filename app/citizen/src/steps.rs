//! 手順: the six steps. A telephone shows one at a time, a wide screen all of them; each is an entry of the browser's
//! history, so that Back goes a step back.

use kokuho_ui::components::focus;
use kokuho_ui::i18n::Lang;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Situation,
    Town,
    People,
    Income,
    Days,
    Answer,
}

pub const STEPS: [Step; 6] = [
    Step::Situation,
    Step::Town,
    Step::People,
    Step::Income,
    Step::Days,
    Step::Answer,
];

impl Step {
    /// Its name in the address.
    pub fn key(self) -> &'static str {
        match self {
            Step::Situation => "situation",
            Step::Town => "town",
            Step::People => "people",
            Step::Income => "income",
            Step::Days => "days",
            Step::Answer => "answer",
        }
    }

    pub fn heading_id(self) -> &'static str {
        match self {
            Step::Situation => "situation-heading",
            Step::Town => "town-heading",
            Step::People => "people-heading",
            Step::Income => "income-heading",
            Step::Days => "days-heading",
            Step::Answer => "result-heading",
        }
    }

    pub fn heading(self, lang: Lang) -> &'static str {
        match self {
            Step::Situation => lang.pick(
                "国民健康保険に…",
                "You and National Health Insurance",
                "国民健康保険に",
            ),
            Step::Town => lang.pick("住んでいるまち", "Where you live", "住んでいる 市や 町"),
            Step::People => lang.pick("世帯の人", "People of the household", "家の 人"),
            Step::Income => lang.pick("去年の収入", "Income of last year", "去年 もらった お金"),
            Step::Days => lang.pick(
                "加入する日・やめる日",
                "Days of joining and leaving",
                "入る日・やめる日",
            ),
            Step::Answer => lang.pick("試算の結果", "Estimate", "けっか"),
        }
    }

    fn place(self) -> usize {
        STEPS.iter().position(|step| *step == self).unwrap_or(0)
    }

    pub fn before(self) -> Option<Step> {
        STEPS.get(self.place().checked_sub(1)?).copied()
    }

    pub fn after(self) -> Option<Step> {
        STEPS.get(self.place() + 1).copied()
    }

    fn named(hash: &str) -> Option<Step> {
        let name = hash.trim_start_matches('#');
        STEPS.into_iter().find(|step| step.key() == name)
    }
}

/// Where somebody stands, and how they came there.
#[derive(Clone, Copy)]
pub struct Walk {
    pub at: RwSignal<Step>,
    trail: StoredValue<Vec<Step>>,
}

fn hash() -> String {
    let window = web_sys::window();
    let hash = window.and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default()
}

/// Whether one step at a time is shown: the same width as in the style.
pub fn is_narrow() -> bool {
    let window = web_sys::window();
    let query = window.and_then(|window| window.match_media("(max-width: 59.99rem)").ok()?);
    query.is_some_and(|query| query.matches())
}

impl Walk {
    /// Begins with a step; an address without a step means that one.
    pub fn begin(first: Step) -> Walk {
        let walk = Walk {
            at: RwSignal::new(first),
            trail: StoredValue::new(vec![first]),
        };
        let heard = window_event_listener_untyped("hashchange", move |_| {
            walk.arrive(Step::named(&hash()).unwrap_or(first));
        });
        on_cleanup(move || heard.remove());
        walk
    }

    pub fn go(self, step: Step) {
        if let Some(window) = web_sys::window() {
            // The change of the address is heard, and brings the step.
            let _ = window.location().set_hash(step.key());
        }
    }

    /// A step back: the browser's own Back where that leads there.
    pub fn back(self) {
        let Some(before) = self.at.get_untracked().before() else {
            return;
        };
        let known = self
            .trail
            .with_value(|trail| came_from(trail) == Some(before));
        let history = web_sys::window().and_then(|window| window.history().ok());
        match history.filter(|_| known) {
            Some(history) => {
                let _ = history.back();
            }
            None => self.go(before),
        }
    }

    fn arrive(self, step: Step) {
        if step == self.at.get_untracked() {
            return;
        }
        self.trail.update_value(|trail| {
            if came_from(trail) == Some(step) {
                trail.pop();
            } else {
                trail.push(step);
            }
        });
        self.at.set(step);
        if let Some(window) = web_sys::window().filter(|_| is_narrow()) {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        focus(step.heading_id());
    }
}

fn came_from(trail: &[Step]) -> Option<Step> {
    trail.iter().rev().nth(1).copied()
}

/// The heading of a step, which takes the focus when the step is reached.
#[component]
pub fn StepHeading(step: Step, lang: RwSignal<Lang>) -> impl IntoView {
    let place = step.place() + 1;
    let count = move || match lang.get() {
        Lang::En => format!("Step {place} of 6"),
        _ => format!("{place}／6"),
    };
    view! {
        <h2 id=step.heading_id() tabindex="-1">
            <span class="step-count">{count}" "</span>
            {move || step.heading(lang.get())}
        </h2>
    }
}

/// Back and forward, where one step is shown at a time.
#[component]
pub fn StepButtons(walk: Walk, lang: RwSignal<Lang>) -> impl IntoView {
    let forward = move || match walk.at.get() {
        Step::Days => lang
            .get()
            .pick("保険料を見る", "Show the premium", "お金を 見る"),
        _ => lang.get().pick("次へ", "Next", "次へ"),
    };
    view! {
        <div class="step-nav no-print">
            <button type="button" class="button" id="step-back" class:gone=move || walk.at.get().before().is_none()
                on:click=move |_| walk.back()>{move || lang.get().pick("戻る", "Back", "もどる")}</button>
            <button type="submit" class="button button-primary" id="step-next" form="questions"
                class:gone=move || walk.at.get().after().is_none()>{forward}</button>
        </div>
    }
}
