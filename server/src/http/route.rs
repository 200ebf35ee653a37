//! A route of the office, written once: its handler says the method, the path and the types, and the room that it
//! belongs to which action it is and whom it concerns.

use super::app::App;
use super::patience::{self, Patience};
use super::scope::Scope;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::MethodRouter;
use kokuho_shared::access::Action;
use utoipa::openapi::path::Paths;
use utoipa_axum::router::UtoipaMethodRouter;

/// Types that a route names, with their names.
pub type Schemas = Vec<(
    String,
    utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>,
)>;

pub struct Route {
    pub path: String,
    pub method: Method,
    pub action: Action,
    pub scope: Scope,
    pub patience: Patience,
    pub handler: MethodRouter<App>,
    pub described: Paths,
    pub schemas: Schemas,
}

/// A route of one handler, by `routes!` of utoipa.
pub fn route(of: UtoipaMethodRouter<App>, action: Action, scope: Scope) -> Route {
    let (schemas, described, handler) = of;
    let first = described.paths.first_key_value();
    let (path, method) = first.map_or((String::new(), Method::TRACE), |(path, item)| {
        (path.clone(), method_of(item))
    });
    Route {
        path,
        method,
        action,
        scope,
        patience: patience::ORDINARY,
        handler,
        described,
        schemas,
    }
}

fn method_of(item: &utoipa::openapi::PathItem) -> Method {
    let each = [
        (&item.get, Method::GET),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.delete, Method::DELETE),
        (&item.patch, Method::PATCH),
    ];
    let found = each.into_iter().find(|(operation, _)| operation.is_some());
    found.map_or(Method::TRACE, |(_, method)| method)
}

impl Route {
    /// With another patience than for what somebody waits for at a screen.
    pub fn taking(self, patience: Patience) -> Route {
        Route { patience, ..self }
    }

    /// A city's file is larger than any other request; it is measured as it comes.
    pub fn of_any_size(self) -> Route {
        Route {
            handler: self.handler.layer(DefaultBodyLimit::disable()),
            ..self
        }
    }
}
