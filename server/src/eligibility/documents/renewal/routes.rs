//! Routes of the renewal of papers.

use super::{PRINTING, issues_papers, preview, requests};
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::correspondence::batches::mask_postcodes;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{self, App, Body, Failure, Watcher, Year};
use crate::http::{Route, patience, route};
use crate::jobs::{self, progress, queue};
use crate::transfer::{deliveries, expected_files};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use chrono::NaiveDate;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::{BatchView, JobView};
use kokuho_shared::api::renewal::{
    PostPreview, RenewalView, RunRequest, StartRenewal, StartReports,
};
use kokuho_shared::api::review::ReleaseRun;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{JobId, RunId};
use serde::Deserialize;
use std::convert::Infallible;
use tokio_stream::Stream;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(renewals), IssueDocuments, City),
        route(routes!(preview_renewal), RenewPapers, City).taking(patience::LONG),
        route(routes!(preview_reports), RunYear, City).taking(patience::LONG),
        route(routes!(run_requests), RenewPapers, City),
        route(routes!(release_request), ReleaseRun, City)
            .once()
            .taking(patience::LONG),
        route(routes!(withdraw_request), RenewPapers, City),
        route(routes!(start_renewal), RenewPapers, City)
            .once()
            .taking(patience::LONG),
        route(routes!(start_reports), RunYear, City)
            .once()
            .taking(patience::LONG),
        route(routes!(renewal), IssueDocuments, City),
        route(routes!(renewal_events), IssueDocuments, City),
        route(routes!(paper_batches), RenewPapers, Ward),
        route(routes!(paper_batch), RenewPapers, Ward).taking(patience::LONG),
        route(routes!(papers_printed), RenewPapers, Ward).once(),
    ]
}

/// Starts a renewal.
#[utoipa::path(post, path = "/api/renewals", tag = "eligibility", request_body = StartRenewal,
    responses((status = 202, body = RunRequest), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start_renewal(
    State(app): State<App>,
    user: User,
    Body(wish): Body<StartRenewal>,
) -> Result<(StatusCode, Json<RunRequest>), Failure> {
    app.press.refuse_unready()?;
    let request = requests::renewal(&app.city()?, &wish, &user).await?;
    Ok((StatusCode::ACCEPTED, Json(request)))
}

#[derive(Deserialize)]
pub struct From {
    from: NaiveDate,
}

/// What a renewal for a day would issue now.
#[utoipa::path(get, path = "/api/renewals/preview", tag = "eligibility", params(("from" = String, Query)),
    responses((status = 200, body = PostPreview), (status = 422, body = Problem)))]
pub async fn preview_renewal(
    State(app): State<App>,
    _user: User,
    Query(wish): Query<From>,
) -> Result<Json<PostPreview>, Failure> {
    app.press.refuse_unready()?;
    Ok(Json(preview::renewal(&app.city()?, wish.from).await?))
}

