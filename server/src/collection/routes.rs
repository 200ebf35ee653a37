//! Routes of slips.

use super::reissue::{self, Issuer};
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::http::Scope;
use crate::http::{self, App, Body, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::slip::{HouseholdSlips, SlipReissue, SlipView};
use kokuho_shared::ids::HouseholdId;
use utoipa_axum::routes;

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(slips_of), ReadHousehold, Ward),
        route(routes!(slip), ReadHousehold, Ward),
        route(routes!(reissue_slip), ReprintLetters, Ward).once(),
    ]
}

fn issuer<'a>(app: &'a App, user: &'a User) -> Issuer<'a> {
    Issuer {
        user,
        press: &app.press,
        clock: app.clock,
    }
}

/// The slips of a household: which stands, and which another one replaced.
#[utoipa::path(get, path = "/api/households/{id}/slips", tag = "collection", params(("id" = i64, Path)),
    responses((status = 200, body = HouseholdSlips), (status = 404, body = Problem)))]
pub async fn slips_of(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
) -> Result<Json<HouseholdSlips>, Failure> {
    let all = reissue::of_household(app.db()?, id, &issuer(&app, &user)).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, []);
    app.audit.look(entry.detail("slips"))?;
    Ok(Json(all))
}

/// The PDF of one slip, as it was issued.
#[utoipa::path(get, path = "/api/slips/{number}", tag = "collection", params(("number" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem)))]
pub async fn slip(
    State(app): State<App>,
    user: User,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let (pdf, household) = reissue::pdf(app.db()?, &number, &issuer(&app, &user)).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(household, []);
    app.audit.look(entry.detail(format!("slip {number}")))?;
    Ok(http::pdf(&number, pdf))
}

/// Issues the slip of one instalment again, with another 取扱期限 and a number of its own.
#[utoipa::path(post, path = "/api/households/{id}/slips/{number}/reissue", tag = "collection",
    params(("id" = i64, Path), ("number" = String, Path)), request_body = SlipReissue,
    responses((status = 200, body = SlipView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn reissue_slip(
    State(app): State<App>,
    user: User,
    Path((id, number)): Path<(HouseholdId, String)>,
    Body(wish): Body<SlipReissue>,
) -> Result<Json<SlipView>, Failure> {
    let issuer = issuer(&app, &user);
    Ok(Json(
        reissue::reissue(app.db()?, id, &number, &wish, &issuer).await?,
    ))
}
