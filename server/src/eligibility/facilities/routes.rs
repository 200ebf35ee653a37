//! Facilities, admissions, and which city insures.

use super::Registrar;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::household;
use crate::http::Scope;
use crate::http::Year;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::facility::{Facility, PersonStays, StayEdit};
use kokuho_shared::ids::HouseholdId;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(facilities), ReadHousehold, Office),
        route(routes!(set_facility), AcceptNotifications, Office),
        route(routes!(stays_of), ReadHousehold, Ward),
        route(routes!(admit), AcceptNotifications, Ward).once(),
    ]
}

fn registrar<'a>(app: &'a App, user: &'a User) -> Registrar<'a> {
    Registrar {
        user,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// All facilities.
#[utoipa::path(get, path = "/api/facilities", tag = "eligibility", responses((status = 200, body = Vec<Facility>)))]
pub async fn facilities(State(app): State<App>, _: User) -> Result<Json<Vec<Facility>>, Failure> {
    Ok(Json(super::list(app.db()?).await?))
}

/// Adds or corrects a facility.
#[utoipa::path(put, path = "/api/facilities", tag = "eligibility", request_body = Facility,
    responses((status = 200, body = Vec<Facility>), (status = 422, body = Problem)))]
pub async fn set_facility(
    State(app): State<App>,
    user: User,
    Body(wish): Body<Facility>,
) -> Result<Json<Vec<Facility>>, Failure> {
    let all = super::set(app.db()?, &wish, &registrar(&app, &user)).await?;
    Ok(Json(all))
}

/// Who of a household was in a facility, and which city insures.
#[utoipa::path(get, path = "/api/households/{id}/stays", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<PersonStays>), (status = 404, body = Problem)))]
pub async fn stays_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<PersonStays>>, Failure> {
    let registrar = registrar(&app, &user);
    let mut tx = app.db()?.read().await?;
    let view = household::disclosed_in(&mut tx, id, year.fiscal_year, registrar.looks()).await?;
    let all = super::of_household(&mut tx, &view, &registrar).await?;
    tx.commit().await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit.look(entry.of_household(id, persons))?;
    Ok(Json(all))
}

/// Registers, corrects or ends an admission.
#[utoipa::path(post, path = "/api/households/{id}/stays", tag = "eligibility", params(("id" = i64, Path)),
    request_body = StayEdit,
    responses((status = 200, body = Vec<PersonStays>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn admit(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wish): Body<StayEdit>,
) -> Result<Json<Vec<PersonStays>>, Failure> {
    let all = super::admit(app.db()?, id, &wish, &registrar(&app, &user)).await?;
    Ok(Json(all))
}
