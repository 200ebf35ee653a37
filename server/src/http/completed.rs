//! A household's screen with what every room knows of it.

use super::App;
use crate::assessment::{decisions, pension};
use crate::clock::Instant;
use crate::eligibility::entered;
use crate::error::ServiceError;
use crate::ledger::book;
use crate::linkage::inquiries;
use crate::store::Tx;
use kokuho_shared::api::household::HouseholdView;

/// What other rooms know of the household: its decisions, what they asked for, and what is
/// still asked of other offices.
pub async fn complete_in(
    app: &App,
    tx: &mut Tx,
    view: &mut HouseholdView,
    known_at: Instant,
) -> Result<(), ServiceError> {
    let (id, year) = (view.id, view.fiscal_year);
    entered::fill(tx, view, known_at).await?;
    view.open_inquiries = inquiries::count_open(tx, id).await?;
    view.decisions = decisions::list(tx, id, year, known_at).await?;
    // Without a decision nothing is booked.
    let booked = match view.decisions.is_empty() {
        true => Default::default(),
        false => book::booked_in(tx, id, year).await?,
    };
    let mut schedule = booked.schedule(app.clock.today());
    schedule.deducted =
        pension::deducted(tx, view, &app.municipality, (known_at, schedule.notice_on)).await?;
    view.schedule = Some(schedule);
    Ok(())
}

/// The same after a change, as everything is known now.
pub async fn complete(app: &App, view: &mut HouseholdView) -> Result<(), ServiceError> {
    let mut tx = app.db()?.read().await?;
    complete_in(app, &mut tx, view, Instant::LATEST).await?;
    tx.commit().await
}
