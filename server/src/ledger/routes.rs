//! Routes of the ledger.

use super::balance;
use crate::access::user::User;
use crate::audit::{AuditAction, Entry};
use crate::eligibility::household;
use crate::http::Scope;
use crate::http::{App, Failure};
use crate::http::{Route, route};
use axum::Json;
use axum::extract::{Path, Query, State};
use kokuho_shared::access::Action;
use kokuho_shared::api::Problem;
use kokuho_shared::api::ledger::LedgerView;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use serde::Deserialize;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![route(routes!(of_household), ReadHousehold, Ward)]
}

#[derive(Deserialize)]
pub struct Year {
    fiscal_year: FiscalYear,
}

/// What a household owes of a year, and how that came about.
#[utoipa::path(get, path = "/api/households/{id}/ledger", tag = "ledger",
    params(("id" = i64, Path), ("fiscal_year" = i32, Query)),
    responses((status = 200, description = "Instalments and journals"), (status = 404, body = Problem)))]
pub async fn of_household(
    State(app): State<App>,
    user: User,
    Path(id): Path<HouseholdId>,
    Query(year): Query<Year>,
) -> Result<Json<LedgerView>, Failure> {
    let db = app.db()?;
    household::refuse_unseen(db, id, &user).await?;
    let view = balance::of_household(db, id, year.fiscal_year).await?;
    let entry = Entry::new(&user, AuditAction::View, app.clock.now()).of_household(id, []);
    app.audit
        .look(entry.detail(format!("ledger {}", year.fiscal_year)))?;
    Ok(Json(view))
}
