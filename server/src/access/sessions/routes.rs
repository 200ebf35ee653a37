//! Routes to see and end sessions: one's own, and for administrators those of others.

use super::{end_all, end_one, of_account};
use crate::access::routes::gone;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::http::Scope;
use crate::http::{App, Caller, Failure};
use crate::http::{Route, route};
use crate::store::Lock;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::session::OpenSession;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(own_sessions), OwnAccount, Own),
        route(routes!(sign_out_everywhere), OwnSession, Own),
        route(routes!(end_own_session), OwnAccount, Own),
        route(routes!(sessions_of), ManageAccounts, City),
        route(routes!(end_session_of), ManageAccounts, City),
    ]
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/sessions", tag = "access", responses((status = 200, body = Vec<OpenSession>)))]
pub async fn own_sessions(
    State(app): State<App>,
    user: User,
    caller: Caller,
) -> Result<Json<Vec<OpenSession>>, Failure> {
    let token = caller.token.as_deref();
    let own = of_account(app.db()?, &user.login, token, app.clock.now()).await?;
    Ok(Json(own))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "access", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn end_own_session(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
) -> Result<StatusCode, Failure> {
    end(&app, &user, &user.login, Some(id)).await
}

/// Signs out everywhere.
#[utoipa::path(delete, path = "/api/sessions", tag = "access", responses((status = 204)))]
pub async fn sign_out_everywhere(State(app): State<App>, user: User) -> Result<Response, Failure> {
    end(&app, &user, &user.login, None).await?;
    Ok(gone())
}

/// Where somebody is signed in.
#[utoipa::path(get, path = "/api/accounts/{login}/sessions", tag = "access", params(("login" = String, Path)),
    responses((status = 200, body = Vec<OpenSession>)))]
pub async fn sessions_of(
    State(app): State<App>,
    _user: User,
    Path(login): Path<String>,
) -> Result<Json<Vec<OpenSession>>, Failure> {
    let all = of_account(app.db()?, &login, None, app.clock.now()).await?;
    Ok(Json(all))
}

/// Ends a session of somebody.
#[utoipa::path(delete, path = "/api/accounts/{login}/sessions/{id}", tag = "access",
    params(("login" = String, Path), ("id" = i64, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub async fn end_session_of(
    State(app): State<App>,
    user: User,
    Path((login, id)): Path<(String, i64)>,
) -> Result<StatusCode, Failure> {
    end(&app, &user, &login, Some(id)).await
}

/// Ends one session or all of an account, and says so in the same transaction.
async fn end(app: &App, user: &User, login: &str, id: Option<i64>) -> Result<StatusCode, Failure> {
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    match id {
        Some(id) => end_one(&mut tx, login, id).await?,
        None => end_all(&mut tx, login).await?,
    }
    let entry = Entry::new(user, AuditAction::SessionEnded, app.clock.now());
    entry.detail(login).write(&mut tx).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
