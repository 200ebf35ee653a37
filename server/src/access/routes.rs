//! Routes of sign-in, of the second factor, and of accounts.

use super::attempts::Keys as Attempt;
use super::user::{Stage, User};
use super::{accounts, factor, sessions};
use crate::audit::{Entry, What};
use crate::error::ServiceError;
use crate::http::{App, Body, Failure, cookie};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{Account, AccountEdit, NewFactor, ProveFactor};
use kokuho_shared::api::session::{Door, Session, SignIn};
use kokuho_shared::law::shipped;
use std::net::SocketAddr;
use totp_rs::Secret;

/// Signs in. Without a second factor the session can do nothing but set one up.
#[utoipa::path(post, path = "/api/session", tag = "access", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn sign_in(
    State(app): State<App>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    Body(sign_in): Body<SignIn>,
) -> Result<Response, Failure> {
    let db = app.db()?;
    let login = sign_in.login.trim();
    let address = address.map_or_else(String::new, |Extension(ConnectInfo(address))| {
        address.ip().to_string()
    });
    let attempt = Attempt::new(login, &address);
    attempt.refuse_too_many(db, app.clock.now()).await?;
    let user = match check(&app, login, &sign_in).await {
        Ok(user) => user,
        Err(why) => {
            if matches!(why, ServiceError::WrongPassword) {
                attempt.failed(db, app.clock.now()).await?;
                // Of a login that nobody has nothing is kept: it may be a password in the wrong field.
                let known = accounts::find(db, login)
                    .await?
                    .map(|account| account.login);
                let entry = Entry::by(
                    known.as_deref().unwrap_or_default(),
                    "",
                    What::SignInFailed,
                    app.clock.now(),
                );
                app.audit.note(entry)?;
            }
            return Err(why.into());
        }
    };
    attempt.succeeded(db).await?;
    begin(&app, user).await
}

async fn check(app: &App, login: &str, sign_in: &SignIn) -> Result<User, ServiceError> {
    let db = app.db()?;
    let account = accounts::check(db, login, &sign_in.password).await?;
    let Some(sealed) = &account.factor else {
        return account.user(Stage::Enrolling);
    };
    if sign_in.code.trim().is_empty() {
        return Err(ServiceError::CodeMissing);
    }
    let secret = factor::secret(&app.keys, login, sealed)?;
    let step = factor::step_of(login, &secret, &sign_in.code, app.clock.now())?;
    match step {
        Some(step) if factor::spend(db, login, step).await? => account.user(Stage::Full),
        _ => Err(ServiceError::WrongPassword),
    }
}

/// A new session each time: its token was never known to anybody before.
async fn begin(app: &App, user: User) -> Result<Response, Failure> {
    let cookie = begin_cookie(app, &user).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(describe(app, user))).into_response())
}

/// The cookie of a new session; its beginning is on record.
pub(super) async fn begin_cookie(app: &App, user: &User) -> Result<String, ServiceError> {
    let now = app.clock.now();
    let token = sessions::begin(app.db()?, &user.login, user.stage, now).await?;
    app.audit.note(Entry::new(user, What::SignIn, now))?;
    Ok(set_cookie(&token, sessions::HOURS * 3600))
}

/// Which ways in there are.
#[utoipa::path(get, path = "/api/door", tag = "access", responses((status = 200, body = Door)))]
pub async fn door(State(app): State<App>) -> Json<Door> {
    Json(Door {
        provider: app.provider.is_some(),
    })
}

fn set_cookie(token: &str, age: i64) -> String {
    format!(
        "{}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age}",
        sessions::COOKIE
    )
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "access",
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub async fn current(State(app): State<App>, user: User) -> Json<Session> {
    Json(describe(&app, user))
}

/// Signs out here.
#[utoipa::path(delete, path = "/api/session", tag = "access", responses((status = 204)))]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = cookie(&headers, sessions::COOKIE) {
        let (db, now) = (app.db()?, app.clock.now());
        let user = sessions::find(db, &token, now).await;
        sessions::end(db, &token).await?;
        // A session that is over already ends without a record.
        if let Ok(user) = user {
            app.audit.note(Entry::new(&user, What::SignOut, now))?;
        }
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, set_cookie("", 0))],
    )
        .into_response())
}

/// Signs out everywhere.
#[utoipa::path(delete, path = "/api/sessions", tag = "access", responses((status = 204)))]
pub async fn sign_out_everywhere(State(app): State<App>, user: User) -> Result<Response, Failure> {
    sessions::end_all(app.db()?, &user.login).await?;
    app.audit
        .note(Entry::new(&user, What::SignOut, app.clock.now()))?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, set_cookie("", 0))],
    )
        .into_response())
}

