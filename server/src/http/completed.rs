//! A household's screen with what every room knows of it.

use super::app::App;
use crate::assessment::{decisions, pension};
use crate::clock::Instant;
use crate::eligibility::breakdown;
use crate::eligibility::household::{self, AsOf};
use crate::error::ServiceError;
use crate::ledger::book;
use crate::linkage::inquiries;
use crate::store::Tx;
use crate::store::together::{Answers, Together};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::ids::HouseholdId;
use std::sync::LazyLock;

/// What other rooms know of a household: its decisions, what they asked for, and what is still asked
/// of other offices.
const ROOMS: [&str; 7] = [
    breakdown::OF_ONE,
    inquiries::OPEN_OF_ONE,
    decisions::OF_ONE,
    book::OF_ONE,
    pension::OF_ONE[0],
    pension::OF_ONE[1],
    pension::OF_ONE[2],
];

/// The household's screen as of two dates, read in one round trip.
pub async fn screen_in(
    app: &App,
    tx: &mut Tx,
    id: HouseholdId,
    as_of: AsOf,
) -> Result<HouseholdView, ServiceError> {
    static SCREEN: LazyLock<Together> =
        LazyLock::new(|| Together::new(&[&household::TEXTS[..], &ROOMS].concat()));
    let asked = household::asked(id, as_of)?;
    let mut answers = tx.ask(&SCREEN, &asked).await?;
    let mut view = household::view_of(tx, &mut answers, &asked, as_of).await?;
    fill(app, &mut view, answers)?;
    Ok(view)
}

/// What the rooms know now, after a change.
pub async fn complete(app: &App, view: &mut HouseholdView) -> Result<(), ServiceError> {
    static KNOWN: LazyLock<Together> = LazyLock::new(|| Together::new(&ROOMS));
    let as_of = AsOf {
        fiscal_year: view.fiscal_year,
        valid_on: None,
        known_at: Instant::LATEST,
    };
    let asked = household::asked(view.id, as_of)?;
    let mut tx = app.db()?.read().await?;
    let answers = tx.ask(&KNOWN, &asked).await?;
    tx.commit().await?;
    fill(app, view, answers)
}

/// Puts the answers to [`ROOMS`] into the view.
fn fill(app: &App, view: &mut HouseholdView, mut answers: Answers) -> Result<(), ServiceError> {
    breakdown::fill(view, &answers.take::<breakdown::BreakdownRow>()?)?;
    let open: Vec<inquiries::Count> = answers.take()?;
    view.open_inquiries = open.iter().map(|open| open.count).sum();
    let made: Vec<decisions::SummaryRow> = answers.take()?;
    view.decisions = made
        .into_iter()
        .map(decisions::SummaryRow::summary)
        .collect();
    let entries: Vec<book::EntryRow> = answers.take()?;
    // As long as no decision is known nothing is booked.
    let booked = match view.decisions.is_empty() {
        true => Default::default(),
        false => book::of_one(&entries)?,
    };
    let mut schedule = booked.schedule(app.clock.today());
    if let Some(known) = pension::PensionStatus::of_one(&mut answers, view.fiscal_year)? {
        let day = schedule.notice_on;
        schedule.deducted = pension::deducted(&known, view, &app.municipality, day)?;
    }
    view.schedule = Some(schedule);
    Ok(())
}
