//! Papers of people and questions to them.

use super::{Issuer, paper_plan, reply};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::Year;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use crate::store::Lock;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::document::{
    DocumentClosing, DocumentView, DocumentWish, IncomeReply, PaperFacts, PaperPlan,
};
use kokuho_shared::ids::{HouseholdId, PersonId};
use utoipa_axum::routes;

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    let own = vec![
        route(routes!(papers), ReadHousehold, Ward),
        route(routes!(keep_paper_facts), IssueDocuments, Ward),
        route(routes!(documents_of), ReadHousehold, Ward),
        route(routes!(issue_document), IssueDocuments, Ward).once(),
        route(routes!(document), ReadHousehold, Ward),
        route(routes!(close_document), IssueDocuments, Ward).once(),
        route(routes!(reply_income), EditFacts, Ward).once(),
    ];
    [own, super::renewal::routes::routes()]
        .into_iter()
        .flatten()
        .collect()
}

fn issuer<'a>(app: &'a App, user: &'a User) -> Issuer<'a> {
    Issuer {
        user,
        press: &app.press,
        municipality: &app.municipality,
        clock: app.clock,
    }
}

/// What each insured person gets today, and what each of 70 to 74 bears.
#[utoipa::path(get, path = "/api/households/{id}/papers", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<PaperPlan>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn papers(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<PaperPlan>>, Failure> {
    let issuer = issuer(&app, &user);
    let mut tx = app.db()?.read().await?;
    let view = household::visible_in(&mut tx, id, year.fiscal_year, issuer.looks()).await?;
    let plans = paper_plan::plan_in(&mut tx, id, &issuer).await?;
    tx.commit().await?;
    let persons = view.members.iter().map(|member| member.person_id);
    let entry = Entry::new(&user, AuditAction::View, app.clock.now());
    app.audit.look(entry.of_household(id, persons))?;
    Ok(Json(plans))
}

/// Keeps whether the card can be used, and the figures that decide what a person bears.
#[utoipa::path(put, path = "/api/households/{id}/papers", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)), request_body = PaperFacts,
    responses((status = 200, body = Vec<PaperPlan>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn keep_paper_facts(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
    Body(facts): Body<PaperFacts>,
) -> Result<Json<Vec<PaperPlan>>, Failure> {
    let issuer = issuer(&app, &user);
    let mut tx = app.db()?.write(Lock::Household(id)).await?;
    let view = household::visible_in(&mut tx, id, year.fiscal_year, issuer.looks()).await?;
    let known = view
        .members
        .iter()
        .any(|member| member.person_id == facts.person_id);
    if !known {
        let text = "この世帯の人ではありません";
        return Err(ServiceError::invalid_at("person_id", text).into());
    }
    paper_plan::keep(&mut tx, &facts, &issuer).await?;
    let entry =
        Entry::new(&user, AuditAction::Update, app.clock.now()).of_household(id, [facts.person_id]);
    entry
        .detail("card and figures of 負担割合".to_owned())
        .write(&mut tx)
        .await?;
    let plans = paper_plan::plan_in(&mut tx, id, &issuer).await?;
    tx.commit().await?;
    Ok(Json(plans))
}

/// Documents of a household, the newest first.
#[utoipa::path(get, path = "/api/households/{id}/documents", tag = "eligibility",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, body = Vec<DocumentView>), (status = 404, body = Problem)))]
pub async fn documents_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<Vec<DocumentView>>, Failure> {
    let mut tx = app.db()?.read().await?;
    household::visible_in(&mut tx, id, year.fiscal_year, issuer(&app, &user).looks()).await?;
    let all = super::list(&mut tx, id).await?;
    tx.commit().await?;
    let mut persons: Vec<PersonId> = all.iter().map(|document| document.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, persons);
    app.audit.look(entry.detail("documents"))?;
    Ok(Json(all))
}

/// Issues a paper or a question for a person of the household.
#[utoipa::path(post, path = "/api/households/{id}/documents", tag = "eligibility", params(("id" = i64, Path)),
    request_body = DocumentWish,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_document(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Body(wish): Body<DocumentWish>,
) -> Result<Json<DocumentView>, Failure> {
    let issued = super::issue(app.db()?, id, &wish, &issuer(&app, &user)).await?;
    Ok(Json(issued))
}

/// The PDF of a document, as it was issued.
#[utoipa::path(get, path = "/api/documents/{number}", tag = "eligibility", params(("number" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem)))]
pub async fn document(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, Failure> {
    let (pdf, household) = super::pdf(app.db()?, &number, &issuer(&app, &user)).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(household, []);
    app.audit.look(entry.detail(format!("document {number}")))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf))
}

/// Notes that a document came back, was replied to, or is void.
#[utoipa::path(post, path = "/api/documents/{number}/closing", tag = "eligibility", params(("number" = String, Path)),
    request_body = DocumentClosing,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn close_document(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
    Body(wish): Body<DocumentClosing>,
) -> Result<Json<DocumentView>, Failure> {
    let closed = super::close(app.db()?, &number, &wish, &issuer(&app, &user)).await?;
    Ok(Json(closed))
}

/// Takes the reply to 所得申告書 in: the income becomes the person's.
#[utoipa::path(post, path = "/api/documents/{number}/income", tag = "eligibility", params(("number" = String, Path)),
    request_body = IncomeReply,
    responses((status = 200, body = DocumentView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn reply_income(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
    Body(reply): Body<IncomeReply>,
) -> Result<Json<DocumentView>, Failure> {
    let taken = reply::take_in(app.db()?, &number, &reply, &issuer(&app, &user)).await?;
    Ok(Json(taken))
}
