//! Imports that are running: they go on when the screen is left, and can be found again.

use super::import::{self, Delivery};
use crate::error::{ServiceError, database_kind};
use crate::store::Db;
use kokuho_shared::api::import::Progress;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Finished imports stay findable until so many newer ones came.
const KEPT: usize = 50;

/// The imports of this server process.
#[derive(Clone, Default)]
pub struct Jobs {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    running: BTreeMap<u64, watch::Receiver<Progress>>,
}

impl Jobs {
    /// Starts an import and returns its number at once.
    pub fn start(&self, db: Db, delivery: Delivery) -> u64 {
        let (sender, receiver) = watch::channel(Progress::Reading { done: 0, total: 0 });
        let number = self.add(receiver);
        tokio::spawn(async move {
            let tell = |progress| {
                sender.send_replace(progress);
            };
            let last = match import::import(&db, &delivery, &tell).await {
                Ok(run) => Progress::Done { run },
                Err(error) => {
                    log(number, &error);
                    Progress::Failed {
                        problem: error.problem(),
                    }
                }
            };
            sender.send_replace(last);
        });
        number
    }

    /// The progress of an import.
    pub fn find(&self, number: u64) -> Option<watch::Receiver<Progress>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.running.get(&number).cloned()
    }

    fn add(&self, receiver: watch::Receiver<Progress>) -> u64 {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.last += 1;
        let number = inner.last;
        inner.running.insert(number, receiver);
        while inner.running.len() > KEPT {
            inner.running.pop_first();
        }
        number
    }
}

/// A bad file is the sender's matter; only our own failures go to the log, without file data.
fn log(number: u64, error: &ServiceError) {
    if let ServiceError::Database(cause) = error {
        tracing::error!(job = number, kind = database_kind(cause), "import failed");
    }
}
