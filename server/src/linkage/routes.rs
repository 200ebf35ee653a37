//! Routes of imports and inquiries.

use super::import::Delivery;
use super::{characters, import_history, inquiries, records};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::eligibility::edit::Editor;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::exchange::layout;
use crate::http::Scope;
use crate::http::{self, App, Failure, Watcher, complete};
use crate::http::{Route, patience, route};
use crate::store::once;
use crate::transfer::spool::{Filling, Spool};
use crate::transfer::{expected_files, troubles};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::arrival::ExpectedView;
use kokuho_shared::api::files::{RareCharacters, Troubles};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress, Started};
use kokuho_shared::api::inquiry::{InquiryCounts, InquiryView, InquiryWish, OpenInquiries, Settle};
use kokuho_shared::api::link_record::{LinkDecision, LinkOverview, Refresh};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(of_household), Inquire, Ward),
        route(routes!(ask), Inquire, Ward).once(),
        route(routes!(open_inquiries), Inquire, Ward),
        route(routes!(inquiry_counts), Inquire, Ward),
        route(routes!(settle), Inquire, Ward).once(),
        route(routes!(interchange), Inquire, Ward),
        route(routes!(decide_link), Inquire, Ward).once(),
        route(routes!(refresh), Inquire, Ward).once(),
        route(routes!(expected_files), ReadImports, Office),
        route(routes!(troubled_files), ReadImports, Office),
        route(routes!(rare_characters), Inquire, Ward),
        route(routes!(list), ReadImports, Office),
        route(routes!(start), ImportFiles, City)
            .of_any_size()
            .once_by_handler()
            .taking(patience::UPLOAD),
        route(routes!(events), ReadImports, City),
    ]
}

#[derive(Deserialize)]
pub struct Upload {
    kind: FileKind,
    file_name: String,
}

/// Starts the import of a file.
#[utoipa::path(post, path = "/api/imports", tag = "linkage",
    params(("kind" = FileKind, Query), ("file_name" = String, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, body = Started), (status = 401, body = Problem)))]
pub async fn start(
    State(app): State<App>,
    user: User,
    Query(upload): Query<Upload>,
    body: Body,
) -> Result<(StatusCode, Json<Started>), Failure> {
    let place = app.jobs.reserve()?;
    let file = spooled(body).await?;
    once::bind(&file.sha256);
    once::claim_alone(app.db()?).await?;
    let delivery = Delivery {
        kind: upload.kind,
        file_name: upload.file_name,
        file: Arc::new(file),
        by: user.login,
        clock: app.clock,
        layouts: app.layouts.clone(),
        municipality: app.municipality.to_string(),
    };
    let job = app.jobs.start(place, app.db()?.patient(), delivery);
    Ok((StatusCode::ACCEPTED, Json(Started { job })))
}

/// Writes what comes to the disk as it comes.
async fn spooled(body: Body) -> Result<Spool, ServiceError> {
    let mut filling = Filling::start()?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| {
            ServiceError::invalid("ファイルを最後まで受け取れませんでした。もう一度送ってください")
        })?;
        filling.add(&piece)?;
        // Smaller requests are served in between.
        tokio::task::yield_now().await;
    }
    Ok(filling.end())
}

/// The progress of an import, until it is done.
#[utoipa::path(get, path = "/api/imports/{job}/events", tag = "linkage", params(("job" = u64, Path)),
    responses((status = 200, body = Progress, content_type = "text/event-stream"), (status = 404, body = Problem)))]
pub async fn events(
    State(app): State<App>,
    _user: User,
    watcher: Watcher,
    Path(job): Path<u64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let receiver = app.jobs.find(job).ok_or(ServiceError::NotFound("取込"))?;
    let stream = WatchStream::new(receiver).filter_map(|progress| {
        let data = serde_json::to_string(&progress).ok()?;
        Some(Event::default().data(data))
    });
    Ok(watcher.events(stream))
}

/// Finished imports, the newest first.
#[utoipa::path(get, path = "/api/imports", tag = "linkage",
    responses((status = 200, body = Vec<ImportRun>), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, _user: User) -> Result<Json<Vec<ImportRun>>, Failure> {
    Ok(Json(import_history::newest(app.db()?).await?))
}

/// Inquiries of a household with their answers, the newest first.
#[utoipa::path(get, path = "/api/households/{id}/inquiries", tag = "linkage", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<InquiryView>), (status = 404, body = Problem)))]
pub async fn of_household(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
) -> Result<Json<Vec<InquiryView>>, Failure> {
    household::refuse_unseen(app.db()?, id, &user).await?;
    inquiry_views(&app, &user, id).await
}

async fn inquiry_views(
    app: &App,
    user: &User,
    household: HouseholdId,
) -> Result<Json<Vec<InquiryView>>, Failure> {
    let found = inquiries::of_household(app.db()?, household, &app.keys).await?;
    let persons = found.iter().map(|inquiry| inquiry.person_id);
    let entry = Entry::new(user, AuditAction::View, app.clock.now());
    app.audit
        .look(entry.of_household(household, persons).detail("inquiries"))?;
    Ok(Json(found))
}

