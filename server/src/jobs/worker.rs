//! 処理の担い手 (worker): takes pieces of jobs and hands them to the work that a room brought.

use super::work::{self, AnyWork};
use super::{Job, Piece, queue};
use crate::city::City;
use crate::error::{ServiceError, database_kind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long an idle worker waits before it looks again, unless it is woken.
const IDLE: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub struct Worker {
    pub city: City,
    /// All that rooms can do.
    pub works: Vec<&'static dyn AnyWork>,
    /// Unique among the workers.
    pub name: String,
    /// A worker that was not heard of for so long is taken for dead.
    pub lease: Duration,
    pub wake: Arc<Notify>,
}

impl Worker {
    /// Works until it is dropped.
    pub async fn run(self) {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => self.rest().await,
                Err(error) => {
                    log(&error);
                    self.rest().await;
                }
            }
        }
    }

    /// Works until nothing is left, also of workers that died; then returns.
    pub async fn run_until_idle(self) -> Result<(), ServiceError> {
        loop {
            match self.step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(why) if why.is_passing() => log(&why),
                Err(why) => return Err(why),
            }
            if !queue::any_running(&self.city.db).await? {
                return Ok(());
            }
            self.rest().await;
        }
    }

    async fn rest(&self) {
        // Either way it looks again.
        let _: Result<(), _> = tokio::time::timeout(IDLE, self.wake.notified()).await;
    }

    /// One piece, or the closing of one job; `false` where there was nothing to do.
    async fn step(&self) -> Result<bool, ServiceError> {
        let now = self.city.clock.now();
        let lease = i64::try_from(self.lease.as_micros()).unwrap_or(i64::MAX);
        let lost = crate::clock::Instant(now.0.saturating_sub(lease));
        if let Some((job, piece)) = queue::take(&self.city.db, &self.name, now, lost).await? {
            self.try_piece(job, piece).await?;
            return Ok(true);
        }
        let Some(job) = queue::complete(&self.city.db).await? else {
            return Ok(false);
        };
        match self.finish(&job).await {
            Ok(()) => {}
            // The database may be back in a moment; anything else would come again for ever.
            Err(why @ (ServiceError::Database(_) | ServiceError::Busy)) => return Err(why),
            Err(error) => {
                log(&error);
                queue::fail(&self.city.db, job.id, &error.problem().message).await?;
            }
        }
        Ok(true)
    }

    /// Does a piece, or gives it back with the reason. Nothing that happens in it ends the worker.
    async fn try_piece(&self, job: Job, piece: Piece) -> Result<(), ServiceError> {
        if piece.attempts > queue::MOST_LOST {
            // The worker that had it before neither finished it nor gave it back.
            let why = format!(
                "処理の単位 {} を行うたびに処理が終わってしまいます",
                piece.number
            );
            return queue::fail(&self.city.db, job.id, &why).await;
        }
        let (own, what) = (self.clone(), piece.clone());
        let mut work = tokio::spawn(async move { own.piece(&job, &what).await });
        let done = loop {
            let beat = tokio::time::sleep((self.lease / 3).max(IDLE));
            tokio::select! {
                done = &mut work => break done,
                () = beat => {
                    // A single failed heartbeat is ignored; the piece is taken by another worker only
                    // after the lease.
                    let heard = queue::alive(&self.city.db, &piece, &self.name, self.city.clock.now());
                    if let Err(why) = heard.await {
                        log(&why);
                    }
                }
            }
        };
        let why = match done {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) if error.is_passing() => {
                log(&error);
                return queue::put_back(&self.city.db, &piece, &self.name).await;
            }
            Ok(Err(error)) => {
                log(&error);
                error.problem().message
            }
            Err(ended) => {
                tracing::error!(panicked = ended.is_panic(), "job");
                "処理の途中で内部エラーが起きました".to_owned()
            }
        };
        queue::give_back(&self.city.db, &piece, &self.name, &why).await
    }

    async fn piece(&self, job: &Job, piece: &Piece) -> Result<bool, ServiceError> {
        let work = work::find(&self.works, &job.kind)?;
        work.piece(&self.city, job, piece, &self.name).await
    }

    async fn finish(&self, job: &Job) -> Result<(), ServiceError> {
        work::find(&self.works, &job.kind)?
            .finish(&self.city, job)
            .await
    }
}

/// Texts of errors may carry values of rows: only their sort is logged.
fn log(error: &ServiceError) {
    let kind = match error {
        ServiceError::Database(cause) => database_kind(cause),
        _ => "other".to_owned(),
    };
    tracing::error!(kind, "job");
}