/// What 所得申告書 of a year would be issued now.
#[utoipa::path(get, path = "/api/income-reports/preview", tag = "eligibility", params(("fiscal_year" = i32, Query)),
    responses((status = 200, body = PostPreview), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn preview_reports(
    State(app): State<App>,
    _user: User,
    Query(year): Query<Year>,
) -> Result<Json<PostPreview>, Failure> {
    app.press.refuse_unready()?;
    refuse_undelivered(&app, year.fiscal_year).await?;
    Ok(Json(
        preview::reports(&app.city()?, year.fiscal_year).await?,
    ))
}

/// Runs that wait for somebody else's release, the oldest first.
#[utoipa::path(get, path = "/api/run-requests", tag = "eligibility", responses((status = 200, body = Vec<RunRequest>)))]
pub async fn run_requests(
    State(app): State<App>,
    _user: User,
) -> Result<Json<Vec<RunRequest>>, Failure> {
    Ok(Json(jobs::requests::waiting(app.db()?).await?))
}

/// Releases a run that somebody else asked for: it begins.
#[utoipa::path(post, path = "/api/run-requests/{id}/release", tag = "eligibility", params(("id" = i64, Path)),
    request_body = ReleaseRun, responses((status = 202, body = JobView), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub async fn release_request(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wish): Body<ReleaseRun>,
) -> Result<(StatusCode, Json<JobView>), Failure> {
    app.press.refuse_unready()?;
    let job = requests::release(&app.city()?, id, &wish.note, &user).await?;
    app.wake.notify_waiters();
    let view = progress::view(app.db()?, &job).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Takes a request back.
#[utoipa::path(delete, path = "/api/run-requests/{id}", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn withdraw_request(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
) -> Result<StatusCode, Failure> {
    jobs::requests::withdraw(app.db()?, id, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Before the tax office's file no income is known, and everybody would be asked.
async fn refuse_undelivered(app: &App, year: FiscalYear) -> Result<(), ServiceError> {
    let (db, city) = (app.db()?, app.municipality.as_str());
    deliveries::refuse_incomplete(db).await?;
    expected_files::refuse_without(db, city, app.layouts.as_deref(), year).await
}

/// Asks everybody whose income of a year is not known.
#[utoipa::path(post, path = "/api/income-reports", tag = "eligibility", request_body = StartReports,
    responses((status = 202, body = RunRequest), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start_reports(
    State(app): State<App>,
    user: User,
    Body(wish): Body<StartReports>,
) -> Result<(StatusCode, Json<RunRequest>), Failure> {
    app.press.refuse_unready()?;
    refuse_undelivered(&app, wish.fiscal_year).await?;
    let request = requests::reports(&app.city()?, &wish, &user).await?;
    Ok((StatusCode::ACCEPTED, Json(request)))
}

/// Renewals and other jobs that issue documents, the newest first.
#[utoipa::path(get, path = "/api/renewals", tag = "eligibility", responses((status = 200, body = Vec<JobView>)))]
pub async fn renewals(State(app): State<App>, _user: User) -> Result<Json<Vec<JobView>>, Failure> {
    let db = app.db()?;
    let mut own = Vec::new();
    for job in queue::newest(db)
        .await?
        .iter()
        .filter(|job| issues_papers(job))
    {
        own.push(progress::view(db, job).await?);
    }
    Ok(Json(own))
}

/// A renewal with what came out of it.
#[utoipa::path(get, path = "/api/renewals/{id}", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 200, body = RenewalView), (status = 404, body = Problem)))]
pub async fn renewal(
    State(app): State<App>,
    user: User,
    Path(id): Path<JobId>,
) -> Result<Json<RenewalView>, Failure> {
    let db = app.db()?;
    let job = queue::find(db, id).await?;
    if !issues_papers(&job) {
        return Err(ServiceError::NotFound("証の一斉更新").into());
    }
    let findings = progress::findings(db, id).await?;
    if !findings.is_empty() {
        let entry = Entry::new(&user, AuditAction::View, app.clock.now());
        let detail = format!("households left out by renewal {id}");
        app.audit.look(entry.detail(detail))?;
    }
    Ok(Json(RenewalView {
        outcome: job.read_outcome()?,
        job: progress::view(db, &job).await?,
        findings,
    }))
}

/// How far a renewal is, until it is no longer running.
#[utoipa::path(get, path = "/api/renewals/{id}/events", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 200, body = JobView, content_type = "text/event-stream"), (status = 404, body = Problem)))]
pub async fn renewal_events(
    app: State<App>,
    user: User,
    watcher: Watcher,
    id: Path<JobId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    jobs::routes::events(app, user, watcher, id).await
}

/// The batches of a renewal's papers.
#[utoipa::path(get, path = "/api/renewals/{id}/batches", tag = "eligibility", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<BatchView>)))]
pub async fn paper_batches(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
) -> Result<Json<Vec<BatchView>>, Failure> {
    let all = PRINTING.list(app.db()?, id, &user).await?;
    let shown = |batch| mask_postcodes(batch, &user);
    Ok(Json(all.into_iter().map(shown).collect()))
}

/// The document of a batch.
#[utoipa::path(get, path = "/api/renewals/{id}/batches/{number}", tag = "eligibility",
    params(("id" = i64, Path), ("number" = i64, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn paper_batch(
    State(app): State<App>,
    user: User,
    Path((id, number)): Path<(RunId, i64)>,
) -> Result<Response, Failure> {
    let pdf = PRINTING
        .document(app.db()?, id, number, &user, &app.press)
        .await?;
    let entry = Entry::new(&user, AuditAction::Print, app.clock.now());
    let detail = format!("batch {number} of renewal {id}");
    app.audit.look(entry.detail(detail))?;
    Ok(http::pdf(&format!("{id}-{number}"), pdf))
}

/// Notes that a batch was printed and is complete.
#[utoipa::path(post, path = "/api/renewals/{id}/batches/{number}/printed", tag = "eligibility",
    params(("id" = i64, Path), ("number" = i64, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = Problem)))]
pub async fn papers_printed(
    State(app): State<App>,
    user: User,
    Path((id, number)): Path<(RunId, i64)>,
) -> Result<Json<BatchView>, Failure> {
    let actor = Actor {
        user: &user,
        clock: app.clock,
    };
    let batch = PRINTING.printed(app.db()?, id, number, actor).await?;
    Ok(Json(mask_postcodes(batch, &user)))
}
