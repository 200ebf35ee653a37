//! Routes of runs that decide the city: their check, their release, their letters and the printing of these.

use super::mailing::{self, PRINTING};
use super::{release, review, yearly};
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::correspondence::batches::mask_postcodes;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{self, App, Body, Failure};
use crate::http::{Route, patience, route};
use crate::jobs::{Job, progress, queue};
use crate::store::Db;
use crate::transfer::{deliveries, expected_files};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::job::{BatchView, JobView};
use kokuho_shared::api::renewal::RunPreview;
use kokuho_shared::api::review::{CheckFinding, CheckOutcome, FindingKind, Release, ReleaseRun};
use kokuho_shared::api::run::{CHECK, LETTERS, RunKind, RunProgress, RunView, StartRun};
use kokuho_shared::ids::RunId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(newest), ReadRuns, City),
        route(routes!(preview), RunYear, City),
        route(routes!(start), RunYear, City)
            .once()
            .taking(patience::LONG),
        route(routes!(run), ReadRuns, City),
        route(routes!(start_check), RunYear, City)
            .once()
            .taking(patience::LONG),
        route(routes!(check_findings), ReadRuns, City),
        route(routes!(release), ReleaseRun, City).once(),
        route(routes!(start_letters), RunYear, City)
            .once()
            .taking(patience::LONG),
        route(routes!(batches), IssueLetters, Ward),
        route(routes!(document), IssueLetters, Ward).taking(patience::LONG),
        route(routes!(printed), IssueLetters, Ward).once(),
    ]
}

/// Starts the yearly run.
#[utoipa::path(post, path = "/api/runs", tag = "jobs", request_body = StartRun,
    responses((status = 202, body = JobView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start(
    State(app): State<App>,
    user: User,
    Body(wish): Body<StartRun>,
) -> Result<(StatusCode, Json<JobView>), Failure> {
    let db = app.db()?;
    let kind = kind(wish)?;
    // 仮算定 is there because the incomes of the year have not come yet.
    if kind != RunKind::Provisional {
        // Refuses to start while a part of the income delivery is missing.
        deliveries::refuse_incomplete(db).await?;
    }
    if kind == RunKind::Yearly {
        let (city, layouts) = (app.municipality.as_str(), app.layouts.as_deref());
        expected_files::refuse_without(db, city, layouts, wish.fiscal_year).await?;
    }
    let job = yearly::plan(&app.city()?, kind, wish.fiscal_year, &user).await?;
    app.wake.notify_waiters();
    Ok((StatusCode::ACCEPTED, Json(progress::view(db, &job).await?)))
}

fn kind(wish: StartRun) -> Result<RunKind, ServiceError> {
    match (wish.provisional, wish.monthly) {
        (true, true) => {
            let text = "仮算定と月次賦課は、同時に始められません";
            Err(ServiceError::invalid_at("monthly", text))
        }
        (true, false) => Ok(RunKind::Provisional),
        (false, true) => Ok(RunKind::Monthly),
        (false, false) => Ok(RunKind::Yearly),
    }
}

/// What is known before a year is decided: how much of it is decided already, and what is not known.
#[utoipa::path(get, path = "/api/runs/preview", tag = "jobs",
    params(("fiscal_year" = i32, Query), ("provisional" = Option<bool>, Query), ("monthly" = Option<bool>, Query)),
    responses((status = 200, body = RunPreview), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    _user: User,
    Query(wish): Query<StartRun>,
) -> Result<Json<RunPreview>, Failure> {
    let kind = kind(wish)?;
    let preview = super::preview::of(app.db()?, kind, wish.fiscal_year).await?;
    Ok(Json(preview))
}

/// Starts the letters of a finished run.
#[utoipa::path(post, path = "/api/runs/{id}/letters", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 202, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn start_letters(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
) -> Result<(StatusCode, Json<JobView>), Failure> {
    app.press.refuse_unready()?;
    let db = app.db()?;
    let job = mailing::plan(&app.city()?, id, &user).await?;
    app.wake.notify_waiters();
    Ok((StatusCode::ACCEPTED, Json(progress::view(db, &job).await?)))
}

/// Starts the check of a finished run: calculated a second time, compared with the year before.
#[utoipa::path(post, path = "/api/runs/{id}/check", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 202, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn start_check(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
) -> Result<(StatusCode, Json<JobView>), Failure> {
    let db = app.db()?;
    let job = review::plan(&app.city()?, id, &user).await?;
    app.wake.notify_waiters();
    Ok((StatusCode::ACCEPTED, Json(progress::view(db, &job).await?)))
}

/// Which part of a long list.
#[derive(Debug, Deserialize)]
pub struct PartQuery {
    /// How many of the list were read before.
    #[serde(default)]
    after: u32,
}

/// The households that the newest check of a run lists for a reason, the largest amount first: 500 at
/// a time.
#[utoipa::path(get, path = "/api/runs/{id}/check/{sort}", tag = "jobs",
    params(("id" = i64, Path), ("sort" = FindingKind, Path), ("after" = Option<u32>, Query)),
    responses((status = 200, body = Vec<CheckFinding>), (status = 404, body = Problem)))]
