//! What fails for a while: how long it is left alone, and how often the log says so.

use std::time::Duration;
use tokio::time::Instant as Timer;

/// Waiting time between tries, doubled up to the most.
const FIRST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(5);
/// The log repeats the message at most this often.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// Something that fails: said when it begins, when it ends and once a minute; tried again later and later.
#[derive(Debug, Default)]
pub struct Trouble {
    rest: Duration,
    until: Option<Timer>,
    said: Option<Timer>,
}

impl Trouble {
    pub fn rests(&self) -> bool {
        self.until.is_some_and(|until| Timer::now() < until)
    }

    pub fn rest_no_more(&mut self) {
        (self.rest, self.until) = (Duration::ZERO, None);
    }

    pub fn failed(&mut self, kind: &str, what: &str) {
        self.rest = (self.rest * 2).clamp(FIRST_REST, LONGEST_REST);
        self.until = Some(Timer::now() + self.rest);
        if self.said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            tracing::error!(kind, "{what}");
            self.said = Some(Timer::now());
        }
    }

    pub fn passed(&mut self, what: &str) {
        if self.said.is_some() {
            tracing::info!("{what}: goes on");
        }
        *self = Trouble::default();
    }
}
