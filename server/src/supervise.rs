//! Tasks that live as long as the server: started again when they end, and their state is known.

use crate::clock::{Clock, Instant};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant as Timer;

/// The wait before the first new start, and at most; it doubles in between.
const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60);
/// A task that ran so long has recovered: its next failure waits shortly again.
const RECOVERED: Duration = Duration::from_secs(120);

/// How a task that should go on came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Panic,
    Returned,
}

/// What is known of a task. No data of anybody: only its name, times and counts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct State {
    pub running: bool,
    pub restarts: u32,
    /// RFC 3339.
    pub last_failure_at: Option<String>,
    pub last_failure: Option<End>,
}

/// The tasks of one server process.
#[derive(Clone, Debug)]
pub struct Tasks {
    states: Arc<Mutex<BTreeMap<String, State>>>,
    first: Duration,
}

impl Default for Tasks {
    fn default() -> Tasks {
        Tasks::waiting(FIRST)
    }
}

impl Tasks {
    /// With another wait before the first new start.
    pub fn waiting(first: Duration) -> Tasks {
        Tasks {
            states: Arc::default(),
            first,
        }
    }

    /// Runs what `begin` makes, and begins anew after a growing wait whenever it ends. A name stands
    /// for one task of the process.
    pub fn keep<F, T>(&self, name: impl Into<String>, begin: F)
    where
        F: Fn() -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        self.keep_while(name, || true, begin);
    }

    /// The same for one that may end once it is not wanted any more.
    pub fn keep_while<F, T>(
        &self,
        name: impl Into<String>,
        wanted: impl Fn() -> bool + Send + 'static,
        begin: F,
    ) where
        F: Fn() -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let (tasks, name) = (self.clone(), name.into());
        tokio::spawn(async move {
            let mut wait = tasks.first;
            loop {
                tasks.change(&name, |state| state.running = true);
                let begun = Timer::now();
                let end = match tokio::spawn(begin()).await {
                    Ok(()) => End::Returned,
                    Err(error) if error.is_panic() => End::Panic,
                    // The program is stopping.
                    Err(_) => return,
                };
                if !wanted() {
                    return tasks.forget(&name);
                }
                tracing::error!(task = name, ?end, "a task ended and is started again");
                tasks.failed(&name, end, Clock::default().now());
                if begun.elapsed() >= RECOVERED {
                    wait = tasks.first;
                }
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(MOST);
            }
        });
    }

    /// Every task by its name.
    pub fn states(&self) -> BTreeMap<String, State> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.clone()
    }

    /// Whether every task runs at this moment.
    pub fn all_run(&self) -> bool {
        self.states().values().all(|state| state.running)
    }

    fn forget(&self, name: &str) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.remove(name);
    }

    fn failed(&self, name: &str, end: End, at: Instant) {
        self.change(name, |state| {
            state.running = false;
            state.restarts = state.restarts.saturating_add(1);
            state.last_failure = Some(end);
            state.last_failure_at = Some(at.text());
        });
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut State)) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        change(states.entry(name.to_owned()).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn a_task_that_panics_or_returns_is_started_again_and_its_state_says_so() {
        let tasks = Tasks::waiting(Duration::from_millis(1));
        let (begun, mut begins) = mpsc::unbounded_channel();
        let count = Arc::new(AtomicU32::new(0));
        let start = Timer::now();
        tasks.keep("courier", move || {
            let (begun, count) = (begun.clone(), count.clone());
            async move {
                let time = count.fetch_add(1, Ordering::Relaxed);
                begun.send(time).unwrap();
                match time {
                    0 => panic!("on purpose"),
                    1 => {}
                    _ => std::future::pending().await,
                }
            }
        });
        for time in 0..3 {
            assert_eq!(begins.recv().await, Some(time));
        }
        // One millisecond, then two.
        assert!(start.elapsed() >= Duration::from_millis(3));
        let state = tasks.states()["courier"].clone();
        assert_eq!((state.running, state.restarts), (true, 2));
        assert_eq!(state.last_failure, Some(End::Returned));
        assert!(state.last_failure_at.is_some() && tasks.all_run());
    }

    #[tokio::test]
    async fn a_task_that_is_not_wanted_any_more_is_let_go() {
        let tasks = Tasks::waiting(Duration::from_millis(1));
        let count = Arc::new(AtomicU32::new(0));
        let (begun, wanted) = (count.clone(), count.clone());
        let wanted = move || wanted.load(Ordering::Relaxed) < 3;
        tasks.keep_while("audit", wanted, move || {
            let begun = begun.clone();
            async move {
                begun.fetch_add(1, Ordering::Relaxed);
            }
        });
        while Arc::strong_count(&count) > 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count.load(Ordering::Relaxed), 3);
        assert!(tasks.states().is_empty() && tasks.all_run());
    }

    #[tokio::test]
    async fn while_a_task_waits_for_its_new_start_it_is_down() {
        let tasks = Tasks::waiting(Duration::from_secs(3_600));
        tasks.keep("carrier", || async { panic!("on purpose") });
        let state = || tasks.states().get("carrier").cloned().unwrap_or_default();
        while state().restarts == 0 {
            tokio::task::yield_now().await;
        }
        assert!(!tasks.all_run());
        assert_eq!(state().last_failure, Some(End::Panic));
    }
}
