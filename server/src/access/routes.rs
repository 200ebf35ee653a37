//! Routes of sign-in, of the second factor, and of one's own password.

use super::sign_in::{self, Credential, SignInContext as Knock};
use super::user::{Stage, User};
use super::{device, factor, notices, passwords, sessions};
use crate::audit::{AuditAction, Entry};
use crate::error::ServiceError;
use crate::figures;
use crate::http::Scope;
use crate::http::{App, Body, Caller, Failure, cookie};
use crate::http::{Route, route};
use crate::store::Lock;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{NewFactor, ProveFactor};
use kokuho_shared::api::session::{AccountNotice, Door, PasswordChange, Session, SignIn};
use kokuho_shared::calendar::FiscalYear;
use totp_rs::Secret;
use utoipa_axum::routes;

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    let own = vec![
        route(routes!(current), OwnSession, Own),
        route(routes!(new_factor), OwnSession, Own),
        route(routes!(prove_factor), OwnSession, Own),
        route(routes!(change_password), OwnAccount, Own),
        route(routes!(account_notices), OwnAccount, Own),
        route(routes!(notices_seen), OwnAccount, Own),
    ];
    [
        own,
        super::sessions::routes::routes(),
        super::requests::routes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Signs in. Without a second factor the session can do nothing but set one up.
#[utoipa::path(post, path = "/api/session", tag = "access", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    Body(sign_in): Body<SignIn>,
) -> Result<Response, Failure> {
    let login = sign_in.login.trim();
    let told = Credential {
        login,
        password: &sign_in.password,
        code: &sign_in.code,
    };
    let knock = Knock {
        db: app.db()?,
        keys: &app.keys,
        origin: &caller.origin(&app.keys, login),
        now: app.clock.now(),
    };
    let proved = sign_in::prove(&knock, &told).await?;
    let user = proved.user()?;
    let now = app.clock.now();
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    proved.note(&mut tx, now).await?;
    let token = sessions::begin(&mut tx, &user, &caller.here(), now).await?;
    let entry = Entry::new(&user, AuditAction::SignIn, now);
    entry.write(&mut tx).await?;
    tx.commit().await?;
    begun(&app, user, &token)
}

/// A new session each time: its token was never known to anybody before. With both factors the
/// browser is this account's own from now on.
fn begun(app: &App, user: User, token: &str) -> Result<Response, Failure> {
    let device = match user.stage {
        Stage::Full => Some(device::new(&app.keys, &user.login)?),
        Stage::Enrolling => None,
    };
    let mut response = Json(describe(app, user)).into_response();
    session_cookies(&mut response, token, device.as_deref());
    Ok(response)
}

/// Puts the cookies of a new session on an answer.
pub(super) fn session_cookies(response: &mut Response, token: &str, device: Option<&str>) {
    let own = device.map(|value| set_cookie(device::COOKIE, value, device::DAYS * 86_400));
    let session = set_cookie(sessions::COOKIE, token, sessions::HOURS * 3600);
    for value in [Some(session), own].into_iter().flatten() {
        if let Ok(value) = value.parse() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

fn set_cookie(name: &str, value: &str, age: i64) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age}")
}

/// An answer after which the browser has no session.
pub(super) fn gone() -> Response {
    let over = set_cookie(sessions::COOKIE, "", 0);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, over)]).into_response()
}

