//! Reads are gathered in memory and written within a second, many at once.

use super::entry::{Entry, write_all};
use super::seal;
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::store::{Db, Lock};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant as Timer, timeout_at};

/// At most this long a read waits to be written.
const GATHER: Duration = Duration::from_millis(500);
const AT_ONCE: usize = 2_000;

enum Message {
    Read(Entry),
    /// Write and seal everything now, then say so.
    Flush(oneshot::Sender<()>),
}

/// Where reads are told; cloned for every request.
#[derive(Clone)]
pub struct Log {
    sender: Option<UnboundedSender<Message>>,
}

impl Log {
    /// Begins to write on a database.
    pub fn start(db: Db, clock: Clock) -> Log {
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(run(db, clock, receiver));
        Log {
            sender: Some(sender),
        }
    }

    /// For a server without a database, which shows nobody's data.
    pub fn nowhere() -> Log {
        Log { sender: None }
    }

    pub fn read(&self, entry: Entry) {
        if let Some(sender) = &self.sender {
            // The writer lives as long as the server; after its end nobody reads either.
            let _ = sender.send(Message::Read(entry));
        }
    }

    /// Waits until everything told so far is written and sealed.
    pub async fn flush(&self) {
        if let Some(sender) = &self.sender {
            let (done, wait) = oneshot::channel();
            if sender.send(Message::Flush(done)).is_ok() {
                let _ = wait.await;
            }
        }
    }
}

async fn run(db: Db, clock: Clock, mut receiver: UnboundedReceiver<Message>) {
    let mut waiting = Vec::new();
    let mut flushing: Vec<oneshot::Sender<()>> = Vec::new();
    loop {
        let until = Timer::now() + GATHER;
        let open = gather(&mut receiver, until, &mut waiting, &mut flushing).await;
        match write(&db, &waiting).await {
            Ok(()) => waiting.clear(),
            // What cannot be written now stays and is tried again.
            Err(error) => log(&error),
        }
        match seal::seal(&db, clock).await {
            Ok(_) => {}
            // The server has ended, after everything was flushed.
            Err(error) if error.is_closed() => return,
            Err(error) => log(&error),
        }
        for done in flushing.drain(..) {
            // Whoever waited may have gone meanwhile.
            let _: Result<(), ()> = done.send(());
        }
        if !open {
            return;
        }
    }
}

fn log(error: &ServiceError) {
    let kind = if let ServiceError::Database(cause) = error {
        database_kind(cause)
    } else {
        "other".to_owned()
    };
    tracing::error!(kind, "audit");
}

/// Takes what comes until the time is up, enough has come, or somebody waits.
async fn gather(
    receiver: &mut UnboundedReceiver<Message>,
    until: Timer,
    waiting: &mut Vec<Entry>,
    flushing: &mut Vec<oneshot::Sender<()>>,
) -> bool {
    while waiting.len() < AT_ONCE {
        match timeout_at(until, receiver.recv()).await {
            Err(_) => return true,
            Ok(None) => return false,
            Ok(Some(Message::Read(entry))) => waiting.push(entry),
            Ok(Some(Message::Flush(done))) => {
                flushing.push(done);
                return true;
            }
        }
    }
    true
}

async fn write(db: &Db, entries: &[Entry]) -> Result<(), ServiceError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut tx = db.write(Lock::Nothing).await?;
    write_all(entries, &mut tx).await?;
    tx.commit().await
}
