//! `/healthz`: whether database, jobs and parameters are usable.

use super::App;
use crate::jobs::queue;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kokuho_shared::law::shipped;
use serde_json::{Value, json};

pub async fn health(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let database = match &app.db {
        Some(db) => db.is_usable().await,
        None => true,
    };
    let jobs = match &app.db {
        Some(db) => queue::any_running(db).await.is_ok(),
        None => true,
    };
    let parameters = shipped::MUNICIPALITIES
        .iter()
        .all(|shipped| shipped.parameters().is_ok());
    let own = shipped::name_of(&app.municipality).is_some();
    let good = database && jobs && parameters && own;
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({"database": database, "jobs": jobs, "parameters": parameters && own})),
    )
}
