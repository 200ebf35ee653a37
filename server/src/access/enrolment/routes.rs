//! The route of somebody who has a link and a code, and no session yet.

use super::Ticket;
use crate::access::routes::{known_words, session_cookies};
use crate::access::sessions;
use crate::http::{App, Body, Caller, Failure};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{Enrol, Enrolled};

/// Chooses the first password, or a new one, with a link and its code.
#[utoipa::path(post, path = "/api/enrolment", tag = "access", request_body = Enrol,
    responses((status = 200, body = Enrolled), (status = 422, body = Problem)))]
pub async fn enrol(
    State(app): State<App>,
    caller: Caller,
    Body(enrol): Body<Enrol>,
) -> Result<Response, Failure> {
    let ticket = Ticket {
        token: &enrol.token,
        code: &enrol.code,
        password: &enrol.password,
    };
    let now = app.clock.now();
    let known = known_words(&app);
    let mut redeemed = super::redeem(app.db()?, &app.keys, &known, &ticket, now).await?;
    let told = Enrolled {
        login: redeemed.user.login.clone(),
        enrolling: redeemed.enrolling,
    };
    if !redeemed.enrolling {
        redeemed.tx.commit().await?;
        return Ok(Json(told).into_response());
    }
    let token = sessions::begin(&mut redeemed.tx, &redeemed.user, &caller.here(), now).await?;
    redeemed.tx.commit().await?;
    let mut response = Json(told).into_response();
    session_cookies(&mut response, &token, None);
    Ok(response)
}
