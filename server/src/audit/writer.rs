//! Writes what waits: into the database, or into the file beside it while the database does not take it.
//! One piece of work with the database runs at a time; nobody waits for it longer than a moment.

use super::parcel::Parcel;
use super::seal;
use super::spill::{Held, Spill};
use super::trouble::Trouble;
use super::waiting::{Ask, Waiting};
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::store::Db;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant as Timer, timeout, timeout_at};

/// A look waits at most so long before it is written.
const GATHER: Duration = Duration::from_millis(300);
/// The database has so long to take it; then the file beside it does. Together with the time before and the
/// disk's own a crash loses less than a second.
const PATIENCE: Duration = Duration::from_millis(300);
/// An idle log looks so often whether changes have left something to seal, and one that keeps nothing tries
/// again.
const IDLE: Duration = Duration::from_millis(500);
/// A server that stops gives the database so long.
const LAST: Duration = Duration::from_millis(1_500);

/// What is said of in the log.
const DATABASE: &str = "audit: database";
const DISK: &str = "audit: file beside the database";

type Shared = Arc<Mutex<Spill>>;

pub struct Writer {
    db: Db,
    clock: Clock,
    waiting: Arc<Waiting>,
    /// Where parcels are put aside; without it none are.
    spill: Option<Shared>,
    /// What is being written and is not kept yet.
    parcel: Option<Parcel>,
    work: Option<JoinHandle<Done>>,
    asks: Vec<Ask>,
    /// Parcels in the database that nothing writes again.
    settled: Vec<i64>,
    database: Trouble,
    disk: Trouble,
    /// Whether the last turn could keep nothing of what waits.
    stuck: bool,
}

/// There is no database any more.
struct Closed;

/// What a piece of work with the database came to.
struct Done {
    /// The parcel that is in the database now.
    written: Option<i64>,
    settled: Vec<i64>,
    asks: Vec<Ask>,
    error: Option<ServiceError>,
}

impl Writer {
    pub fn new(
        db: Db,
        clock: Clock,
        waiting: Arc<Waiting>,
        spill: Option<Arc<Mutex<Spill>>>,
    ) -> Writer {
        Writer {
            db,
            clock,
            waiting,
            spill,
            parcel: None,
            work: None,
            asks: Vec::new(),
            settled: Vec::new(),
            database: Trouble::default(),
            disk: Trouble::default(),
            stuck: false,
        }
    }

    /// Until the server stops: first what an earlier one left, then what comes.
    pub async fn run(mut self) {
        self.tell_files();
        while !self.waiting.is_stopping() {
            if self.turn(PATIENCE).await.is_err() {
                break;
            }
            self.gather().await;
        }
        self.end().await;
    }

    /// Waits until there is something to do.
    async fn gather(&mut self) {
        let idle = Timer::now() + IDLE;
        loop {
            // What cannot be kept is not tried again before its time.
            let presses = self.waiting.presses() && !self.stuck;
            let asked = !self.asks.is_empty() && self.work.is_none();
            if presses || asked || self.waiting.is_stopping() {
                return;
            }
            let until = match self.waiting.since() {
                Some(came) if !self.stuck => idle.min(came + GATHER),
                _ => idle,
            };
            let waited = timeout_at(until, self.waiting.news.notified()).await;
            if waited.is_err() {
                return;
            }
        }
    }

    /// Writes what is there.
    async fn turn(&mut self, patience: Duration) -> Result<(), Closed> {
        let before = self.waiting.kept_until();
        self.asks.extend(self.waiting.asks());
        if self.work.as_ref().is_some_and(JoinHandle::is_finished) {
            self.finish(patience).await?;
        }
        if self.parcel.is_none() {
            self.parcel = self.next();
        }
        // Work of an earlier turn has had its time.
        let mut waits = self.waiting.is_stopping();
        if self.work.is_none() && self.database.rests() {
            refuse(&mut self.asks);
        } else if self.work.is_none() {
            self.begin();
            waits = true;
        }
        if waits {
            self.finish(patience).await?;
        }
        self.put_aside().await;
        self.stuck = self.waiting.kept_until() == before && self.waiting.since().is_some();
        Ok(())
    }

    fn next(&self) -> Option<Parcel> {
        let entries = self.waiting.first();
        if entries.is_empty() {
            return None;
        }
        Parcel::of(entries).ok()
    }

    /// Begins a piece of work with the database.
    fn begin(&mut self) {
        let done = Done {
            written: None,
            settled: std::mem::take(&mut self.settled),
            asks: std::mem::take(&mut self.asks),
            error: None,
        };
        let (parcel, spill) = (self.parcel.clone(), self.spill.clone());
        let work = work(self.db.clone(), self.clock, parcel, spill, done);
        self.work = Some(tokio::spawn(work));
    }

