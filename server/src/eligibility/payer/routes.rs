//! The route of 国保上の世帯主.

use crate::access::user::{Actor, User};
use crate::http::Scope;
use crate::http::Year;
use crate::http::{App, Body, Failure, complete};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::student::PayerEdit;
use kokuho_shared::ids::HouseholdId;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![route(routes!(set_payer), AcceptNotifications, Ward)]
}

/// Sets 国保上の世帯主, or goes back to the head of the register.
#[utoipa::path(put, path = "/api/households/{id}/payer", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = PayerEdit,
    responses((status = 200, body = HouseholdView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_payer(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(wish): Body<PayerEdit>,
) -> Result<Json<HouseholdView>, Failure> {
    let actor = Actor {
        user: &user,
        clock: app.clock,
    };
    let mut view = super::set(app.db()?, id, year.fiscal_year, &wish, actor).await?;
    view.mask();
    complete(&app, &mut view).await?;
    Ok(Json(view))
}
