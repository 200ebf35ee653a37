//! Routes of the auditor.

use super::entry::Entry;
use super::search::{self, Wanted};
use super::verify;
use crate::access::user::User;
use crate::eligibility::household;
use crate::error::ServiceError;
use crate::http::Scope;
use crate::http::{App, Body, Failure};
use crate::http::{Route, patience, route};
use axum::Json;
use axum::extract::{Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::audit::{AuditAction, AuditChain, AuditRecord, Saved};
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(routes!(saved), SaveLists, Ward),
        route(routes!(records), ReadAudit, Office),
        route(routes!(chain), ReadAudit, Office).taking(patience::LONG),
    ]
}

#[derive(Deserialize)]
pub struct AuditQuery {
    #[serde(default)]
    login: String,
    household: Option<HouseholdId>,
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
    // Looking at the log is itself on record, and what was done a moment ago is there unless the database
    // does not take it now.
    let entry = Entry::new(&user, AuditAction::ReadAudit, app.clock.now()).detail(&query.login);
    app.audit.look(Entry {
        household: query.household,
        ..entry
    })?;
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
pub async fn chain(State(app): State<App>, user: User) -> Result<Json<AuditChain>, Failure> {
    let entry = Entry::new(&user, AuditAction::ReadAudit, app.clock.now());
    app.audit.note(entry.detail("chain"))?;
    app.audit.flush().await;
    let verified = verify::verify(app.db()?).await?;
    Ok(Json(AuditChain {
        batches: verified.batches,
        entries: verified.entries,
        head: verified.head,
        broken: verified.broken.map(|broken| broken.to_string()),
    }))
}

/// Notes that somebody saved a list of the screen as a file.
#[utoipa::path(post, path = "/api/audit/saved", tag = "audit", request_body = Saved,
    responses((status = 200), (status = 422, body = Problem)))]
pub async fn saved(
    State(app): State<App>,
    user: User,
    Body(saved): Body<Saved>,
) -> Result<Json<()>, Failure> {
    let title = saved.list.trim();
    if !is_title(title) {
        let text =
            format!("一覧の名前は、文字と短い数字と（）・だけで1文字から{MOST_TITLE}文字までです");
        return Err(ServiceError::invalid_at("list", text).into());
    }
    let mut entry = Entry::new(&user, AuditAction::Save, app.clock.now());
    if let Some(id) = saved.household {
        household::refuse_unseen(app.db()?, id, &user).await?;
        entry = entry.of_household(id, []);
    }
    let detail = format!("{title}, {} rows", saved.rows);
    app.audit.look(entry.detail(detail))?;
    Ok(Json(()))
}

/// The longest title of a list.
const MOST_TITLE: usize = 60;
/// A year has four digits; what has more is the number of somebody.
const MOST_DIGITS: usize = 4;

/// Whether a text is the title of a list: no marks that a log or a table could take for its own, and
/// no number of a person.
fn is_title(text: &str) -> bool {
    let usual = |c: char| c.is_alphanumeric() || "（）・ー、 　".contains(c);
    let digits = text.split(|c: char| !c.is_numeric());
    (1..=MOST_TITLE).contains(&text.chars().count())
        && text.chars().all(usual)
        && digits
            .into_iter()
            .all(|run| run.chars().count() <= MOST_DIGITS)
}
