//! Routes of administrators: accounts, and requests for their changes.

use super::{Desk, Requester};
use crate::access::accounts;
use crate::access::user::User;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{Account, AccountRequest, AccountWish, Approved, Requested};
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(accounts), ManageAccounts, City),
        route(routes!(suspend), ManageAccounts, City),
        route(routes!(account_requests), ManageAccounts, City),
        route(routes!(request_account), ManageAccounts, City).once_untold(),
        route(routes!(approve_account), ManageAccounts, City).once_untold(),
        route(routes!(refuse_account), ManageAccounts, City),
    ]
}

fn desk(app: &App) -> Result<Desk<'_>, ServiceError> {
    Ok(Desk {
        db: app.db()?,
        keys: &app.keys,
        clock: app.clock,
        single_administrator: app.single_administrator,
    })
}

/// Every account.
#[utoipa::path(get, path = "/api/accounts", tag = "access", responses((status = 200, body = Vec<Account>)))]
pub async fn accounts(State(app): State<App>, _user: User) -> Result<Json<Vec<Account>>, Failure> {
    Ok(Json(accounts::all(app.db()?).await?))
}

/// Ends the use of an account at once.
#[utoipa::path(post, path = "/api/accounts/{login}/suspension", tag = "access", params(("login" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn suspend(
    State(app): State<App>,
    user: User,
    Path(login): Path<String>,
) -> Result<StatusCode, Failure> {
    accounts::suspend(app.db()?, &login, &user, app.clock).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Requests that wait for their approval.
#[utoipa::path(get, path = "/api/account-requests", tag = "access", responses((status = 200, body = Vec<AccountRequest>)))]
pub async fn account_requests(
    State(app): State<App>,
    user: User,
) -> Result<Json<Vec<AccountRequest>>, Failure> {
    Ok(Json(super::open(&desk(&app)?, &user).await?))
}

/// Asks for a new account or a change of one.
#[utoipa::path(post, path = "/api/account-requests", tag = "access", request_body = AccountWish,
    responses((status = 200, body = Requested), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn request_account(
    State(app): State<App>,
    user: User,
    Body(wish): Body<AccountWish>,
) -> Result<Json<Requested>, Failure> {
    let by = Requester {
        name: user.login.clone(),
        user: &user,
    };
    Ok(Json(super::file(&desk(&app)?, &by, &wish).await?))
}

/// Approves what another administrator asked for.
#[utoipa::path(post, path = "/api/account-requests/{id}/approval", tag = "access", params(("id" = i64, Path)),
    responses((status = 200, body = Approved), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn approve_account(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
) -> Result<Json<Approved>, Failure> {
    Ok(Json(super::approve(&desk(&app)?, id, &user).await?))
}

/// Refuses a request, or takes one's own back.
#[utoipa::path(delete, path = "/api/account-requests/{id}", tag = "access", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn refuse_account(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
) -> Result<StatusCode, Failure> {
    super::refuse(&desk(&app)?, id, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
