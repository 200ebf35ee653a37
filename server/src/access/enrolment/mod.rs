//! 登録リンク: how somebody gets the first password without anybody else knowing it. The link is
//! shown to who asked for the account, its code to who approved it: alone neither opens anything.

pub mod routes;

use super::accounts;
use super::keys::Keys;
use super::user::{Stage, User};
use super::{hex, passwords, same, sessions};
use crate::audit::{AuditAction, Entry};
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Lock, Tx};
use crate::{on_db, on_tx, row};
use kokuho_shared::text::half_width;
use sha2::{Digest, Sha256};

/// So long a link is good after its approval.
const HOURS: i64 = 72;
/// Wrong codes after which a link is worth nothing.
const TRIES: i64 = 5;

/// The token of a new link; only its hash is kept.
pub(super) async fn open(tx: &mut Tx, request: i64, now: Instant) -> Result<String, ServiceError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let token = hex(&bytes);
    let row = row! {
        request_id: request,
        token_sha256: hash(&token),
        expires_at: now.plus_hours(HOURS),
    };
    tx.insert("enrolment", &[row]).await?;
    Ok(token)
}

/// The code of a link, now that it is approved: eight digits. Only a keyed digest is kept.
pub(super) async fn approve(
    tx: &mut Tx,
    keys: &Keys,
    request: i64,
    now: Instant,
) -> Result<String, ServiceError> {
    const SQL: &str =
        "UPDATE enrolment SET code_digest = $1, expires_at = $2 WHERE request_id = $3";
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let code = format!("{:08}", u64::from_le_bytes(bytes) % 100_000_000);
    let digest = digest(keys, request, &code)?;
    on_tx!(tx, connection => sqlx::query(SQL).bind(digest).bind(now.plus_hours(HOURS).0).bind(request)
        .execute(connection).await?.rows_affected());
    Ok(code)
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn digest(keys: &Keys, request: i64, code: &str) -> Result<String, ServiceError> {
    keys.digest(format!("enrolment\n{request}\n{code}").as_bytes())
}

/// What the client sends with a link.
pub struct Ticket<'a> {
    pub token: &'a str,
    pub code: &'a str,
    pub password: &'a str,
}

/// Sets the password of the link's account. The user is at the stage to set a second factor up, or,
/// where there is one already, nobody: one signs in with it.
pub async fn redeem(
    db: &Db,
    keys: &Keys,
    known: &[&str],
    ticket: &Ticket<'_>,
    now: Instant,
) -> Result<Redeemed, ServiceError> {
    const PASSWORD: &str =
        "UPDATE account SET password_hash = $1 WHERE login = $2 AND disabled_at IS NULL";
    const USED: &str =
        "UPDATE enrolment SET used_at = $1 WHERE request_id = $2 AND used_at IS NULL";
    let login = login_of(db, ticket.token, now).await?;
    passwords::check(ticket.password, &login, known)?;
    let request = prove(db, keys, ticket, now).await?;
    let hash = passwords::hashed(ticket.password).await?;
    let mut tx = db.write(Lock::Nothing).await?;
    let used = on_tx!(&mut tx, connection => sqlx::query(USED).bind(now.0).bind(request)
        .execute(connection).await?.rows_affected());
    let changed = on_tx!(&mut tx, connection => sqlx::query(PASSWORD).bind(hash).bind(&login)
        .execute(connection).await?.rows_affected());
    let found = accounts::find_in(&mut tx, &login).await?;
    let account = found.filter(|_| used == 1 && changed == 1);
    let account = account.ok_or_else(useless)?;
    sessions::end_all(&mut tx, &login).await?;
    let user = account.user(Stage::Enrolling)?;
    let entry = Entry::new(&user, AuditAction::PasswordSet, now);
    let entry = entry.detail(format!("link of request {request}"));
    entry.write(&mut tx).await?;
    Ok(Redeemed {
        tx,
        enrolling: account.factor.is_none(),
        user,
    })
}

/// A link that was used, in a transaction that is still open.
pub struct Redeemed {
    pub tx: Tx,
    pub user: User,
    /// There is no second factor yet.
    pub enrolling: bool,
}

fn useless() -> ServiceError {
    let text = "この登録リンクは使えません。承認前か、使用済みか、期限（承認から72時間）が過ぎています。管理者に確かめてください";
    ServiceError::invalid_at("token", text)
}

async fn login_of(db: &Db, token: &str, now: Instant) -> Result<String, ServiceError> {
    const SQL: &str = "SELECT r.login FROM enrolment e JOIN account_request r ON r.id = e.request_id \
        WHERE e.token_sha256 = $1 AND e.used_at IS NULL AND e.code_digest IS NOT NULL AND e.expires_at > $2 AND e.tries < $3";
    let found: Option<String> = on_db!(db, pool => sqlx::query_scalar(SQL).bind(hash(token)).bind(now.0).bind(TRIES)
        .fetch_optional(pool).await?);
    found.ok_or_else(useless)
}

/// Counts the try in the statement that allows it, then looks at the code.
async fn prove(
    db: &Db,
    keys: &Keys,
    ticket: &Ticket<'_>,
    now: Instant,
) -> Result<i64, ServiceError> {
    const TRY: &str = "UPDATE enrolment SET tries = tries + 1 WHERE token_sha256 = $1 AND used_at IS NULL \
        AND code_digest IS NOT NULL AND expires_at > $2 AND tries < $3 RETURNING request_id, code_digest";
    let mut tx = db.write(Lock::Nothing).await?;
    let found: Option<(i64, String)> = on_tx!(&mut tx, connection => sqlx::query_as(TRY)
        .bind(hash(ticket.token)).bind(now.0).bind(TRIES).fetch_optional(connection).await?);
    let (request, right) = found.ok_or_else(useless)?;
    let code = half_width(ticket.code);
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let proved = same(&right, &digest(keys, request, &code)?);
    if !proved {
        let entry = Entry::by("", "", AuditAction::SignInFailed, now);
        let entry = entry.detail(format!("link of request {request}"));
        entry.write(&mut tx).await?;
    }
    tx.commit().await?;
    if proved {
        return Ok(request);
    }
    let text = "承認した管理者から受け取った8桁の番号と違います。5回違うとリンクは使えなくなります";
    Err(ServiceError::invalid_at("code", text))
}
