//! Routes of reliefs on application.

use super::Desk;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::documents::Issuer;
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{DocumentView, IssueWish};
use kokuho_shared::api::relief::{ReliefApplication, ReliefCase, ReliefDecision, ReliefState};
use kokuho_shared::assessment::relief::rules::ReliefRule;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(relief_rules), ReadHousehold, Office),
        route(routes!(reliefs_of), ReadHousehold, Ward),
        route(routes!(apply_for_relief), AcceptReliefs, Ward).once(),
        route(routes!(decide_relief), AcceptReliefs, Ward).once(),
        route(routes!(relief_notice), IssueDocuments, Ward).once(),
    ]
}

/// Which year is on the screen.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Year {
    fiscal_year: FiscalYear,
}

fn desk<'a>(app: &'a App, user: &'a User) -> Desk<'a> {
    Desk {
        user,
        rules: &app.reliefs,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// The city's rules of relief that hold today.
#[utoipa::path(get, path = "/api/reliefs/rules", tag = "assessment",
    responses((status = 200, body = Vec<ReliefRule>)))]
pub async fn relief_rules(State(app): State<App>, _user: User) -> Json<Vec<ReliefRule>> {
    let rules = app.reliefs.of(&app.municipality, app.clock.today());
    Json(rules.into_iter().cloned().collect())
}

/// The applications of a household's year.
#[utoipa::path(get, path = "/api/households/{id}/reliefs", tag = "assessment",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<ReliefCase>), (status = 404, body = Problem)))]
pub async fn reliefs_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<ReliefCase>>, Failure> {
    let cases = super::of_household(app.db()?, id, year.fiscal_year, &desk(&app, &user)).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, []);
    app.audit.look(entry.detail("reliefs"))?;
    Ok(Json(cases))
}

/// Accepts an application.
#[utoipa::path(post, path = "/api/households/{id}/reliefs", tag = "assessment",
    params(("id" = i64, Path)), request_body = ReliefApplication,
    responses((status = 200, body = Vec<ReliefCase>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn apply_for_relief(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wish): Body<ReliefApplication>,
) -> Result<Json<Vec<ReliefCase>>, Failure> {
    let cases = super::apply(app.db()?, id, &wish, &desk(&app, &user)).await?;
    Ok(Json(cases))
}

/// Decides an application of somebody else's, or notes that it was withdrawn.
#[utoipa::path(post, path = "/api/reliefs/{case}/decision", tag = "assessment",
    params(("case" = i64, Path)), request_body = ReliefDecision,
    responses((status = 200, body = Vec<ReliefCase>), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide_relief(
    State(app): State<App>,
    user: User,
    Path(case): Path<i64>,
    Body(wish): Body<ReliefDecision>,
) -> Result<Json<Vec<ReliefCase>>, Failure> {
    if wish.state != ReliefState::Withdrawn {
        user.check(Action::DecideReliefs)?;
    }
    let cases = super::decide(app.db()?, case, &wish, &desk(&app, &user)).await?;
    Ok(Json(cases))
}

/// Issues the notice of a decided application.
#[utoipa::path(post, path = "/api/reliefs/{case}/notice", tag = "assessment",
    params(("case" = i64, Path)), request_body = Option<IssueWish>,
    responses((status = 200, body = DocumentView), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn relief_notice(
    State(app): State<App>,
    user: User,
    Path(case): Path<i64>,
    Body(wish): Body<Option<IssueWish>>,
) -> Result<Json<DocumentView>, Failure> {
    let issuer = Issuer {
        user: &user,
        press: &app.press,
        municipality: &app.municipality,
        clock: app.clock,
    };
    let reason = wish.unwrap_or_default().reveal_reason;
    let document = super::issue(app.db()?, case, &reason, &desk(&app, &user), &issuer).await?;
    Ok(Json(document))
}
