//! 個人番号: bound, and whether one is bound.

use super::Custodian;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::http::Scope;
use crate::http::Year;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::number::{NumberBinding, NumberStatus};
use kokuho_shared::ids::HouseholdId;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(numbers_of), BindNumbers, Ward),
        route(routes!(bind_number), BindNumbers, Ward),
    ]
}

fn custodian<'a>(app: &'a App, user: &'a User) -> Custodian<'a> {
    Custodian {
        user,
        clock: app.clock,
        keys: &app.keys,
    }
}

/// Of whom a number is registered; never which.
#[utoipa::path(get, path = "/api/households/{id}/my-number", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<NumberStatus>), (status = 404, body = Problem)))]
pub async fn numbers_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<NumberStatus>>, Failure> {
    let custodian = custodian(&app, &user);
    let all = super::statuses(app.db()?, id, year.fiscal_year, &custodian).await?;
    let persons = all.iter().map(|status| status.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, persons);
    app.audit
        .look(entry.detail("whether numbers are registered"))?;
    Ok(Json(all))
}

/// Binds a number to a person whose four basic items agree.
#[utoipa::path(put, path = "/api/households/{id}/my-number", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = NumberBinding,
    responses((status = 200, body = Vec<NumberStatus>), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn bind_number(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(wish): Body<NumberBinding>,
) -> Result<Json<Vec<NumberStatus>>, Failure> {
    let custodian = custodian(&app, &user);
    let bound = super::bind(app.db()?, id, year.fiscal_year, &wish, &custodian).await?;
    Ok(Json(bound))
}
