//! 進捗: follows an import by its number, from this page or after coming back to it.

use kokuho_shared::api::Problem;
use kokuho_shared::api::import::Progress;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Where an import stands, as this screen knows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Idle,
    Known(Progress),
    /// The server does not know the number any more.
    Lost,
}

impl Standing {
    pub fn is_running(&self) -> bool {
        matches!(
            self,
            Standing::Known(Progress::Reading { .. } | Progress::Writing { .. })
        )
    }

    pub fn failed(problem: Problem) -> Standing {
        Standing::Known(Progress::Failed { problem })
    }
}

/// An open stream with the functions that hear it; dropping it ends both.
struct Stream {
    source: EventSource,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _broken: Closure<dyn FnMut()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

/// The stream of the screen, closed when the screen is left; the import itself goes on.
#[derive(Clone, Copy)]
pub struct Follower {
    stream: StoredValue<Option<Stream>, LocalStorage>,
    pub standing: RwSignal<Standing>,
    /// Called when an import has ended.
    ended: Callback<()>,
}

impl Follower {
    pub fn new(ended: Callback<()>) -> Follower {
        Follower {
            stream: StoredValue::new_local(None),
            standing: RwSignal::new(Standing::Idle),
            ended,
        }
    }

    pub fn follow(self, job: u64) {
        let Ok(source) = EventSource::new(&format!("/api/imports/{job}/events")) else {
            self.standing
                .set(Standing::failed(Problem::new("進捗を受け取れません")));
            return;
        };
        let closing = source.clone();
        let heard = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let Ok(now) = serde_json::from_str::<Progress>(&text) else {
                return;
            };
            let now = Standing::Known(now);
            if !now.is_running() {
                closing.close();
                self.ended.run(());
            }
            self.standing.set(now);
        });
        let failing = source.clone();
        let broken = Closure::new(move || {
            // The browser tries again by itself, except when the server refuses the number.
            if failing.ready_state() == EventSource::CLOSED {
                self.standing.set(Standing::Lost);
                self.ended.run(());
            }
        });
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        source.set_onerror(Some(broken.as_ref().unchecked_ref()));
        let stream = Stream {
            source,
            _heard: heard,
            _broken: broken,
        };
        self.stream.try_set_value(Some(stream));
    }
}