pub async fn check_findings(
    State(app): State<App>,
    user: User,
    Path((id, sort)): Path<(RunId, String)>,
    Query(part): Query<PartQuery>,
) -> Result<Json<Vec<CheckFinding>>, Failure> {
    let db = app.db()?;
    let sort = FindingKind::of_key(&sort).ok_or(ServiceError::NotFound("点検の種類"))?;
    let check = progress::of_run(db, id, CHECK).await?;
    let check = check.ok_or(ServiceError::NotFound("発送前の点検"))?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    let detail = format!("{} of the check of run {id}", sort.key());
    app.audit.look(entry.detail(detail))?;
    Ok(Json(
        review::findings(db, check.id, sort, part.after).await?,
    ))
}

/// Releases a run for its letters; whoever started it may not.
#[utoipa::path(post, path = "/api/runs/{id}/release", tag = "jobs", params(("id" = i64, Path)),
    request_body = ReleaseRun, responses((status = 200, body = Release), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn release(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
    Body(wish): Body<ReleaseRun>,
) -> Result<Json<Release>, Failure> {
    let released = release::release(app.db()?, id, &wish, &user).await?;
    Ok(Json(released))
}

/// A yearly run with what came out of it.
#[utoipa::path(get, path = "/api/runs/{id}", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = RunView), (status = 404, body = Problem)))]
pub async fn run(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
) -> Result<Json<RunView>, Failure> {
    let view = run_view(app.db()?, id).await?;
    if !view.findings.is_empty() {
        let entry = Entry::new(&user, AuditAction::View, app.clock.now());
        let detail = format!("households left out by run {id}");
        app.audit.look(entry.detail(detail))?;
    }
    Ok(Json(view))
}

async fn run_view(db: &Db, id: RunId) -> Result<RunView, ServiceError> {
    let job = queue::find(db, id.job()).await?;
    if RunKind::of_key(&job.kind).is_none() {
        return Err(ServiceError::NotFound("年次賦課"));
    }
    let letters = progress::of_run(db, id, LETTERS).await?;
    let mut findings = progress::findings(db, id.job()).await?;
    let (mut letters_view, mut letters_outcome) = (None, None);
    if let Some(job) = &letters {
        findings.extend(progress::findings(db, job.id).await?);
        letters_view = Some(progress::view(db, job).await?);
        letters_outcome = job.read_outcome()?;
    }
    let check = progress::of_run(db, id, CHECK).await?;
    let (mut check_view, mut check_outcome) = (None, None);
    if let Some(job) = &check {
        check_view = Some(progress::view(db, job).await?);
        check_outcome = job.read_outcome()?;
    }
    Ok(RunView {
        check: check_view,
        check_outcome,
        release: release::of_run(db, id).await?,
        outcome: job.read_outcome()?,
        job: progress::view(db, &job).await?,
        letters: letters_view,
        letters_outcome,
        findings,
    })
}

/// So many runs are told.
const NEWEST: usize = 5;

/// How far the newest runs are; nobody is named, so that nobody was looked at.
#[utoipa::path(get, path = "/api/runs", tag = "jobs", responses((status = 200, body = Vec<RunProgress>)))]
pub async fn newest(
    State(app): State<App>,
    _user: User,
) -> Result<Json<Vec<RunProgress>>, Failure> {
    let db = app.db()?;
    let jobs = queue::newest(db).await?.into_iter();
    let runs = jobs.filter(|job| RunKind::of_key(&job.kind).is_some());
    let mut told = Vec::new();
    for job in runs.take(NEWEST) {
        told.push(run_progress(db, job).await?);
    }
    Ok(Json(told))
}

async fn run_progress(db: &Db, job: Job) -> Result<RunProgress, ServiceError> {
    let run = job.run_id;
    let check = progress::of_run(db, run, CHECK).await?;
    let outcome: Option<CheckOutcome> = match &check {
        Some(check) => check.read_outcome()?,
        None => None,
    };
    let letters = progress::of_run(db, run, LETTERS).await?;
    Ok(RunProgress {
        run_id: run,
        name: job.name,
        fiscal_year: job.fiscal_year,
        created_by: job.created_by,
        state: job.state,
        check: check.map(|check| check.state),
        agrees: outcome.is_some_and(|outcome| outcome.agrees()),
        released: release::of_run(db, run).await?.is_some(),
        letters: letters.map(|letters| letters.state),
    })
}

/// The batches of a run's letters.
#[utoipa::path(get, path = "/api/runs/{id}/batches", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<BatchView>)))]
pub async fn batches(
    State(app): State<App>,
    user: User,
    Path(id): Path<RunId>,
) -> Result<Json<Vec<BatchView>>, Failure> {
    let all = PRINTING.list(app.db()?, id, &user).await?;
    let shown = |batch| mask_postcodes(batch, &user);
    Ok(Json(all.into_iter().map(shown).collect()))
}

/// The document of a batch.
#[utoipa::path(get, path = "/api/runs/{id}/batches/{number}", tag = "jobs",
    params(("id" = i64, Path), ("number" = i64, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn document(
    State(app): State<App>,
    user: User,
    Path((id, number)): Path<(RunId, i64)>,
) -> Result<Response, Failure> {
    let pdf = PRINTING
        .document(app.db()?, id, number, &user, &app.press)
        .await?;
    let entry = Entry::new(&user, AuditAction::Print, app.clock.now());
    app.audit
        .look(entry.detail(format!("batch {number} of run {id}")))?;
    Ok(http::pdf(&format!("{id}-{number}"), pdf))
}

/// Notes that a batch was printed and is complete.
#[utoipa::path(post, path = "/api/runs/{id}/batches/{number}/printed", tag = "jobs",
    params(("id" = i64, Path), ("number" = i64, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = Problem)))]
pub async fn printed(
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
