//! 画面のロック: without activity for as long as the session lasts, the office leaves the
//! screen. The times are compared by the clock, so that a machine that slept counts its sleep.

use crate::clock::milliseconds as now;
use crate::state::{self, Office};
use crate::{api, dom};
use kokuho_shared::api::session::Session;
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// The warning comes so long before, and the server hears of work so often; at most half and a
/// quarter of the whole time.
const WARNED: i64 = 60_000;
const TOLD: i64 = 60_000;
/// Where the pages of one browser tell each other when somebody last did something.
const SHARED: &str = "kokuho-active";
/// Other pages hear of it so often.
const SHARED_EVERY: i64 = 1_000;

#[derive(Clone, Copy)]
struct Watch {
    office: Office,
    /// When something was last done in this page.
    active: StoredValue<i64>,
    /// When the server last heard of it.
    told: StoredValue<i64>,
    /// When other pages last heard of it.
    shared: StoredValue<i64>,
    warns: RwSignal<bool>,
}

/// What is to be done about the time that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Warning,
    Lock,
}

/// Milliseconds without work, and how many are allowed.
fn due(passed: i64, idle: i64) -> Due {
    if passed >= idle {
        Due::Lock
    } else if passed >= idle - WARNED.min(idle / 2) {
        Due::Warning
    } else {
        Due::Nothing
    }
}

impl Watch {
    /// The time that a session may be left alone; `None` where nobody is signed in.
    fn idle(self) -> Option<i64> {
        let seconds = self.office.session()?.idle_seconds;
        Some(i64::from(seconds) * 1_000)
    }

    /// Looks at the clock; whether somebody may go on.
    fn look(self) -> bool {
        let Some(idle) = self.idle() else {
            self.warns.set(false);
            return false;
        };
        let now = now();
        let elsewhere = dom::kept(SHARED).and_then(|text| text.parse().ok());
        let elsewhere = elsewhere.filter(|then| *then <= now).unwrap_or(0);
        // A clock that was set back does not lengthen the time.
        let active = self.active.get_value().min(now).max(elsewhere);
        self.active.set_value(active);
        let due = due(now - active, idle);
        self.warns.set(due == Due::Warning);
        if due == Due::Lock {
            self.lock();
        }
        due != Due::Lock
    }

    fn lock(self) {
        self.warns.set(false);
        self.office.lock();
        spawn_local(async {
            // If the server is unreachable, it ends the idle session itself.
            let _: Result<(), _> = api::delete("/api/session").await;
        });
    }

    /// There was activity. The time may be over although no tick came: the machine has slept.
    fn acted(self) {
        if !self.look() {
            return;
        }
        let now = now();
        self.active.set_value(now);
        self.warns.set(false);
        if now - self.shared.get_value() >= SHARED_EVERY {
            self.shared.set_value(now);
            dom::keep(SHARED, &now.to_string());
        }
        let often = self.idle().map_or(TOLD, |idle| TOLD.min(idle / 4));
        if now - self.told.get_value() >= often {
            self.tell(now);
        }
    }

    /// The server counts requests, not keys: it is told that somebody works.
    fn tell(self, now: i64) {
        self.told.set_value(now);
        spawn_local(async move {
            if let Err(failed) = api::get::<Session>("/api/session").await {
                self.office.heard(&failed);
            }
        });
    }

    /// A session begins.
    fn begin(self) {
        let now = now();
        self.active.set_value(now);
        self.told.set_value(now);
        dom::keep(SHARED, &now.to_string());
    }
}

/// The warning before the lock; it watches as long as the page lives.
#[component]
pub fn Lock() -> impl IntoView {
    let watch = Watch {
        office: state::office(),
        active: StoredValue::new(now()),
        told: StoredValue::new(now()),
        shared: StoredValue::new(0),
        warns: RwSignal::new(false),
    };
    Effect::new(move |_| {
        if watch.office.who.with(|who| who.session().is_some()) {
            watch.begin();
        }
    });
    set_interval(
        move || {
            watch.look();
        },
        EVERY,
    );
    let _ = window_event_listener(leptos::ev::keydown, move |_| watch.acted());
    let _ = window_event_listener(leptos::ev::pointerdown, move |_| watch.acted());
    // Timers of a page in the background are slow: it is looked at when it comes back.
    let _ = window_event_listener(leptos::ev::focus, move |_| {
        watch.look();
    });
    let _ = window_event_listener(leptos::ev::visibilitychange, move |_| {
        watch.look();
    });
    view! {
        <Show when=move || watch.warns.get()>
            <div class="lock-warning">
                <Banner tone=Tone::Error>
                    <p>"しばらく操作がないため、まもなく画面をロックします。ロックすると、保存していない入力は失われます。"</p>
                    <div class="buttons">
                        <button type="button" class="button button-primary" on:click=move |_| watch.acted()>"操作を続ける"</button>
                    </div>
                </Banner>
            </div>
        </Show>
    }
}
