//! The one place that decides who may call a route. Every route of the office stands in
//! [`super::routes`] with its action; a handler gets its user only from here.

use super::routes::Scope;
use super::{App, Failure};
use crate::access::sessions;
use crate::access::user::User;
use crate::error::ServiceError;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kokuho_shared::access::Action;

/// Lets a request through to its route, with its user.
pub async fn authorize(
    State((app, action, scope)): State<(App, Action, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    match allowed(&app, (action, scope), request.headers()).await {
        Ok(user) => {
            request.extensions_mut().insert(user);
            next.run(request).await
        }
        Err(why) => Failure(why).into_response(),
    }
}

async fn allowed(
    app: &App,
    (action, scope): (Action, Scope),
    headers: &HeaderMap,
) -> Result<User, ServiceError> {
    let token = cookie(headers, sessions::COOKIE).ok_or(ServiceError::NotSignedIn)?;
    let user = sessions::find(app.db()?, &token, app.clock.now()).await?;
    user.check(action)?;
    if scope == Scope::City {
        user.check_whole_city()?;
    }
    Ok(user)
}

impl FromRequestParts<App> for User {
    type Rejection = Failure;

    /// Only a route with a guard has a user: a forgotten guard closes the route.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<User, Failure> {
        let user = parts.extensions.get::<User>().cloned();
        user.ok_or(Failure(ServiceError::NotSignedIn))
    }
}

/// A page of another site can neither set our header nor hide where it comes from.
pub async fn own_requests_only(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let public = request.uri().path().starts_with("/api/public/");
    if changes && !public && !is_own(request.headers()) {
        return Failure(ServiceError::ForeignOrigin).into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let from = text(header::ORIGIN)
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, host)| host);
    headers.contains_key("x-kokuho") && from.is_some() && from == text(header::HOST)
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
