//! The guarded routes of all rooms and foundations. The permissions follow from their lists alone, and so do the
//! description of the API and the table that a test holds against the roles.

use super::app::App;
use super::guard;
use super::once::{self, GoingOn};
use super::patience;
use super::route::Route;
use super::scope::Scope;
use crate::rooms;
use axum::Router;
use axum::http::Method;
use axum::middleware;
use kokuho_shared::access::Action;

/// What a guarded route is, as tests and the manual see it.
pub struct Permission {
    pub method: Method,
    pub path: String,
    pub action: Action,
    pub scope: Scope,
    /// Whether a request with a key of its own is done once.
    pub once: bool,
}

/// Every guarded route.
pub fn permissions() -> Vec<Permission> {
    let permission = |route: Route| Permission {
        method: route.method,
        path: route.path,
        action: route.action,
        scope: route.scope,
        once: route.once.is_some(),
    };
    rooms::routes().into_iter().map(permission).collect()
}

/// The guarded routes of the office.
pub fn office(app: &App) -> Router<App> {
    let going_on = GoingOn::default();
    let guarded = |route: Route| {
        let handler = match route.once {
            Some(bound) => {
                let state = (app.clone(), bound, going_on.clone());
                let once = middleware::from_fn_with_state(state, once::once);
                route.handler.route_layer(once)
            }
            None => route.handler,
        };
        let state = (app.clone(), route.action, route.scope);
        let within = middleware::from_fn_with_state(route.patience, patience::within);
        let authorize = middleware::from_fn_with_state(state, guard::authorize);
        let handler = handler.route_layer(authorize).route_layer(within);
        (route.path, handler)
    };
    let routes = rooms::routes().into_iter().map(guarded);
    routes.fold(Router::new(), |router, (path, handler)| {
        router.route(&path, handler)
    })
}
