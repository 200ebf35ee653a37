//! Routes of double enrolment.

use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::documents::Issuer;
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::duplicate::{DuplicateStep, DuplicateView};
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(duplicates), HandleDuplicates, Ward),
        route(routes!(step), HandleDuplicates, Ward).once(),
    ]
}

/// Everybody whom the federation's lists show with another insurance as well.
#[utoipa::path(get, path = "/api/duplicates", tag = "eligibility", responses((status = 200, body = Vec<DuplicateView>)))]
pub async fn duplicates(
    State(app): State<App>,
    user: User,
) -> Result<Json<Vec<DuplicateView>>, Failure> {
    let all = super::list(app.db()?, &user.ward, app.clock.today()).await?;
    let persons = all.iter().map(|case| case.person_id).collect();
    let entry = Entry::new(&user, AuditAction::Search, app.clock.now());
    let entry = Entry { persons, ..entry };
    app.audit.look(entry.detail("double enrolment"))?;
    Ok(Json(all))
}

/// Urges, ends or dismisses a case.
#[utoipa::path(post, path = "/api/duplicates/{id}", tag = "eligibility", params(("id" = i64, Path)),
    request_body = DuplicateStep,
    responses((status = 200, body = DuplicateView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn step(
    State(app): State<App>,
    user: User,
    Path(id): Path<i64>,
    Body(wish): Body<DuplicateStep>,
) -> Result<Json<DuplicateView>, Failure> {
    let issuer = Issuer {
        user: &user,
        press: &app.press,
        municipality: &app.municipality,
        clock: app.clock,
    };
    Ok(Json(super::step(app.db()?, id, &wish, &issuer).await?))
}
