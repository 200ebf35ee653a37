//! Routes of jobs, whatever their work is.

use super::{progress, queue};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{App, Failure, Watcher};
use crate::http::{Route, route};
use crate::rooms;
use crate::store::{Db, Lock};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::sse::{Event, Sse};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::{JobState, JobView};
use kokuho_shared::ids::JobId;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::IntervalStream;
use tokio_stream::{Stream, StreamExt};
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(list), ReadRuns, City),
        route(routes!(events), ReadRuns, City),
        route(routes!(cancel), RunYear, City),
        route(routes!(resume), RunYear, City).once(),
    ]
}

/// Jobs, the newest first.
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", responses((status = 200, body = Vec<JobView>)))]
pub async fn list(State(app): State<App>, _user: User) -> Result<Json<Vec<JobView>>, Failure> {
    Ok(Json(progress::newest(app.db()?).await?))
}

/// Stops a job: no further piece is begun. What is done stays, and the job can go on later.
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(
    State(app): State<App>,
    user: User,
    Path(id): Path<JobId>,
) -> Result<Json<JobView>, Failure> {
    switch(&app, &user, id, &[JobState::Running], JobState::Cancelled).await
}

/// Goes on with a job that was stopped or failed.
#[utoipa::path(post, path = "/api/jobs/{id}/resume", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn resume(
    State(app): State<App>,
    user: User,
    Path(id): Path<JobId>,
) -> Result<Json<JobView>, Failure> {
    let from = [JobState::Cancelled, JobState::Failed];
    switch(&app, &user, id, &from, JobState::Running).await
}

async fn switch(
    app: &App,
    user: &User,
    id: JobId,
    from: &[JobState],
    to: JobState,
) -> Result<Json<JobView>, Failure> {
    let db = app.db()?;
    let job = queue::find(db, id).await?;
    let mut tx = db.write(Lock::Nothing).await?;
    if to == JobState::Running {
        let work = rooms::work(&job.kind)?;
        work.refuse_resuming(&job, app.clock.today())?;
        queue::refuse_second(&mut tx, &job, work.conflicting_works()).await?;
        if work.in_order() {
            queue::refuse_older(&mut tx, &job, work.conflicting_works()).await?;
        }
    }
    if !queue::switch(&mut tx, id, from, to).await? {
        let text = format!("この処理は{}です", job.state.name());
        return Err(ServiceError::Conflict(Problem::new(text)).into());
    }
    let entry = Entry::new(user, AuditAction::Update, app.clock.now());
    let detail = format!("job {id} {}", to.key());
    entry.detail(detail).write(&mut tx).await?;
    tx.commit().await?;
    app.wake.notify_waiters();
    let job = queue::find(db, id).await?;
    Ok(Json(progress::view(db, &job).await?))
}

/// How often a watched job is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// The progress of a job, until it is no longer running.
#[utoipa::path(get, path = "/api/jobs/{id}/events", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView, content_type = "text/event-stream"), (status = 404, body = Problem)))]
pub async fn events(
    State(app): State<App>,
    _user: User,
    watcher: Watcher,
    Path(id): Path<JobId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let db = app.db()?.clone();
    queue::find(&db, id).await?;
    let ticks = IntervalStream::new(tokio::time::interval(LOOK));
    let looked = ticks.then(move |_| look(db.clone(), id));
    let mut over = false;
    let until_over = looked.take_while(move |view| {
        let told = !over;
        over = view
            .as_ref()
            .is_none_or(|view| view.state != JobState::Running);
        told
    });
    let events = until_over.filter_map(|view| {
        let data = serde_json::to_string(&view?).ok()?;
        Some(Event::default().data(data))
    });
    Ok(watcher.events(events))
}

async fn look(db: Db, id: JobId) -> Option<JobView> {
    let job = queue::find(&db, id).await.ok()?;
    progress::view(&db, &job).await.ok()
}
