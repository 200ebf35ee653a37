//! A route of the office, written once: its handler says the method, the path and the types, and the room that it
//! belongs to which action it is and whom it concerns.

use super::app::App;
use super::once::Bound;
use super::patience::{self, Patience};
use super::scope::Scope;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::MethodRouter;
use kokuho_shared::access::Action;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Required, path::Parameter};
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
    /// How a request with a key of its own is done once; none where doing it again changes nothing.
    pub once: Option<Bound>,
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
        once: None,
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

    /// It issues, sends or starts something: with a key of its own (`Idempotency-Key`) it is done once.
    pub fn once(self) -> Route {
        self.bound(Bound::Here)
    }

    /// The same of what answers a secret: a second request learns only that it is done.
    pub fn once_untold(self) -> Route {
        self.bound(Bound::Secret)
    }

    /// The same of a body that is read as it comes: the handler binds it with `store::once::bind`.
    pub fn once_by_handler(self) -> Route {
        self.bound(Bound::ByHandler)
    }

    fn bound(mut self, bound: Bound) -> Route {
        self.once = Some(bound);
        let posts = self.described.paths.values_mut();
        for operation in posts.filter_map(|item| item.post.as_mut()) {
            operation
                .parameters
                .get_or_insert_default()
                .push(idempotency_key().into());
        }
        self
    }

    /// A city's file is larger than any other request; it is measured as it comes.
    pub fn of_any_size(self) -> Route {
        Route {
            handler: self.handler.layer(DefaultBodyLimit::disable()),
            ..self
        }
    }
}

fn idempotency_key() -> Parameter {
    let text = "UUID of this act: the same request with it again, within a day, has no second effect and gets the \
        first one's answer; with another body it is refused (422). 409: done, but the answer is not known.";
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".into())));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(uuid))
        .build()
}
