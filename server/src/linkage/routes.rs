//! Routes of the imports.

use super::import::Delivery;
use super::runs;
use crate::access::user::User;
use crate::error::ServiceError;
use crate::http::{App, Failure};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress, Started};
use serde::Deserialize;
use std::convert::Infallible;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

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
    bytes: Bytes,
) -> Result<(StatusCode, Json<Started>), Failure> {
    let delivery = Delivery {
        kind: upload.kind,
        file_name: upload.file_name,
        bytes: bytes.to_vec(),
        by: user.login,
        clock: app.clock,
        layouts: app.layouts.clone(),
    };
    let job = app.jobs.start(app.db()?.clone(), delivery);
    Ok((StatusCode::ACCEPTED, Json(Started { job })))
}

/// The progress of an import, until it is done.
#[utoipa::path(get, path = "/api/imports/{job}/events", tag = "linkage", params(("job" = u64, Path)),
    responses((status = 200, body = Progress, content_type = "text/event-stream"), (status = 404, body = Problem)))]
pub async fn events(
    State(app): State<App>,
    _user: User,
    Path(job): Path<u64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let receiver = app.jobs.find(job).ok_or(ServiceError::NotFound("取込"))?;
    let stream = WatchStream::new(receiver).filter_map(|progress| {
        let data = serde_json::to_string(&progress).ok()?;
        Some(Ok(Event::default().data(data)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// Finished imports, the newest first.
#[utoipa::path(get, path = "/api/imports", tag = "linkage",
    responses((status = 200, body = Vec<ImportRun>), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, _user: User) -> Result<Json<Vec<ImportRun>>, Failure> {
    Ok(Json(runs::newest(app.db()?).await?))
}
