//! Routes of sign-in.

use super::{accounts, sessions};
use crate::http::{App, Body, Failure, User, cookie};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kokuho_shared::api::Problem;
use kokuho_shared::api::session::{Session, SignIn};
use kokuho_shared::law::shipped;

/// Signs in.
#[utoipa::path(post, path = "/api/session", tag = "access", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub async fn sign_in(
    State(app): State<App>,
    Body(sign_in): Body<SignIn>,
) -> Result<Response, Failure> {
    let login = sign_in.login.trim();
    let name = accounts::check(app.db()?, login, &sign_in.password).await?;
    let token = sessions::begin(app.db()?, login, app.clock.now()).await?;
    let user = User {
        login: login.to_owned(),
        name,
    };
    let age = sessions::HOURS * 3600;
    let cookie = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}",
        sessions::COOKIE
    );
    Ok(([(header::SET_COOKIE, cookie)], Json(describe(&app, user))).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "access",
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub async fn current(State(app): State<App>, user: User) -> Json<Session> {
    Json(describe(&app, user))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "access", responses((status = 204)))]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = cookie(&headers, sessions::COOKIE) {
        sessions::end(app.db()?, &token).await?;
    }
    let gone = format!(
        "{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
        sessions::COOKIE
    );
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

fn describe(app: &App, user: User) -> Session {
    let years = shipped::MUNICIPALITIES
        .iter()
        .filter(|shipped| shipped.code == app.municipality);
    let mut fiscal_years: Vec<i32> = years.map(|shipped| shipped.fiscal_year.0).collect();
    fiscal_years.sort_unstable_by(|a, b| b.cmp(a));
    Session {
        login: user.login,
        name: user.name,
        today: app.clock.today(),
        municipality: app.municipality.clone(),
        municipality_name: shipped::name_of(&app.municipality).unwrap_or("").to_owned(),
        fiscal_years,
    }
}
