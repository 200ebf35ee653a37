//! Looks of screens, and giving way to them: whoever writes much, a file or a run, does it in short statements while somebody looks,
//! and waits between them until the look is over.
//!
//! The process of PostgreSQL that writes has a processor as long as a statement takes, and a look asks
//! four times: beside statements of a tenth of a second, one after the other, each look would wait for
//! a processor each time. PostgreSQL itself is asked who looks, since those who write are other programs,
//! perhaps on other machines.

use super::{LockWait, PostgresPools, Tx};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant as Timer;

/// The name that a connection has while a screen looks through it. Those of the city's own database count: on a
/// machine with many cities somebody always looks somewhere.
macro_rules! looking {
    () => {
        "kokuho: look"
    };
}
pub(super) use looking;

const LOOKS: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM pg_stat_get_activity(NULL) WHERE application_name = '",
    looking!(),
    "' AND datid = (SELECT oid FROM pg_database WHERE datname = current_database()))"
);

/// So often it is asked again while somebody looks, and so many times between two statements at most: where
/// somebody looks all the time, a file still comes to its end.
const AGAIN: Duration = Duration::from_millis(2);
const TIMES: usize = 5;
/// So long after a look another one is expected.
const SOON: Duration = Duration::from_secs(2);
/// The rows of one statement meanwhile.
pub const SHORT: usize = 50;

/// When a screen was last seen to read.
#[derive(Clone, Debug, Default)]
pub struct Looks(Arc<Mutex<Option<Timer>>>);

impl Looks {
    fn seen(&self) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Timer::now());
    }

    fn expected(&self) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < SOON)
    }
}

impl PostgresPools {
    async fn somebody_looks(&self) -> bool {
        let asked = sqlx::query_scalar(LOOKS).fetch_one(&self.counters).await;
        // If the check fails, the writer goes on without a pause.
        let looks = asked.unwrap_or(false);
        if looks {
            self.looks.seen();
        }
        looks
    }
}

impl Tx {
    /// Work in the background waits here until no screen reads, or for a moment. Returns whether
    /// statements should be short now.
    pub async fn give_way(&self) -> bool {
        // On SQLite no writer is in a look's way.
        let Tx::Postgres(_, beside, _) = self else {
            return false;
        };
        let LockWait::Work = beside.patience else {
            return false;
        };
        for _ in 0..TIMES {
            if !beside.somebody_looks().await {
                break;
            }
            tokio::time::sleep(AGAIN).await;
        }
        beside.looks.expected()
    }

    /// How many of `all` rows belong into one statement now.
    pub async fn at_once(&self, all: usize, short: usize) -> usize {
        match self.give_way().await {
            true => all.min(short),
            false => all,
        }
    }
}
