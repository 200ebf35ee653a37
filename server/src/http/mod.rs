//! The door: routes, who may pass, and how failures look from outside.

mod bounds;
mod caller;
mod client;
mod completed;
mod entrance;
mod guard;
mod headers;
mod health;
mod hosts;
mod openapi;
mod pages;
mod panics;
mod patience;
mod places;
mod routes;
mod serve;
mod watching;
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
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use kokuho_shared::api::Problem;
use kokuho_shared::assessment::relief_rules::ReliefRules;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;

pub use caller::Caller;
pub use client::{ClientAddress, Proxies, Secure};
pub use completed::{complete, screen_in};
pub use entrance::Entrance;
pub use guard::cookie;
pub use hosts::{Hosts, host_of};
pub use pages::PageError;
pub use places::Limits;
pub use routes::{Permission, Scope, permissions};
pub use serve::serve_within;
pub use watching::Watcher;
pub use worker::Worker;

/// A request has at most so many bytes; a city's file is measured where it is read.
const LARGEST_REQUEST: usize = 1 << 20;

/// After so many seconds it is worth to ask again.
const BUSY_SECONDS: u64 = 2;
/// Seconds after which a look that could not be kept on record is worth another try.
const UNRECORDED_AGAIN: u64 = 5;

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
    /// 管理者一人: see `access::requests`.
    pub single_administrator: bool,
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

/// All routes, for a machine of one's own; `dist` holds the built pages, where there are any.
pub fn router(app: App, dist: Option<&Path>) -> Result<Router, PageError> {
    router_at(&Entrance::default(), app, dist)
}

/// The same for a server that is reached in another way.
pub fn router_at(entrance: &Entrance, app: App, dist: Option<&Path>) -> Result<Router, PageError> {
    let public = Router::new()
        .route("/api/public/estimates", post(assessment::routes::estimate))
        .route("/api/openapi.json", get(openapi::document))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(middleware::from_fn_with_state(
            patience::ORDINARY,
            patience::within,
        ));
    // Nobody is signed in yet, or not any more.
    let door = Router::new()
        .route(
            "/api/session",
            post(access::routes::sign_in).delete(access::routes::sign_out),
        )
        .route("/api/door", get(access::routes::door))
        .route("/api/enrolment", post(access::enrolment::routes::enrol));
    #[cfg(feature = "oidc")]
    let door = door
        .route("/api/oidc", get(access::oidc::routes::leave))
        .route("/api/oidc/callback", get(access::oidc::routes::arrive));
    let door = door.layer(middleware::from_fn_with_state(
        patience::ORDINARY,
        patience::within,
    ));
    let api = match app.db {
        Some(_) => public.merge(
            door.merge(routes::office(&app))
                .layer(DefaultBodyLimit::max(LARGEST_REQUEST)),
        ),
        None => public,
    };
    let api = api
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .layer(middleware::from_fn(bounds::queries_in_range))
        .layer(middleware::from_fn(guard::own_requests_only))
        .route("/healthz", get(health::health))
        .layer(Extension(entrance.tasks.clone()));
    let only_citizen = app.db.is_none();
    let router = match dist {
        Some(dist) => api.merge(pages::router(dist, only_citizen)?),
        None => api,
    };
    let origin = (entrance.proxies.clone(), entrance.https);
    let names = entrance.hosts.clone();
    // What stands last is asked first.
    Ok(router
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(middleware::from_fn(panics::note))
        .layer(middleware::from_fn_with_state(names, hosts::own_names_only))
        .layer(middleware::from_fn(headers::safe))
        .layer(middleware::from_fn_with_state(origin, client::note))
        .with_state(app))
}

/// Serves the routes until `stopped` is over, within the usual limits.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_within(Limits::default(), listener, router, stopped).await
}

async fn nothing_here() -> Failure {
    Failure(ServiceError::NotFound("この宛先"))
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
            ServiceError::NotSignedIn | ServiceError::WrongPassword | ServiceError::Provider => {
                StatusCode::UNAUTHORIZED
            }
            ServiceError::Forbidden | ServiceError::ForeignOrigin | ServiceError::FactorMissing => {
                StatusCode::FORBIDDEN
            }
            ServiceError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            ServiceError::NoPress(_) | ServiceError::Busy | ServiceError::Unrecorded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
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
            ServiceError::Unrecorded => Some(UNRECORDED_AGAIN),
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

/// A body that is too large, or did not arrive in time.
fn not_read(rejection: BytesRejection) -> Response {
    let (status, text) = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "内容が大きすぎます"),
        _ => (
            StatusCode::REQUEST_TIMEOUT,
            "内容が最後まで届きませんでした。もう一度送ってください",
        ),
    };
    (status, Json(Problem::new(text))).into_response()
}

/// A JSON body; what is wrong with it is told with its field.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Response> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(not_read)?;
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
        let refused = |status, problem| (status, Json(problem)).into_response();
        let value = whole.map_err(|problem| refused(StatusCode::BAD_REQUEST, problem))?;
        // It was read once already: this cannot fail.
        let sent = serde_json::from_slice(&bytes).unwrap_or_default();
        bounds::body(&sent)
            .map_err(|problem| refused(StatusCode::UNPROCESSABLE_ENTITY, problem))?;
        Ok(Body(value))
    }
}
