//! `/healthz`: whether database, jobs and parameters are usable, and whether every task runs.

use super::app::App;
use crate::clock::Clock;
use crate::figures;
use crate::jobs::queue;
use crate::store::Db;
use crate::supervise::Tasks;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

pub async fn health(
    State(app): State<App>,
    Extension(tasks): Extension<Tasks>,
) -> (StatusCode, Json<Value>) {
    let database = match &app.db {
        Some(db) => db.is_usable().await,
        None => true,
    };
    let jobs = match &app.db {
        Some(db) => queue::any_running(db).await.is_ok(),
        None => true,
    };
    let parameters = figures::MUNICIPALITIES
        .iter()
        .all(|shipped| shipped.parameters().is_ok());
    let own = figures::name_of(&app.municipality).is_some();
    let behind = match &app.db {
        Some(db) => behind(db).await,
        None => None,
    };
    let audit = app.audit.health();
    let recording = audit.is_none_or(|health| health.recording);
    let good = database && jobs && parameters && own && tasks.all_run() && recording;
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({
            "database": database, "jobs": jobs, "parameters": parameters && own, "tasks": tasks.states(),
            "clock": {"behind_ms": behind},
            "audit": audit.map(|health| json!({"recording": health.recording, "waiting": health.waiting,
                "oldest_seconds": health.oldest_seconds, "files": health.files})),
        })),
    )
}

/// 時計の遅れ: how many milliseconds this machine's clock is behind the newest moment at which anything became
/// known, which some other machine's clock, or this one's earlier, has given; none while it cannot be told.
async fn behind(db: &Db) -> Option<i64> {
    let newest = db.newest_moment().await.ok()?;
    let ahead = newest.0.saturating_sub(Clock::default().now().0);
    Some(ahead.max(0) / 1_000)
}
