//! Routes of the imports.

use super::import::Delivery;
use crate::error::ServiceError;
use crate::http::{App, Failure, User};
use crate::on_db;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress, Started};
use serde::Deserialize;
use sqlx::FromRow;
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
        now: app.clock.now(),
        today: app.clock.today(),
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

#[derive(FromRow)]
struct RunRow {
    id: i64,
    kind: String,
    file_name: Option<String>,
    sha256: Option<String>,
    recorded_at: i64,
    recorded_by: String,
    lines: i64,
    control_total: i64,
    added: i64,
    changed: i64,
    unchanged: i64,
}

/// Finished imports, the newest first.
#[utoipa::path(get, path = "/api/imports", tag = "linkage",
    responses((status = 200, body = Vec<ImportRun>), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, _user: User) -> Result<Json<Vec<ImportRun>>, Failure> {
    const SQL: &str = "SELECT id, kind, file_name, sha256, recorded_at, recorded_by, lines, control_total, added, \
        changed, unchanged FROM change_record WHERE kind <> 'edit' ORDER BY id DESC LIMIT 100";
    let rows: Vec<RunRow> = on_db!(app.db()?, pool => sqlx::query_as(SQL).fetch_all(pool).await)
        .map_err(ServiceError::from)?;
    let runs = rows.into_iter().filter_map(|row| {
        let kind = FileKind::ALL
            .into_iter()
            .find(|kind| kind.key() == row.kind)?;
        Some(ImportRun {
            id: row.id,
            kind,
            file_name: row.file_name.unwrap_or_default(),
            sha256: row.sha256.unwrap_or_default(),
            recorded_at: crate::clock::Instant(row.recorded_at).text(),
            recorded_by: row.recorded_by,
            lines: row.lines,
            control_total: row.control_total,
            added: row.added,
            changed: row.changed,
            unchanged: row.unchanged,
        })
    });
    Ok(Json(runs.collect()))
}
