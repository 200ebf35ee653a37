//! The door: routes, who may pass, and how failures look from outside.

mod app;
mod body;
mod bounds;
mod caller;
mod client;
mod completed;
mod connections;
mod cookie;
mod entrance;
mod failure;
mod guard;
mod headers;
mod health;
mod hosts;
mod once;
mod openapi;
mod pages;
mod panics;
pub mod patience;
mod pdf;
mod route;
mod routes;
mod scope;
mod serve;
mod watching;
mod year;

use crate::error::ServiceError;
use crate::{access, assessment};
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use axum::{Extension, Router};
use std::path::Path;
use tower_http::catch_panic::CatchPanicLayer;

pub use app::App;
pub use body::Body;
pub use caller::Caller;
pub use client::{ClientAddress, Proxies, Secure};
pub use completed::{complete, screen_in};
pub use connections::Limits;
pub use cookie::cookie;
pub use entrance::Entrance;
pub use failure::Failure;
pub use hosts::{Hosts, host_of};
pub use pages::PageError;
pub use pdf::pdf;
pub use route::{Route, route};
pub use routes::{Permission, permissions};
pub use scope::Scope;
pub use serve::serve_within;
pub use watching::Watcher;
pub use year::Year;

/// A request has at most so many bytes; a city's file is measured where it is read.
const LARGEST_REQUEST: usize = 1 << 20;

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
    // Not signed in yet, or not any more.
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
    // Layers run in reverse order: the last one runs first.
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
