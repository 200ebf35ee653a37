//! Routes of decisions and of the public estimate.

use super::decisions;
use super::notice::{self, Issuer};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{self, App, Body, Failure};
use crate::http::{Route, patience, route};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::assessment::{Decide, Decision, IssuedLetter};
use kokuho_shared::api::document::IssueWish;
use kokuho_shared::api::estimate::{Answer, Estimate};
use kokuho_shared::api::whatif::{SolveWish, WhatIfView, WhatIfWish};
use kokuho_shared::assessment::trial::whatif::Solved;
use kokuho_shared::ids::{DecisionId, HouseholdId};
use utoipa_axum::routes;

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    let own = vec![
        route(routes!(decide), Decide, Ward).once(),
        route(routes!(find), ReadHousehold, Ward),
        route(routes!(issue_notice), IssueLetters, Ward).once(),
        route(routes!(letter), ReadHousehold, Ward),
        route(routes!(try_rates), TryRates, City).taking(patience::LONG),
        route(routes!(tried_rates), TryRates, City),
        route(routes!(solve_rates), TryRates, City).taking(patience::LONG),
    ];
    [
        own,
        super::run::routes::routes(),
        super::reliefs::routes::routes(),
        super::pension::routes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Decides the premium of a year.
#[utoipa::path(post, path = "/api/households/{id}/decisions", tag = "assessment", params(("id" = i64, Path)),
    request_body = Decide,
    responses((status = 200, description = "The decision with inputs, parameters and explanation"),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wish): Body<Decide>,
) -> Result<Json<Decision>, Failure> {
    Ok(Json(
        decisions::decide(app.db()?, id, wish, &user, &app.municipality, app.clock).await?,
    ))
}

/// A stored decision.
#[utoipa::path(get, path = "/api/decisions/{id}", tag = "assessment", params(("id" = i64, Path)),
    responses((status = 200, description = "The decision"), (status = 404, body = Problem)))]
pub async fn find(
    State(app): State<App>,
    user: User,
    Path(id): Path<DecisionId>,
) -> Result<Json<Decision>, Failure> {
    let decision = decisions::find(app.db()?, id, &user).await?;
    let persons = decision
        .inputs
        .members
        .iter()
        .filter_map(|member| member.id.parse().ok());
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    let entry = entry.of_household(decision.household_id, persons);
    app.audit.look(entry.detail(format!("decision {id}")))?;
    Ok(Json(decision))
}

/// 保険料の試算: a premium without sign-in. Nothing is stored.
#[utoipa::path(post, path = "/api/public/estimates", tag = "public", request_body = Estimate,
    responses((status = 200, body = Answer), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn estimate(Body(question): Body<Estimate>) -> Result<Json<Answer>, Failure> {
    Ok(Json(question.answer().map_err(ServiceError::from)?))
}

/// Issues the notice of a decision, or gives the one that was issued.
#[utoipa::path(post, path = "/api/decisions/{id}/notice", tag = "assessment", params(("id" = i64, Path)), request_body = Option<IssueWish>,
    responses((status = 200, body = IssuedLetter), (status = 404, body = Problem), (status = 422, body = Problem),
              (status = 503, body = Problem)))]
pub async fn issue_notice(
    State(app): State<App>,
    user: User,
    Path(id): Path<DecisionId>,
    Body(wish): Body<Option<IssueWish>>,
) -> Result<Json<IssuedLetter>, Failure> {
    let issuer = Issuer {
        user: &user,
        press: &app.press,
        clock: app.clock,
    };
    let reason = wish.unwrap_or_default().reveal_reason;
    Ok(Json(notice::issue(app.db()?, id, &reason, &issuer).await?))
}

/// The PDF of an issued letter.
#[utoipa::path(get, path = "/api/letters/{number}", tag = "assessment", params(("number" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn letter(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let issuer = Issuer {
        user: &user,
        press: &app.press,
        clock: app.clock,
    };
    let (pdf, household) = notice::pdf(app.db()?, &number, &issuer).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(household, []);
    app.audit.look(entry.detail(format!("letter {number}")))?;
    Ok(http::pdf(&number, pdf))
}

/// Begins a trial of other rates over every decided household of a year.
#[utoipa::path(post, path = "/api/whatifs", tag = "assessment", request_body = WhatIfWish,
    responses((status = 202, body = WhatIfView), (status = 422, body = Problem)))]
pub async fn try_rates(
    State(app): State<App>,
    _user: User,
    Body(wish): Body<WhatIfWish>,
) -> Result<(StatusCode, Json<WhatIfView>), Failure> {
    let view = app
        .whatifs
        .start(app.db()?, wish, &app.municipality)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// What is known of a trial so far.
#[utoipa::path(get, path = "/api/whatifs/{id}", tag = "assessment", params(("id" = u64, Path)),
    responses((status = 200, body = WhatIfView), (status = 404, body = Problem)))]
pub async fn tried_rates(
    State(app): State<App>,
    _user: User,
    Path(id): Path<u64>,
) -> Result<Json<WhatIfView>, Failure> {
    let view = app.whatifs.view(id);
    Ok(Json(view.ok_or(ServiceError::NotFound("試算"))?))
}

/// The rates of 所得割 that bring what each part requires.
#[utoipa::path(post, path = "/api/rates", tag = "assessment", request_body = SolveWish,
    responses((status = 200, body = Vec<Solved>), (status = 422, body = Problem)))]
pub async fn solve_rates(
    State(app): State<App>,
    _user: User,
    Body(wish): Body<SolveWish>,
) -> Result<Json<Vec<Solved>>, Failure> {
    let solved = super::whatif::solve(app.db()?, wish, &app.municipality).await?;
    Ok(Json(solved))
}
