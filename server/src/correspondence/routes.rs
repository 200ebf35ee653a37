//! Routes of what a household was sent or handed, whatever room issued it.

use super::issued;
use crate::access::user::{Actor, User};
use crate::audit::{AuditAction, Entry};
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, route};
use crate::store::Lock;
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::issued::{HouseholdLetter, HouseholdLetters, Reprint};
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(letters_of), ReadHousehold, Ward),
        route(routes!(reprint), ReprintLetters, Ward).once(),
    ]
}

/// Which page of a list.
#[derive(Deserialize)]
pub struct Page {
    #[serde(default = "first")]
    page: u32,
}

fn first() -> u32 {
    1
}

/// Everything that was issued to a household, the newest first: letters, documents and slips, fifty a page.
#[utoipa::path(get, path = "/api/households/{id}/letters", tag = "correspondence",
    params(("id" = i64, Path), ("page" = Option<u32>, Query)),
    responses((status = 200, body = HouseholdLetters), (status = 404, body = Problem)))]
pub async fn letters_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(page): Query<Page>,
) -> Result<Json<HouseholdLetters>, Failure> {
    let mut tx = app.db()?.read().await?;
    if !household::sees(&mut tx, id, &user).await? {
        return Err(ServiceError::NotFound("世帯").into());
    }
    let all = issued::page(&mut tx, id, i64::from(page.page.max(1)), &user).await?;
    tx.commit().await?;
    let mut persons: Vec<_> = all.letters.iter().filter_map(|one| one.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, persons);
    app.audit.look(entry.detail("letters"))?;
    Ok(Json(all))
}

/// Notes that a letter, document or slip is printed again; what is printed is its PDF.
#[utoipa::path(post, path = "/api/letters/{number}/reprints", tag = "correspondence",
    params(("number" = String, Path)), request_body = Reprint,
    responses((status = 200, body = HouseholdLetter), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn reprint(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
    Body(wish): Body<Reprint>,
) -> Result<Json<HouseholdLetter>, Failure> {
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    let household = issued::household_of(&mut tx, &number).await?;
    if !household::sees(&mut tx, household, &user).await? {
        return Err(ServiceError::NotFound("文書").into());
    }
    let actor = Actor {
        user: &user,
        clock: app.clock,
    };
    let printed = issued::reprint(&mut tx, &number, &wish.reason, actor).await?;
    tx.commit().await?;
    Ok(Json(printed))
}
