//! Requests as they are stored.

use super::{Desk, RequestContent};
use crate::access::user::User;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::Tx;
use crate::{on_db, on_tx};
use kokuho_shared::access::Role;
use kokuho_shared::api::access::{AccountRequest, RequestKind};
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    id: i64,
    kind: String,
    login: String,
    name: String,
    role: String,
    ward: String,
    requested_by: String,
    requested_at: i64,
}

impl Row {
    fn asked(&self) -> Result<RequestContent, ServiceError> {
        let unknown = || ServiceError::Internal(format!("申請 {} は読めません", self.id));
        Ok(RequestContent {
            kind: RequestKind::of_key(&self.kind).ok_or_else(unknown)?,
            login: self.login.clone(),
            name: self.name.clone(),
            role: Role::of_key(&self.role).ok_or_else(unknown)?,
            ward: self.ward.clone(),
        })
    }
}

/// The request that waits, and who asked.
pub(super) async fn find_open(
    tx: &mut Tx,
    id: i64,
) -> Result<(RequestContent, String), ServiceError> {
    const SQL: &str = "SELECT id, kind, login, name, role, ward, requested_by, requested_at FROM account_request \
        WHERE id = $1 AND state = 'open'";
    let row: Option<Row> =
        on_tx!(tx, connection => sqlx::query_as(SQL).bind(id).fetch_optional(connection).await?);
    let row = row.ok_or(ServiceError::NotFound("承認を待っている申請"))?;
    Ok((row.asked()?, row.requested_by))
}

/// Requests that wait, the oldest first, as `viewer` sees them.
pub async fn open(desk: &Desk<'_>, viewer: &User) -> Result<Vec<AccountRequest>, ServiceError> {
    const SQL: &str = "SELECT id, kind, login, name, role, ward, requested_by, requested_at FROM account_request \
        WHERE state = 'open' ORDER BY id";
    let rows: Vec<Row> = on_db!(desk.db, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
    let request = |row: Row| {
        let asked = row.asked()?;
        Ok(AccountRequest {
            id: row.id,
            kind: asked.kind,
            login: asked.login,
            name: asked.name,
            role: asked.role,
            ward: asked.ward,
            may_approve: desk.single_administrator || row.requested_by != viewer.login,
            requested_by: row.requested_by,
            requested_at: Instant(row.requested_at).text(),
        })
    };
    rows.into_iter().map(request).collect()
}