/// Asks another office about a member.
#[utoipa::path(post, path = "/api/households/{id}/inquiries", tag = "linkage", params(("id" = i64, Path)),
    request_body = InquiryWish,
    responses((status = 200, body = Vec<InquiryView>), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn ask(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    http::Body(wish): http::Body<InquiryWish>,
) -> Result<Json<Vec<InquiryView>>, Failure> {
    inquiries::ask(app.db()?, id, &wish, &user, app.clock).await?;
    inquiry_views(&app, &user, id).await
}

/// Inquiries that are not settled, without their answers.
#[utoipa::path(get, path = "/api/inquiries", tag = "linkage", responses((status = 200, body = OpenInquiries)))]
pub async fn open_inquiries(
    State(app): State<App>,
    user: User,
) -> Result<Json<OpenInquiries>, Failure> {
    let found = inquiries::open(app.db()?, &user.ward).await?;
    let persons = found.items.iter().map(|inquiry| inquiry.person_id);
    let persons = persons.collect();
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit
        .look(Entry { persons, ..entry }.detail("inquiries"))?;
    Ok(Json(found))
}

/// How many inquiries are not settled; nobody is named, so that nobody was looked at.
#[utoipa::path(get, path = "/api/inquiries/counts", tag = "linkage", responses((status = 200, body = InquiryCounts)))]
pub async fn inquiry_counts(
    State(app): State<App>,
    user: User,
) -> Result<Json<InquiryCounts>, Failure> {
    Ok(Json(inquiries::counts(app.db()?, &user.ward).await?))
}

#[derive(Deserialize)]
pub struct Year {
    fiscal_year: FiscalYear,
}

/// Adopts an answer, or does something else with an inquiry; answers with the household.
#[utoipa::path(post, path = "/api/inquiries/{id}/settlement", tag = "linkage",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = Settle,
    responses((status = 200, body = HouseholdView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn settle(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Query(year): Query<Year>,
    http::Body(wish): http::Body<Settle>,
) -> Result<Json<HouseholdView>, Failure> {
    user.check(Action::EditFacts)?;
    let editor = Editor {
        user: &user,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let db = app.db()?;
    let household = inquiries::settle(db, id, &wish, &editor, &app.keys).await?;
    let as_of = AsOf {
        fiscal_year: year.fiscal_year,
        valid_on: None,
        known_at: Instant::LATEST,
    };
    let mut view = household::view(db, household, as_of).await?;
    view.mask();
    complete(&app, &mut view).await?;
    Ok(Json(view))
}

/// Files that other offices deliver, and which of them are late.
#[utoipa::path(get, path = "/api/arrivals", tag = "linkage", responses((status = 200, body = Vec<ExpectedView>)))]
pub async fn expected_files(
    State(app): State<App>,
    _user: User,
) -> Result<Json<Vec<ExpectedView>>, Failure> {
    let (city, layouts) = (app.municipality.as_str(), app.layouts.as_deref());
    let all = expected_files::list(app.db()?, city, layouts, app.clock.today()).await?;
    Ok(Json(all))
}

/// Files that could not be taken in, and what was read with a warning.
#[utoipa::path(get, path = "/api/files", tag = "linkage", responses((status = 200, body = Troubles)))]
pub async fn troubled_files(
    State(app): State<App>,
    _user: User,
) -> Result<Json<Troubles>, Failure> {
    Ok(Json(troubles::list(app.db()?, app.clock).await?))
}

/// People whose name or address has a character that letters or partners do not have.
#[utoipa::path(get, path = "/api/characters", tag = "linkage", responses((status = 200, body = RareCharacters)))]
pub async fn rare_characters(
    State(app): State<App>,
    user: User,
) -> Result<Json<RareCharacters>, Failure> {
    let own = layout::fallbacks(app.layouts.as_deref())
        .map_err(|why| ServiceError::Invalid(why.problem("characters.toml")))?;
    let all = characters::list(app.db()?, &user.ward, &own, &app.press).await?;
    let persons = all.items.iter().map(|one| one.person_id).collect();
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit
        .look(Entry { persons, ..entry }.detail("characters"))?;
    Ok(Json(all))
}

/// What is exchanged with other offices daily, and what of it needs somebody.
#[utoipa::path(get, path = "/api/interchange", tag = "linkage", responses((status = 200, body = LinkOverview)))]
pub async fn interchange(
    State(app): State<App>,
    user: User,
) -> Result<Json<LinkOverview>, Failure> {
    let all = records::list::all(app.db()?, &user.ward, app.clock.today()).await?;
    app.audit.look(
        Entry::new(&user, AuditAction::View, app.clock.now()).detail("interchange".to_owned()),
    )?;
    Ok(Json(all))
}

/// Sends again or settles a record.
#[utoipa::path(post, path = "/api/interchange/{id}", tag = "linkage", params(("id" = i64, Path)),
    request_body = LinkDecision,
    responses((status = 200, body = LinkOverview), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn decide_link(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    http::Body(decision): http::Body<LinkDecision>,
) -> Result<Json<LinkOverview>, Failure> {
    records::list::decide(app.db()?, id, &decision, &user, app.clock).await?;
    interchange(State(app), user).await
}

/// Asks the city's own registers for everybody of a household.
#[utoipa::path(post, path = "/api/households/{id}/refresh", tag = "linkage", params(("id" = i64, Path)),
    request_body = Refresh,
    responses((status = 202, body = i64), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn refresh(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    http::Body(wish): http::Body<Refresh>,
) -> Result<(StatusCode, Json<usize>), Failure> {
    let asked = records::refresh::refresh(app.db()?, id, &wish, &user, app.clock).await?;
    Ok((StatusCode::ACCEPTED, Json(asked)))
}
