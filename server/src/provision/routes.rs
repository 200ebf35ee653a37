//! Routes of requests that other offices make.

use super::{decision, list};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::http::{self, App, Failure, Route, Scope, route};
use axum::Json;
use axum::extract::{Path, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::provision::{DecideProvision, ProvisionRequests};
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(requests), Inquire, Ward),
        route(routes!(decide), Inquire, Ward).once(),
    ]
}

/// What other offices asked, and what of it needs somebody.
#[utoipa::path(get, path = "/api/provision/requests", tag = "provision",
    responses((status = 200, body = ProvisionRequests)))]
pub async fn requests(
    State(app): State<App>,
    user: User,
) -> Result<Json<ProvisionRequests>, Failure> {
    let all = list::all(app.db()?, &user.ward, app.clock.today()).await?;
    let persons = all.items.iter().filter_map(|item| item.person_id).collect();
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit
        .look(Entry { persons, ..entry }.detail("provision requests"))?;
    Ok(Json(all))
}

/// Answers or refuses a request.
#[utoipa::path(post, path = "/api/provision/requests/{id}", tag = "provision", params(("id" = i64, Path)),
    request_body = DecideProvision,
    responses((status = 200, body = ProvisionRequests), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn decide(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    http::Body(wish): http::Body<DecideProvision>,
) -> Result<Json<ProvisionRequests>, Failure> {
    decision::decide(app.db()?, id, &wish, &user).await?;
    requests(State(app), user).await
}
