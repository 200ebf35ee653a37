//! Routes of the auditor.

use super::entry::{Entry, What};
use super::search::{self, Wanted};
use super::verify;
use crate::access::user::User;
use crate::http::{App, Failure};
use axum::Json;
use axum::extract::{Query, State};
use kokuho_shared::api::audit::{AuditChain, AuditRecord};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct AuditQuery {
    #[serde(default)]
    login: String,
    household: Option<i64>,
    before: Option<i64>,
}

/// Records, the newest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit",
    params(("login" = Option<String>, Query), ("household" = Option<i64>, Query), ("before" = Option<i64>, Query)),
    responses((status = 200, body = Vec<AuditRecord>)))]
pub async fn records(
    State(app): State<App>,
    user: User,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Vec<AuditRecord>>, Failure> {
    // Looking at the log is itself on record, and what was done a moment ago is there.
    let entry = Entry::new(&user, What::ReadAudit, app.clock.now()).detail(&query.login);
    app.audit.read(Entry {
        household: query.household,
        ..entry
    });
    app.audit.flush().await;
    let wanted = Wanted {
        login: query.login,
        household: query.household,
        before: query.before,
    };
    Ok(Json(search::search(app.db()?, &wanted).await?))
}

/// Follows the whole chain.
#[utoipa::path(get, path = "/api/audit/chain", tag = "audit", responses((status = 200, body = AuditChain)))]
pub async fn chain(State(app): State<App>, _user: User) -> Result<Json<AuditChain>, Failure> {
    app.audit.flush().await;
    let verified = verify::verify(app.db()?).await?;
    Ok(Json(AuditChain {
        batches: verified.batches,
        entries: verified.entries,
        head: verified.head,
        broken: verified.broken.map(|broken| broken.to_string()),
    }))
}
