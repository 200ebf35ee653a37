//! A household's screen with what every room knows of it.

use super::App;
use crate::assessment::{decisions, pension};
use crate::clock::Instant;
use crate::eligibility::entered;
use crate::error::ServiceError;
use crate::ledger::book;
use crate::linkage::inquiries;
use kokuho_shared::api::household::HouseholdView;

/// What other rooms know of the household: its decisions, what they asked for, and what is
/// still asked of other offices.
pub async fn complete(
    app: &App,
    view: &mut HouseholdView,
    known_at: Instant,
) -> Result<(), ServiceError> {
    let (db, id, year) = (app.db()?, view.id, view.fiscal_year);
    entered::fill(db, view, known_at).await?;
    view.open_inquiries = inquiries::count_open(db, id).await?;
    view.decisions = decisions::list(db, id, year, known_at).await?;
    // Without a decision nothing is booked.
    let booked = match view.decisions.is_empty() {
        true => None,
        false => book::booked(db, id, id, year).await?.remove(&id),
    };
    let mut schedule = booked.unwrap_or_default().schedule(app.clock.today());
    schedule.deducted =
        pension::deducted(db, view, &app.municipality, (known_at, schedule.notice_on)).await?;
    view.schedule = Some(schedule);
    Ok(())
}
