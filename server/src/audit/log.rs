//! The gate: every display of a person is reported here first. Looks are gathered in memory and are in the database,
//! or in the file beside it, within a second; while they cannot be kept, no person is shown.

use super::entry::Entry;
use super::parcel;
use super::spill::Spill;
use super::waiting::{Health, Waiting};
use super::writer::Writer;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::Db;
use crate::supervise::Tasks;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

/// The longest wait until everything is sealed.
const FLUSHED_WITHIN: Duration = Duration::from_secs(5);
/// A server that stops waits at most so long for its last records.
const STOPPED_WITHIN: Duration = Duration::from_secs(4);

/// Where looks are told; cloned for every request.
#[derive(Clone)]
pub struct Log {
    writer: Option<Arc<WriterHandle>>,
}

/// Dropping the last handle ends the writer.
struct WriterHandle(Arc<Waiting>);

impl Drop for WriterHandle {
    fn drop(&mut self) {
        // The end is not waited for.
        drop(self.0.stop());
    }
}

impl Log {
    /// Begins to write on a database; `beside` is the folder for what it does not take now. A writer that
    /// panics is started again by the keeper of `tasks`, and begins with what waits.
    pub async fn start(
        db: Db,
        clock: Clock,
        beside: Option<PathBuf>,
        tasks: &Tasks,
    ) -> Result<Log, ServiceError> {
        let spill = match beside {
            Some(folder) => Some(Spill::of(&folder, &parcel::origin(&db).await?)),
            None => None,
        };
        let waiting = Arc::new(Waiting::default());
        let (all, end) = (waiting.clone(), waiting.clone());
        let spill = spill.map(|one| Arc::new(Mutex::new(one)));
        tasks.keep_while(
            "audit",
            move || !end.is_stopping(),
            move || Writer::new(db.clone(), clock, all.clone(), spill.clone()).run(),
        );
        Ok(Log {
            writer: Some(Arc::new(WriterHandle(waiting))),
        })
    }

    /// For a server without a database, which shows nobody's data.
    pub fn nowhere() -> Log {
        Log { writer: None }
    }

    /// Before a person is shown. Refused while looks cannot be kept: then nothing is shown.
    pub fn look(&self, entry: Entry) -> Result<(), ServiceError> {
        match &self.writer {
            Some(told) => told.0.look(entry),
            None => Ok(()),
        }
    }

    /// What is no look and has no transaction of its own; refused only when looks have long been.
    pub fn note(&self, entry: Entry) -> Result<(), ServiceError> {
        match &self.writer {
            Some(told) => told.0.note(entry),
            None => Ok(()),
        }
    }

    /// Waits a while until everything told so far is written and sealed; whether it is.
    pub async fn flush(&self) -> bool {
        let Some(told) = &self.writer else {
            return true;
        };
        let wait = told.0.ask();
        matches!(timeout(FLUSHED_WITHIN, wait).await, Ok(Ok(true)))
    }

    /// Ends the log; whether everything told is in the database or in the file beside it.
    pub async fn stop(&self) -> bool {
        let Some(told) = &self.writer else {
            return true;
        };
        let wait = told.0.stop();
        matches!(timeout(STOPPED_WITHIN, wait).await, Ok(Ok(true)))
    }

    /// How the log stands; none of a server without a database.
    pub fn health(&self) -> Option<Health> {
        self.writer.as_ref().map(|told| told.0.health())
    }
}
