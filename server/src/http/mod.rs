//! The door: routes, who may pass, and how failures look from outside.

mod completed;
mod guard;
mod health;
mod openapi;
mod pages;
mod routes;
mod worker;

use crate::access::keys::Keys;
use crate::assessment::whatif::WhatIfs;
use crate::audit::Log;
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::linkage::jobs::Jobs;
use crate::press::Press;
use crate::store::Db;
use crate::{access, assessment};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kokuho_shared::api::Problem;
use kokuho_shared::assessment::relief_rules::ReliefRules;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

pub use completed::{complete, screen_in};
pub use guard::cookie;
pub use pages::PageError;
pub use routes::{Permission, Scope, permissions};
pub use worker::Worker;

/// A city's file has at most so many bytes.
const LARGEST_FILE: usize = 1 << 30;
/// Any other request.
const LARGEST_REQUEST: usize = 1 << 20;

/// After so many seconds it is worth to ask again.
const BUSY_SECONDS: u64 = 2;

/// What every route can reach.
#[derive(Clone)]
pub struct App {
    /// None on a public-only server.
    pub db: Option<Db>,
    pub municipality: String,
    pub clock: Clock,
    pub layouts: Option<PathBuf>,
    /// 減免の基準, with the city's own.
    pub reliefs: Arc<ReliefRules>,
    pub whatifs: WhatIfs,
    pub jobs: Jobs,
    pub keys: Keys,
    pub audit: Log,
    pub press: Press,
    /// 庁内の認証基盤, where the city has one.
    pub provider: Option<access::oidc::Provider>,
    /// Tells this process's workers that there is something to do.
    pub wake: Arc<Notify>,
}

impl App {
    pub fn db(&self) -> Result<&Db, ServiceError> {
        self.db.as_ref().ok_or(ServiceError::NotFound("この機能"))
    }
}

/// All routes; `dist` holds the built pages, where there are any.
pub fn router(app: App, dist: Option<&Path>) -> Result<Router, PageError> {
    let public = Router::new()
        .route("/api/public/estimates", post(assessment::routes::estimate))
        .route("/api/openapi.json", get(openapi::document))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST));
    // Nobody is signed in yet, or not any more.
    let door = Router::new()
        .route(
            "/api/session",
            post(access::routes::sign_in).delete(access::routes::sign_out),
        )
        .route("/api/door", get(access::routes::door));
    #[cfg(feature = "oidc")]
    let door = door
        .route("/api/oidc", get(access::oidc::routes::leave))
        .route("/api/oidc/callback", get(access::oidc::routes::arrive));
    let api = match app.db {
        Some(_) => public.merge(
            door.merge(routes::office(&app))
                .layer(DefaultBodyLimit::max(LARGEST_REQUEST)),
        ),
        None => public,
    };
    let api = api
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .layer(middleware::from_fn(guard::own_requests_only))
        .route("/healthz", get(health::health));
    let only_citizen = app.db.is_none();
    let router = match dist {
        Some(dist) => api.merge(pages::router(dist, only_citizen)?),
        None => api,
    };
    Ok(router.layer(middleware::from_fn(no_store)).with_state(app))
}

/// Serves the routes until `stopped` is over, and then what has begun.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await
}

async fn nothing_here() -> Failure {
    Failure(ServiceError::NotFound("この宛先"))
}

/// Answers about people are never kept by the browser.
async fn no_store(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    if api {
        response.headers_mut().insert(
            header::CACHE_CONTROL,
            header::HeaderValue::from_static("no-store"),
        );
    }
    response
}

/// A document as an answer, shown by the browser and named when it is kept.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ),
    ];
    (headers, bytes).into_response()
}

/// A service error as an answer.
pub struct Failure(pub ServiceError);

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            ServiceError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ServiceError::NotSignedIn
            | ServiceError::WrongPassword
            | ServiceError::Provider
            | ServiceError::CodeMissing => StatusCode::UNAUTHORIZED,
            ServiceError::Forbidden | ServiceError::ForeignOrigin | ServiceError::FactorMissing => {
                StatusCode::FORBIDDEN
            }
            ServiceError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            ServiceError::NoPress(_) | ServiceError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
            ServiceError::Conflict(_) => StatusCode::CONFLICT,
            ServiceError::Constraint(cause) => {
                tracing::error!(kind = database_kind(cause), "constraint");
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ServiceError::Database(cause) => {
                tracing::error!(kind = database_kind(cause), "database");
                StatusCode::SERVICE_UNAVAILABLE
            }
            ServiceError::Migrate(_) | ServiceError::Internal(_) => {
                tracing::error!("internal error");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut response = (status, Json(self.0.problem())).into_response();
        let again = match self.0 {
            ServiceError::TooMany { seconds } => Some(seconds),
            ServiceError::Busy => Some(BUSY_SECONDS),
            _ => None,
        };
        if let Some(seconds) = again {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}

/// A JSON body; what is wrong with it is told with its field.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Response> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = error.path().to_string();
            Problem::new(format!("内容を読めません: {}", error.inner())).at(field)
        });
        let whole = parsed.and_then(|value| {
            reader
                .end()
                .map(|()| value)
                .map_err(|error| Problem::new(format!("内容を読めません: {error}")))
        });
        whole
            .map(Body)
            .map_err(|problem| (StatusCode::BAD_REQUEST, Json(problem)).into_response())
    }
}