/// A new secret for the second factor; nothing is stored until a code proves it.
#[utoipa::path(get, path = "/api/session/factor", tag = "access", responses((status = 200, body = NewFactor)))]
pub async fn new_factor(user: User) -> Result<Json<NewFactor>, Failure> {
    if user.stage != Stage::Enrolling {
        return Err(ServiceError::Forbidden.into());
    }
    let secret = factor::new_secret()?;
    let address = factor::address(&user.login, &secret)?;
    let drawn =
        qrcode::QrCode::new(&address).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let picture = drawn
        .render::<qrcode::render::svg::Color>()
        .min_dimensions(200, 200)
        .build();
    let picture = picture
        .split_once("?>")
        .map_or(picture.clone(), |(_, svg)| svg.to_owned());
    Ok(Json(NewFactor {
        secret: Secret::from(secret.to_vec()).to_base32(),
        address,
        picture,
    }))
}

/// Sets the second factor up and finishes the sign-in.
#[utoipa::path(post, path = "/api/session/factor", tag = "access", request_body = ProveFactor,
    responses((status = 200, body = Session), (status = 422, body = Problem)))]
pub async fn prove_factor(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
    Body(proof): Body<ProveFactor>,
) -> Result<Response, Failure> {
    if user.stage != Stage::Enrolling {
        return Err(ServiceError::Forbidden.into());
    }
    let wrong = |field, text: &str| ServiceError::invalid_at(field, text);
    let secret = Secret::try_from_base32(&proof.secret)
        .map_err(|_| wrong("secret", "秘密の鍵を読めません"))?;
    let bytes = secret.as_ref().to_vec();
    let step = factor::step_of(&user.login, &bytes, &proof.code, app.clock.now())?;
    let step = step.ok_or_else(|| {
        wrong(
            "code",
            "確認コードが違います。認証アプリの今の6桁を入力してください",
        )
    })?;
    factor::set(app.db()?, &app.keys, &user.login, &bytes, step).await?;
    app.audit
        .note(Entry::new(&user, What::FactorSet, app.clock.now()))?;
    if let Some(token) = cookie(&headers, sessions::COOKIE) {
        sessions::end(app.db()?, &token).await?;
    }
    begin(
        &app,
        User {
            stage: Stage::Full,
            ..user
        },
    )
    .await
}

/// Every account.
#[utoipa::path(get, path = "/api/accounts", tag = "access", responses((status = 200, body = Vec<Account>)))]
pub async fn accounts(State(app): State<App>, _user: User) -> Result<Json<Vec<Account>>, Failure> {
    Ok(Json(accounts::all(app.db()?).await?))
}

/// Adds an account or changes it; its sessions end.
#[utoipa::path(put, path = "/api/accounts", tag = "access", request_body = AccountEdit,
    responses((status = 200, body = Vec<Account>), (status = 422, body = Problem)))]
pub async fn set_account(
    State(app): State<App>,
    user: User,
    Body(edit): Body<AccountEdit>,
) -> Result<Json<Vec<Account>>, Failure> {
    if edit.account.login == user.login {
        let text = "自分の利用者は変更できません。別の管理者が変更してください";
        return Err(ServiceError::invalid_at("login", text).into());
    }
    accounts::set(app.db()?, &edit.account, edit.password.as_deref()).await?;
    let entry = Entry::new(&user, What::AccountSet, app.clock.now());
    let account = &edit.account;
    let state = if account.disabled { " disabled" } else { "" };
    app.audit.note(entry.detail(format!(
        "{} {} {}{state}",
        account.login,
        account.role.key(),
        account.ward
    )))?;
    Ok(Json(accounts::all(app.db()?).await?))
}

/// Takes a lost second factor away.
#[utoipa::path(delete, path = "/api/accounts/{login}/factor", tag = "access", params(("login" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn reset_factor(
    State(app): State<App>,
    user: User,
    Path(login): Path<String>,
) -> Result<StatusCode, Failure> {
    accounts::reset_factor(app.db()?, &login).await?;
    let entry = Entry::new(&user, What::AccountSet, app.clock.now());
    app.audit
        .note(entry.detail(format!("{login} factor reset")))?;
    Ok(StatusCode::NO_CONTENT)
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
        role: user.role,
        ward: user.ward,
        enrolling: user.stage == Stage::Enrolling,
        today: app.clock.today(),
        municipality: app.municipality.clone(),
        municipality_name: shipped::name_of(&app.municipality).unwrap_or("").to_owned(),
        fiscal_years,
        idle_seconds: sessions::IDLE_SECONDS,
    }
}
