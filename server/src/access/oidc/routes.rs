//! Routes of the second door.

use super::provider::Answer;
use crate::access::routes::session_cookies;
use crate::access::user::Stage;
use crate::access::{accounts, sessions};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::http::{App, Caller, Failure, cookie};
use crate::store::Lock;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Carried while its user is at the provider, also when the provider sends the browser back.
const JOURNEY: &str = "__Host-kokuho-door";
const SECONDS: i64 = 600;

fn journey(sealed: &str, age: i64) -> String {
    format!("{JOURNEY}={sealed}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}")
}

/// Sends the browser to the provider.
pub async fn leave(State(app): State<App>) -> Result<Response, Failure> {
    let provider = app
        .provider
        .as_ref()
        .ok_or(ServiceError::NotFound("この入口"))?;
    let (url, sealed) = provider.leave(&app.keys, app.clock.now()).await?;
    let headers = [
        (header::LOCATION, url),
        (header::SET_COOKIE, journey(&sealed, SECONDS)),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// The provider sends the browser back.
pub async fn arrive(
    State(app): State<App>,
    headers: HeaderMap,
    caller: Caller,
    Query(answer): Query<Answer>,
) -> Result<Response, Failure> {
    let provider = app
        .provider
        .as_ref()
        .ok_or(ServiceError::NotFound("この入口"))?;
    let sealed = cookie(&headers, JOURNEY).ok_or(ServiceError::Provider)?;
    let login = provider
        .arrive(&app.keys, &sealed, answer, app.clock.now())
        .await?;
    let account = accounts::find(app.db()?, &login).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let account = account.ok_or(ServiceError::Provider)?;
    let user = account.user(Stage::Full)?;
    let now = app.clock.now();
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    let token = sessions::begin(&mut tx, &user, &caller.here(), now).await?;
    let entry = Entry::new(&user, AuditAction::SignIn, now);
    entry.write(&mut tx).await?;
    tx.commit().await?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    session_cookies(&mut response, &token, None);
    if let Ok(value) = journey("", 0).parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}
