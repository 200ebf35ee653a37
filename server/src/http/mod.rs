//! The door: routes, who may pass, and how failures look from outside.

mod health;
mod openapi;
mod pages;

use crate::access::{self, sessions};
use crate::clock::Clock;
use crate::error::{ServiceError, database_kind};
use crate::linkage::jobs::Jobs;
use crate::store::Db;
use crate::{assessment, eligibility, linkage};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use kokuho_shared::api::Problem;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

pub use pages::PageError;

/// A city's file has at most so many bytes.
const LARGEST_FILE: usize = 1 << 30;
/// Any other request.
const LARGEST_REQUEST: usize = 1 << 20;

/// What every route can reach.
#[derive(Clone)]
pub struct App {
    /// None on a public-only server.
    pub db: Option<Db>,
    pub municipality: String,
    pub clock: Clock,
    pub layouts: Option<PathBuf>,
    pub jobs: Jobs,
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
        .route("/api/openapi.json", get(openapi::document));
    let office = Router::new()
        .route(
            "/api/session",
            post(access::routes::sign_in)
                .get(access::routes::current)
                .delete(access::routes::sign_out),
        )
        .route("/api/persons", get(eligibility::routes::find))
        .route("/api/households/{id}", get(eligibility::routes::view))
        .route(
            "/api/households/{id}/facts",
            put(eligibility::routes::change),
        )
        .route(
            "/api/households/{id}/decisions",
            post(assessment::routes::decide),
        )
        .route("/api/decisions/{id}", get(assessment::routes::find))
        .route("/api/imports/{job}/events", get(linkage::routes::events));
    let imports = Router::new()
        .route(
            "/api/imports",
            post(linkage::routes::start).get(linkage::routes::list),
        )
        .layer(DefaultBodyLimit::max(LARGEST_FILE));
    let api = if app.db.is_some() {
        public
            .merge(office)
            .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
            .merge(imports)
    } else {
        public
    };
    let api = api
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .layer(middleware::from_fn(own_requests_only))
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
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
}

async fn nothing_here() -> Failure {
    Failure(ServiceError::NotFound("この宛先"))
}

/// A page of another site cannot set this header, so it cannot change anything here.
async fn own_requests_only(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let public = request.uri().path().starts_with("/api/public/");
    if changes && !public && !request.headers().contains_key("x-kokuho") {
        return Failure(ServiceError::invalid_at(
            "x-kokuho",
            "ヘッダ x-kokuho がありません",
        ))
        .into_response();
    }
    next.run(request).await
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
            ServiceError::NotSignedIn | ServiceError::WrongPassword => StatusCode::UNAUTHORIZED,
            ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
            ServiceError::Conflict(_) => StatusCode::CONFLICT,
            ServiceError::Database(cause) => {
                tracing::error!(kind = database_kind(cause), "database");
                StatusCode::SERVICE_UNAVAILABLE
            }
            ServiceError::Migrate(_) | ServiceError::Internal(_) => {
                tracing::error!("internal error");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        (status, Json(self.0.problem())).into_response()
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

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct User {
    pub login: String,
    pub name: String,
}

impl FromRequestParts<App> for User {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<User, Failure> {
        let token = cookie(&parts.headers, sessions::COOKIE).ok_or(ServiceError::NotSignedIn)?;
        let (login, name) = sessions::find(app.db()?, &token, app.clock.now()).await?;
        Ok(User { login, name })
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = all
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
