//! Imports that are running: they go on when the screen is left, and can be found again.

use super::import::{self, Delivery};
use crate::background;
use crate::error::{ServiceError, database_kind};
use crate::store::Db;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{ImportRun, Progress};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinError;

/// Finished imports stay findable until so many newer ones came.
const KEPT: usize = 50;

/// The imports of this server process.
#[derive(Clone)]
pub struct RunningImports {
    inner: Arc<Mutex<Inner>>,
    places: Arc<Semaphore>,
}

/// Kept by an import until it is done.
pub struct ImportSlot {
    _held: OwnedSemaphorePermit,
}

/// So many imports may wait, the one that is worked on among them.
const WAITING: usize = 8;

impl Default for RunningImports {
    fn default() -> RunningImports {
        RunningImports {
            inner: Arc::default(),
            places: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

#[derive(Default)]
struct Inner {
    last: u64,
    running: BTreeMap<u64, watch::Receiver<Progress>>,
}

impl RunningImports {
    /// A place among the imports that wait, taken before the file is read; refused where there is none.
    pub fn reserve(&self) -> Result<ImportSlot, ServiceError> {
        let place = self.places.clone().try_acquire_owned();
        place.map(|held| ImportSlot { _held: held }).map_err(|_| {
            let text = format!(
                "ほかに{WAITING}件の取込が待っています。終わってからもう一度送ってください"
            );
            ServiceError::Conflict(Problem::new(text))
        })
    }

    /// Starts an import and returns its number at once. One is worked on at a time.
    pub fn start(&self, place: ImportSlot, db: Db, delivery: Delivery) -> u64 {
        let (sender, receiver) = watch::channel(Progress::Reading { done: 0, total: 0 });
        let number = self.add(receiver);
        tokio::spawn(async move {
            let _place = place;
            let telling = sender.clone();
            let work = background::spawn(async move {
                let tell = |progress| {
                    telling.send_replace(progress);
                };
                import::import(&db, &delivery, &tell).await
            });
            let last = last(number, work.await);
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

/// The last event of the progress; an import that ended early has written nothing.
fn last(number: u64, ended: Result<Result<ImportRun, ServiceError>, JoinError>) -> Progress {
    let early = |_| Err(ServiceError::Internal("the import ended early".into()));
    match ended.unwrap_or_else(early) {
        Ok(run) => Progress::Done { run },
        Err(error) => {
            log(number, &error);
            Progress::Failed {
                problem: error.problem(),
            }
        }
    }
}

/// A bad file is the sender's matter; only our own failures go to the log, without file data.
fn log(number: u64, error: &ServiceError) {
    let kind = match error {
        ServiceError::Database(cause) => database_kind(cause),
        ServiceError::Internal(_) => "internal".to_owned(),
        _ => return,
    };
    tracing::error!(job = number, kind, "import failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_an_import_that_panics_is_told_that_it_failed() {
        let work = background::spawn(async { panic!("見辺　一郎") });
        let Progress::Failed { problem } = last(1, work.await) else {
            panic!("it has not ended");
        };
        assert!(!problem.message.is_empty() && !problem.message.contains("見辺"));
    }
}
