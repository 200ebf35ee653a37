//! Routes of studies elsewhere.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::facilities::Registrar;
use crate::eligibility::household;
use crate::http::Scope;
use crate::http::Year;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::student::Student;
use kokuho_shared::ids::HouseholdId;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(students_of), ReadHousehold, Ward),
        route(routes!(set_student), AcceptNotifications, Ward).once(),
    ]
}

fn registrar<'a>(app: &'a App, user: &'a User) -> Registrar<'a> {
    Registrar {
        user,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// Who of a household studies elsewhere.
#[utoipa::path(get, path = "/api/households/{id}/students", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<Student>), (status = 404, body = Problem)))]
pub async fn students_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<Student>>, Failure> {
    let registrar = registrar(&app, &user);
    let mut tx = app.db()?.read().await?;
    let view = household::disclosed_in(&mut tx, id, year.fiscal_year, registrar.looks()).await?;
    let all = super::of_household(&mut tx, &view).await?;
    tx.commit().await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit.look(entry.of_household(id, persons))?;
    Ok(Json(all))
}

/// Registers, corrects or ends a study elsewhere.
#[utoipa::path(post, path = "/api/households/{id}/students", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = Student,
    responses((status = 200, body = Vec<Student>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_student(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(wish): Body<Student>,
) -> Result<Json<Vec<Student>>, Failure> {
    let registrar = registrar(&app, &user);
    let all = super::set(app.db()?, id, year.fiscal_year, &wish, &registrar).await?;
    Ok(Json(all))
}
