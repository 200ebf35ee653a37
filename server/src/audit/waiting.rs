//! What is not kept yet: a bounded list in memory. While it is full or old, no person is shown.

use super::entry::Entry;
use crate::error::ServiceError;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant as Timer;

/// So many looks wait at most.
pub const MOST: usize = 2_000;
/// So many are written together.
pub const AT_ONCE: usize = 500;
/// From this age of the oldest one on no person is shown.
const OLDEST: Duration = Duration::from_secs(5);

/// Somebody waits until everything told before is written and sealed.
pub struct Ask {
    pub up_to: u64,
    pub done: oneshot::Sender<bool>,
}

#[derive(Default)]
struct State {
    entries: VecDeque<(Timer, Entry)>,
    /// How many were ever told, and how many of them are kept.
    told: u64,
    kept: u64,
    asks: Vec<Ask>,
    stopping: bool,
    /// Files beside the database.
    files: usize,
}

#[derive(Default)]
pub struct Waiting {
    state: Mutex<State>,
    pub news: Notify,
}

/// How the log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Records in memory only.
    pub waiting: usize,
    /// Age of the oldest of them in seconds.
    pub oldest_seconds: u64,
    /// Files beside the database that are not taken in yet.
    pub files: usize,
    /// Whether people are shown.
    pub recording: bool,
}

impl Waiting {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look: refused while looks are not kept.
    pub fn look(&self, entry: Entry) -> Result<(), ServiceError> {
        let mut state = self.state();
        if !state.keeps_looks() {
            return Err(ServiceError::Unrecorded);
        }
        self.add(&mut state, entry);
        Ok(())
    }

    /// Other records are taken up to twice the limit, so that signing in and out goes on.
    pub fn note(&self, entry: Entry) -> Result<(), ServiceError> {
        let mut state = self.state();
        if state.stopping || state.entries.len() >= 2 * MOST {
            return Err(ServiceError::Unrecorded);
        }
        self.add(&mut state, entry);
        Ok(())
    }

    fn add(&self, state: &mut State, entry: Entry) {
        state.entries.push_back((Timer::now(), entry));
        state.told += 1;
        if state.entries.len() >= AT_ONCE {
            self.news.notify_one();
        }
    }

    /// The next looks, which stay here until they are [`Waiting::kept`].
    pub fn first(&self) -> Vec<Entry> {
        let state = self.state();
        let first = state.entries.iter().take(AT_ONCE);
        first.map(|(_, entry)| entry.clone()).collect()
    }

    /// The first `count` are in the database or on the disk.
    pub fn kept(&self, count: usize) {
        let mut state = self.state();
        let count = count.min(state.entries.len());
        state.entries.drain(..count);
        state.kept += u64::try_from(count).unwrap_or(0);
    }

    pub fn kept_until(&self) -> u64 {
        self.state().kept
    }

    pub fn len(&self) -> usize {
        self.state().entries.len()
    }

    /// When the oldest came.
    pub fn since(&self) -> Option<Timer> {
        self.state().entries.front().map(|(came, _)| *came)
    }

    /// Asks for everything told so far.
    pub fn ask(&self) -> oneshot::Receiver<bool> {
        let (done, wait) = oneshot::channel();
        let mut state = self.state();
        let told = state.told;
        state.asks.push(Ask { up_to: told, done });
        self.news.notify_one();
        wait
    }

    /// Who asked since; once the log stops, [`Waiting::last_asks`] has them.
    pub fn asks(&self) -> Vec<Ask> {
        let mut state = self.state();
        match state.stopping {
            true => Vec::new(),
            false => std::mem::take(&mut state.asks),
        }
    }

    pub fn last_asks(&self) -> Vec<Ask> {
        std::mem::take(&mut self.state().asks)
    }

    /// Nothing is told any more; the answer comes when the last record is kept.
    pub fn stop(&self) -> oneshot::Receiver<bool> {
        self.state().stopping = true;
        self.ask()
    }

    pub fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// Whether the writer has something to do before its time.
    pub fn presses(&self) -> bool {
        let state = self.state();
        !state.asks.is_empty() || state.entries.len() >= AT_ONCE
    }

    pub fn set_files(&self, files: usize) {
        self.state().files = files;
    }

    pub fn health(&self) -> Health {
        let state = self.state();
        Health {
            waiting: state.entries.len(),
            oldest_seconds: state.age().as_secs(),
            files: state.files,
            recording: state.keeps_looks(),
        }
    }
}

impl State {
    fn age(&self) -> Duration {
        let oldest = self.entries.front();
        oldest.map_or(Duration::ZERO, |(came, _)| came.elapsed())
    }

    fn keeps_looks(&self) -> bool {
        !self.stopping && self.entries.len() < MOST && self.age() < OLDEST
    }
}
