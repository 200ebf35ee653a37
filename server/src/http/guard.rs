//! The one place that decides who may call a route. Every route of the office stands in
//! [`super::routes`] with its action; a handler gets its user only from here.

use super::app::App;
use super::cookie::cookie;
use super::failure::Failure;
use super::scope::Scope;
use crate::access::sessions;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kokuho_shared::access::Action;
use kokuho_shared::ids::HouseholdId;

/// Lets a request through to its route, with its user.
pub async fn authorize(
    State((app, action, scope)): State<(App, Action, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    let user = match signed_in(&app, request.headers()).await {
        Ok(user) => user,
        Err(why) => return Failure(why).into_response(),
    };
    let asked = Asked::of(&request);
    let response = match allowed(&user, action, scope) {
        Ok(()) => {
            request.extensions_mut().insert(user.clone());
            next.run(request).await
        }
        Err(why) => Failure(why).into_response(),
    };
    match asked.refused(&app, &user, response.status()) {
        Ok(()) => response,
        Err(why) => Failure(why).into_response(),
    }
}

fn allowed(user: &User, action: Action, scope: Scope) -> Result<(), ServiceError> {
    user.check(action)?;
    match scope {
        Scope::City => user.check_whole_city(),
        _ => Ok(()),
    }
}

async fn signed_in(app: &App, headers: &HeaderMap) -> Result<User, ServiceError> {
    let token = cookie(headers, sessions::COOKIE).ok_or(ServiceError::NotSignedIn)?;
    sessions::find(app.db()?, &token, app.clock.now()).await
}

/// What a request asked for, as it may stand on record: the listed path, and the number in it where that is
/// one of ours.
struct Asked {
    what: String,
    number: Option<i64>,
    household: bool,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        let listed = request.extensions().get::<MatchedPath>();
        let listed = listed.map_or("", MatchedPath::as_str);
        let mut parts = request.uri().path().split('/');
        Asked {
            what: format!("{} {listed}", request.method()),
            number: parts.find_map(|part| part.parse().ok()),
            household: listed.starts_with("/api/households/{id}"),
        }
    }

    /// Records that somebody asked for what they may not see or what is not there.
    fn refused(self, app: &App, user: &User, status: StatusCode) -> Result<(), ServiceError> {
        if !matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
            return Ok(());
        }
        let mut entry = Entry::new(user, AuditAction::Refused, app.clock.now());
        let number = self.number.map(|number| format!(" {number}"));
        let number = number.unwrap_or_default();
        if self.household {
            entry.household = self.number.map(HouseholdId);
        }
        let detail = format!("{} {}{number}", status.as_u16(), self.what);
        app.audit.note(entry.detail(detail))
    }
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
