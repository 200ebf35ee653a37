//! 利用者の申請: an account is made, changed or opened again only when a second administrator has
//! approved it. The database refuses an approval by who asked, too.

mod apply;
mod list;
pub mod routes;

use super::accounts::{self, StoredAccount};
use super::enrolment;
use super::keys::Keys;
use super::user::User;
use crate::audit::{AuditAction, Entry};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::on_tx;
use crate::row;
use crate::store::{Db, Lock, Tx};
use kokuho_shared::access::Role;
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{Account, AccountWish, Approved, RequestKind, Requested};

pub use list::open;

/// What every request needs.
pub struct Desk<'a> {
    pub db: &'a Db,
    pub keys: &'a Keys,
    pub clock: Clock,
    /// 管理者一人: who asked may approve. An option of the installation, on record at each use.
    pub single_administrator: bool,
}

/// Who asks: an administrator by the login, or the machine's user after `machine:`.
pub struct Requester<'a> {
    pub name: String,
    pub user: &'a User,
}

/// What stands in a request.
#[derive(Clone, Debug)]
struct RequestContent {
    kind: RequestKind,
    login: String,
    name: String,
    role: Role,
    ward: String,
}

fn conflict(text: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(Problem::new(text))
}

/// Files a request; where its person registers anew, the answer has the token of the link.
pub async fn file(
    desk: &Desk<'_>,
    by: &Requester<'_>,
    wish: &AccountWish,
) -> Result<Requested, ServiceError> {
    if wish.login == by.name {
        let text = "自分の利用者は変更できません。別の管理者が申請してください";
        return Err(ServiceError::invalid_at("login", text));
    }
    let mut tx = desk.db.write(Lock::Nothing).await?;
    let id = accounts::turn(&mut tx).await?;
    if by.name == by.user.login {
        accounts::still_administers(&mut tx, &by.user.login).await?;
    }
    let found = accounts::find_in(&mut tx, wish.login.trim()).await?;
    let asked = asked(wish, found.as_ref())?;
    refuse_second(&mut tx, &asked.login).await?;
    let now = desk.clock.now();
    let row = row! {
        id,
        kind: asked.kind.key(),
        login: asked.login.clone(),
        name: asked.name.clone(),
        role: asked.role.key(),
        ward: asked.ward.clone(),
        requested_by: by.name.clone(),
        requested_at: now,
        state: "open",
    };
    tx.insert("account_request", &[row]).await?;
    let token = match asked.kind.enrols() {
        true => Some(enrolment::open(&mut tx, id, now).await?),
        false => None,
    };
    let entry = Entry::new(by.user, AuditAction::AccountRequested, now);
    entry
        .detail(format!("request {id}: {}", words(&asked)))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(Requested { id, token })
}

/// The request that a wish means, if it means one.
fn asked(
    wish: &AccountWish,
    found: Option<&StoredAccount>,
) -> Result<RequestContent, ServiceError> {
    let login = wish.login.trim().to_owned();
    let wrong = |text| Err(ServiceError::invalid_at("login", text));
    let asked = match (wish.kind, found) {
        (RequestKind::Create, Some(_)) => return wrong("この利用者名は使われています"),
        (RequestKind::Create, None) | (RequestKind::Change, Some(_)) => {
            let role = wish
                .role
                .ok_or_else(|| ServiceError::invalid_at("role", "職務を選んでください"))?;
            let account = Account {
                login: login.clone(),
                name: wish.name.clone(),
                role,
                ward: wish.ward.trim().to_owned(),
                has_factor: false,
                disabled: false,
            };
            accounts::check_fields(&account)?;
            RequestContent {
                kind: wish.kind,
                login,
                name: account.name.trim().to_owned(),
                role,
                ward: account.ward,
            }
        }
        (_, None) => return Err(ServiceError::NotFound("利用者")),
        (RequestKind::Enable, Some(found)) if found.disabled_at.is_none() => {
            return wrong("停止されていない利用者です");
        }
        (kind, Some(found)) => RequestContent {
            kind,
            login,
            name: found.name.clone(),
            role: found.role()?,
            ward: found.ward.clone(),
        },
    };
    Ok(asked)
}

async fn refuse_second(tx: &mut Tx, login: &str) -> Result<(), ServiceError> {
    const SQL: &str = "SELECT id FROM account_request WHERE login = $1 AND state = 'open'";
    let open: Option<i64> = on_tx!(tx, connection => sqlx::query_scalar(SQL).bind(login)
        .fetch_optional(connection).await?);
    match open {
        Some(_) => Err(conflict(
            "この利用者には承認を待っている申請があります。先に承認するか、取り下げてください",
        )),
        None => Ok(()),
    }
}

fn words(asked: &RequestContent) -> String {
    let (kind, role) = (asked.kind.key(), asked.role.key());
    format!("{kind} {} {role} {}", asked.login, asked.ward)
        .trim_end()
        .to_owned()
}

/// Approves a request and does what it asks for. Where its person registers anew, the answer has
/// the code that belongs to the link.
pub async fn approve(desk: &Desk<'_>, id: i64, user: &User) -> Result<Approved, ServiceError> {
    const APPROVE: &str = "UPDATE account_request SET state = 'approved', decided_by = $1, decided_at = $2, \
        single_administrator = $3 WHERE id = $4 AND state = 'open'";
    let mut tx = desk.db.write(Lock::Nothing).await?;
    let turn = accounts::turn(&mut tx).await?;
    accounts::still_administers(&mut tx, &user.login).await?;
    let (asked, requested_by) = list::find_open(&mut tx, id).await?;
    let own = requested_by == user.login;
    if own && !desk.single_administrator {
        return Err(conflict(
            "申請した本人は承認できません。別の管理者が承認してください",
        ));
    }
    let now = desk.clock.now();
    on_tx!(&mut tx, connection => sqlx::query(APPROVE).bind(&user.login).bind(now.0).bind(i64::from(own)).bind(id)
        .execute(connection).await?.rows_affected());
    let change = apply::Change {
        number: turn,
        asked: &asked,
        by: format!("{requested_by}, {}", user.login),
    };
    apply::apply(&mut tx, &change, now).await?;
    let code = match asked.kind.enrols() {
        true => Some(enrolment::approve(&mut tx, desk.keys, id, now).await?),
        false => None,
    };
    let single = if own { " --single-administrator" } else { "" };
    let told = format!(
        "request {id} of {requested_by} approved: {}{single}",
        words(&asked)
    );
    let entry = Entry::new(user, AuditAction::AccountSet, now).detail(told);
    entry.write(&mut tx).await?;
    tx.commit().await?;
    Ok(Approved {
        login: asked.login,
        code,
    })
}

/// Refuses a request, or takes one's own back: nothing is changed, so one administrator is enough.
pub async fn refuse(desk: &Desk<'_>, id: i64, user: &User) -> Result<(), ServiceError> {
    const REFUSE: &str = "UPDATE account_request SET state = 'refused', decided_by = $1, decided_at = $2 \
        WHERE id = $3 AND state = 'open'";
    let mut tx = desk.db.write(Lock::Nothing).await?;
    accounts::turn(&mut tx).await?;
    let (asked, requested_by) = list::find_open(&mut tx, id).await?;
    let now = desk.clock.now();
    on_tx!(&mut tx, connection => sqlx::query(REFUSE).bind(&user.login).bind(now.0).bind(id)
        .execute(connection).await?.rows_affected());
    let told = format!("request {id} of {requested_by} refused: {}", words(&asked));
    let entry = Entry::new(user, AuditAction::AccountRequested, now).detail(told);
    entry.write(&mut tx).await?;
    tx.commit().await
}