/// Which ways in there are.
#[utoipa::path(get, path = "/api/door", tag = "access", responses((status = 200, body = Door)))]
pub async fn door(State(app): State<App>) -> Json<Door> {
    Json(Door {
        provider: app.provider.is_some(),
        environment: app.environment,
    })
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
        let mut tx = db.write(Lock::Nothing).await?;
        // A session that is over already ends without a record.
        if let Ok(user) = user {
            let entry = Entry::new(&user, AuditAction::SignOut, now);
            entry.write(&mut tx).await?;
        }
        sessions::end(&mut tx, &token).await?;
        tx.commit().await?;
    }
    Ok(gone())
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
    responses((status = 200, body = Session), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn prove_factor(
    State(app): State<App>,
    user: User,
    caller: Caller,
    Body(proof): Body<ProveFactor>,
) -> Result<Response, Failure> {
    if user.stage != Stage::Enrolling {
        return Err(ServiceError::Forbidden.into());
    }
    let wrong = |field, text: &str| ServiceError::invalid_at(field, text);
    let secret = Secret::try_from_base32(&proof.secret)
        .map_err(|_| wrong("secret", "秘密の鍵を読めません"))?;
    let bytes = secret.as_ref().to_vec();
    let now = app.clock.now();
    let step = factor::step_of(&user.login, &bytes, &proof.code, now)?;
    let step = step.ok_or_else(|| {
        wrong(
            "code",
            "確認コードが違います。認証アプリの今の6桁を入力してください",
        )
    })?;
    let user = User {
        stage: Stage::Full,
        ..user
    };
    let mut tx = app.db()?.write(Lock::Nothing).await?;
    factor::set(&mut tx, &app.keys, &user.login, &bytes, step).await?;
    let entry = Entry::new(&user, AuditAction::FactorSet, now);
    entry.write(&mut tx).await?;
    if let Some(token) = &caller.token {
        sessions::end(&mut tx, token).await?;
    }
    let token = sessions::begin(&mut tx, &user, &caller.here(), now).await?;
    let entry = Entry::new(&user, AuditAction::SignIn, now);
    entry.write(&mut tx).await?;
    tx.commit().await?;
    begun(&app, user, &token)
}

/// Changes one's own password; the other sessions end.
#[utoipa::path(put, path = "/api/session/password", tag = "access", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn change_password(
    State(app): State<App>,
    user: User,
    caller: Caller,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Failure> {
    passwords::check(&change.password, &user.login, &known_words(&app))?;
    let told = Credential {
        login: &user.login,
        password: &change.current,
        code: &change.code,
    };
    let now = app.clock.now();
    let knock = Knock {
        db: app.db()?,
        keys: &app.keys,
        origin: &caller.origin(&app.keys, &user.login),
        now,
    };
    let proved = sign_in::prove(&knock, &told)
        .await
        .map_err(|why| match why {
            // A wrong current password is an error of the field and does not end the session.
            ServiceError::WrongPassword => ServiceError::invalid_at(
                "current",
                "今のパスワードか確認コードが違います。確認コードは一度しか使えません",
            ),
            other => other,
        })?;
    let token = caller.token.as_deref().unwrap_or_default();
    sign_in::change_password(app.db()?, &proved, &change.password, token, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What others changed of one's account, until one has seen it.
#[utoipa::path(get, path = "/api/session/notices", tag = "access", responses((status = 200, body = Vec<AccountNotice>)))]
pub async fn account_notices(
    State(app): State<App>,
    user: User,
) -> Result<Json<Vec<AccountNotice>>, Failure> {
    Ok(Json(notices::unseen(app.db()?, &user.login).await?))
}

/// One has seen them.
#[utoipa::path(delete, path = "/api/session/notices", tag = "access", responses((status = 204)))]
pub async fn notices_seen(State(app): State<App>, user: User) -> Result<StatusCode, Failure> {
    notices::seen(app.db()?, &user.login, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Words that everybody who works here knows.
pub(super) fn known_words(app: &App) -> Vec<&'static str> {
    figures::name_of(&app.municipality).into_iter().collect()
}

fn describe(app: &App, user: User) -> Session {
    let years = figures::MUNICIPALITIES
        .iter()
        .filter(|shipped| shipped.code == app.municipality);
    let mut fiscal_years: Vec<FiscalYear> = years.map(|shipped| shipped.fiscal_year).collect();
    fiscal_years.sort_unstable_by(|a, b| b.cmp(a));
    Session {
        login: user.login,
        name: user.name,
        role: user.role,
        ward: user.ward,
        enrolling: user.stage == Stage::Enrolling,
        today: app.clock.today(),
        municipality: app.municipality.clone(),
        municipality_name: figures::name_of(&app.municipality).unwrap_or("").to_owned(),
        fiscal_years,
        idle_seconds: sessions::IDLE_SECONDS,
        environment: app.environment,
    }
}
