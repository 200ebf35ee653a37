//! Routes of 特別徴収.

use super::requests;
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::pension::{PensionList, PensionSend, PensionStop};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(list), ReadRuns, Ward),
        route(routes!(send), RunYear, City).once(),
        route(routes!(stop), Decide, Ward).once(),
    ]
}

#[derive(Deserialize)]
pub struct OfYear {
    fiscal_year: FiscalYear,
}

fn actor<'a>(app: &App, user: &'a User) -> Actor<'a> {
    Actor {
        user,
        clock: app.clock,
    }
}

/// The deductions of a year, counted by state.
#[utoipa::path(get, path = "/api/pensions", tag = "assessment", params(("fiscal_year" = i32, Query)), responses((status = 200, body = PensionList)))]
pub async fn list(
    State(app): State<App>,
    user: User,
    Query(of): Query<OfYear>,
) -> Result<Json<PensionList>, Failure> {
    let found = requests::list(app.db()?, of.fiscal_year, &user.ward).await?;
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    app.audit.look(entry.detail("pension deductions"))?;
    Ok(Json(found))
}

/// Asks the pension body for everything that is planned.
#[utoipa::path(post, path = "/api/pensions", tag = "assessment", request_body = PensionSend,
    responses((status = 200, body = PensionList), (status = 409, body = Problem)))]
pub async fn send(
    State(app): State<App>,
    user: User,
    Body(wish): Body<PensionSend>,
) -> Result<Json<PensionList>, Failure> {
    let by = actor(&app, &user);
    let (db, city) = (app.db()?, &app.municipality);
    Ok(Json(requests::send(db, wish.fiscal_year, city, by).await?))
}

/// Ends the deduction of a household's year.
#[utoipa::path(post, path = "/api/households/{id}/pension", tag = "assessment", params(("id" = i64, Path)),
    request_body = PensionStop,
    responses((status = 200, body = PensionList), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn stop(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wish): Body<PensionStop>,
) -> Result<Json<PensionList>, Failure> {
    let by = actor(&app, &user);
    let (db, city) = (app.db()?, &app.municipality);
    Ok(Json(requests::stop(db, id, &wish, city, by).await?))
}
