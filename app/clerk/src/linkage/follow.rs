//! 進捗: follows an import by its number, from this page or after coming back to it.

use crate::events::Stream;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::Progress;
use leptos::prelude::*;

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
        let heard = move |now| {
            let now = Standing::Known(now);
            let running = now.is_running();
            if !running {
                self.ended.run(());
            }
            self.standing.set(now);
            running
        };
        let lost = move || {
            self.standing.set(Standing::Lost);
            self.ended.run(());
        };
        match Stream::open::<Progress>(&format!("/api/imports/{job}/events"), heard, lost) {
            Some(stream) => {
                self.stream.try_set_value(Some(stream));
            }
            None => {
                let problem = Problem::new("進捗を受け取れません");
                self.standing.set(Standing::failed(problem));
            }
        }
    }
}