    /// Waits a while for the work to end.
    async fn finish(&mut self, patience: Duration) -> Result<(), Closed> {
        let Some(work) = &mut self.work else {
            return Ok(());
        };
        let Ok(ended) = timeout(patience, work).await else {
            return Ok(());
        };
        self.work = None;
        let Ok(done) = ended else {
            self.database.failed("ended early", DATABASE);
            return Ok(());
        };
        self.settled.extend(done.settled);
        if let Some(id) = done.written
            && self.parcel.as_ref().is_some_and(|parcel| parcel.id == id)
        {
            // One that was put aside meanwhile is written a second time, and must be found then.
            self.settled.push(id);
            self.kept();
        }
        self.tell_files();
        let mut asks = done.asks;
        match done.error {
            None => {
                self.database.passed(DATABASE);
                let (kept, files) = (self.waiting.kept_until(), self.waiting.health().files);
                for ask in asks {
                    if ask.up_to <= kept && files == 0 {
                        let _: Result<(), bool> = ask.done.send(true);
                    } else {
                        self.asks.push(ask);
                    }
                }
            }
            Some(error) => {
                refuse(&mut asks);
                if error.is_closed() {
                    return Err(Closed);
                }
                self.database.failed(&kind(&error), DATABASE);
            }
        }
        Ok(())
    }

    /// What the database has not taken goes into the file beside it.
    async fn put_aside(&mut self) {
        let (Some(parcel), Some(spill)) = (self.parcel.clone(), self.spill.clone()) else {
            return;
        };
        let appended = tokio::task::spawn_blocking(move || lock(&spill).append(&parcel)).await;
        match appended {
            Ok(Ok(())) => {
                self.kept();
                self.disk.passed(DISK);
            }
            Ok(Err(why)) => {
                let kind = format!("io {:?}", why.kind());
                self.disk.failed(&kind, DISK);
            }
            Err(_) => self.disk.failed("ended early", DISK),
        }
        self.tell_files();
    }

    fn kept(&mut self) {
        if let Some(parcel) = self.parcel.take() {
            self.waiting.kept(parcel.entries.len());
        }
    }

    fn tell_files(&self) {
        let files = self.spill.as_ref().map_or(0, |spill| lock(spill).files());
        self.waiting.set_files(files);
    }

    /// The last turns: everything into the database, or into the file where it does not take it in time.
    async fn end(mut self) {
        // Callers that wait for the end are told then.
        let mut asks = self.waiting.last_asks();
        asks.append(&mut self.asks);
        let until = Timer::now() + LAST;
        self.database.rest_no_more();
        loop {
            let left = until.saturating_duration_since(Timer::now());
            if left.is_zero() || self.turn(left).await.is_err() || self.database.rests() {
                break;
            }
            if self.waiting.len() == 0 && self.work.is_none() {
                break;
            }
        }
        if let Some(work) = self.work.take() {
            work.abort();
        }
        let mut whole = true;
        while whole && self.waiting.len() > 0 {
            self.parcel = self.parcel.take().or_else(|| self.next());
            self.put_aside().await;
            whole = self.parcel.is_none();
        }
        if !whole {
            let lost = self.waiting.len();
            tracing::error!(lost, "audit: looks could be kept nowhere");
        }
        for ask in asks {
            let _: Result<(), bool> = ask.done.send(whole);
        }
    }
}

fn lock(spill: &Shared) -> std::sync::MutexGuard<'_, Spill> {
    spill.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refuse(asks: &mut Vec<Ask>) {
    for ask in asks.drain(..) {
        let _: Result<(), bool> = ask.done.send(false);
    }
}

fn kind(error: &ServiceError) -> String {
    match error {
        ServiceError::Database(cause) => database_kind(cause),
        _ => "other".to_owned(),
    }
}

async fn work(
    db: Db,
    clock: Clock,
    parcel: Option<Parcel>,
    spill: Option<Shared>,
    mut done: Done,
) -> Done {
    done.error = steps(&db, clock, parcel, spill, &mut done).await.err();
    done
}

/// What waits now, what was put aside before, and then the seal.
async fn steps(
    db: &Db,
    clock: Clock,
    parcel: Option<Parcel>,
    spill: Option<Shared>,
    done: &mut Done,
) -> Result<(), ServiceError> {
    if let Some(parcel) = parcel {
        parcel.write(db, clock.now(), &done.settled).await?;
        done.settled.clear();
        done.written = Some(parcel.id);
    }
    // A file that cannot be read keeps nothing else from the database.
    let taken = match spill {
        Some(spill) => take_in(db, clock, &spill).await,
        None => Ok(Vec::new()),
    };
    seal::seal(db, clock).await?;
    done.settled.extend(taken?);
    Ok(())
}

/// Takes the files in; returns the parcels that stand in no file any more.
async fn take_in(db: &Db, clock: Clock, spill: &Shared) -> Result<Vec<i64>, ServiceError> {
    if lock(spill).is_empty() {
        return Ok(Vec::new());
    }
    let unread =
        |why: std::io::Error| ServiceError::Internal(format!("audit file: {:?}", why.kind()));
    let mut taken = Vec::new();
    let files = lock(spill).close();
    for path in files {
        if let Some(mut held) = Held::of(&path).map_err(unread)? {
            let mut of_file = Vec::new();
            while let Some(parcel) = held.parcel().map_err(unread)? {
                parcel.write(db, clock.now(), &[]).await?;
                of_file.push(parcel.id);
            }
            held.remove().map_err(unread)?;
            taken.extend(of_file);
        }
        lock(spill).forget(&path);
    }
    Ok(taken)
}
