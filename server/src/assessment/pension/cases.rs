//! What is known of the pensions of households, and how their deductions stand.

use crate::assessment::totals;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::on_tx;
use crate::store::together::Answers;
use crate::store::{Db, Span, Tx};
use chrono::NaiveDate;
use kokuho_shared::api::pension::PensionState;
use kokuho_shared::assessment::schedule::pension::Before;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(Clone, Deserialize, FromRow)]
pub(super) struct Fact {
    pub(super) household_id: HouseholdId,
    pub(super) person_id: PersonId,
    pub(super) listed_on: NaiveDate,
    pub(super) annual: i64,
    pub(super) care_each: Option<i64>,
    pub(super) account_transfer: bool,
}

#[derive(Clone, Deserialize, FromRow)]
struct CaseRow {
    household_id: HouseholdId,
    fiscal_year: FiscalYear,
    person_id: PersonId,
    state: String,
    payments: String,
    stopped_place: Option<i64>,
}

/// How the deduction of a household's year stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub household_id: HouseholdId,
    pub fiscal_year: FiscalYear,
    pub person_id: PersonId,
    pub state: PensionState,
    pub payments: [Yen; 6],
    pub stopped: Option<usize>,
    pub obstacles: String,
    /// The state that was read; another one since then is left as it is.
    pub seen: Option<PensionState>,
}

impl CaseRow {
    fn case(self) -> Result<Case, ServiceError> {
        let unknown = || ServiceError::Internal(format!("pension state {}", self.state));
        let state = PensionState::of_key(&self.state).ok_or_else(unknown)?;
        Ok(Case {
            state,
            seen: Some(state),
            household_id: self.household_id,
            fiscal_year: self.fiscal_year,
            person_id: self.person_id,
            payments: serde_json::from_str(&self.payments)?,
            stopped: self
                .stopped_place
                .and_then(|place| usize::try_from(place).ok()),
            obstacles: String::new(),
        })
    }
}

/// What is known of a household's pension.
#[derive(Clone, Default)]
pub struct PensionStatus {
    pub(super) fact: Option<Fact>,
    pub(super) case: Option<Case>,
    pub(super) before: Before,
}

impl PensionStatus {
    /// Whether the deduction of the year before goes on, or this year's has begun.
    pub fn goes_on(&self) -> bool {
        match &self.case {
            Some(case) => case.state.is_fixed(),
            None => self.before.february > Yen::ZERO,
        }
    }
}

/// By household.
pub type PensionStatuses = HashMap<HouseholdId, PensionStatus>;

/// What the pension body says of the heads of households.
macro_rules! facts {
    ($households:literal, $known:literal) => {
        concat!(
            "SELECT m.household_id, f.person_id, f.listed_on, f.annual, f.care_each, f.account_transfer \
             FROM pension_fact f JOIN membership_fact m ON m.person_id = f.person_id AND m.superseded_at IS NULL \
             WHERE m.head AND m.household_id ",
            $households,
            " AND f.recorded_at <= ",
            $known,
            " AND (f.superseded_at IS NULL OR f.superseded_at > ",
            $known,
            ")"
        )
    };
}
const FACTS: &str = facts!("BETWEEN $1 AND $2", "$3");
/// How the deductions of a year and of the one before stand.
macro_rules! cases {
    ($where:literal) => {
        concat!(
            "SELECT household_id, fiscal_year, person_id, state, payments, stopped_place FROM pension_case WHERE ",
            $where
        )
    };
}
const CASES: &str = cases!("household_id BETWEEN $1 AND $2 AND fiscal_year BETWEEN $3 AND $4");
/// The same, and last year's totals, of one household (`store::together::Asked`).
pub const OF_ONE: [&str; 3] = [
    facts!("= $1", "$2"),
    cases!("household_id = $1 AND fiscal_year BETWEEN $5 AND $6"),
    totals::TOTALS_OF_ONE,
];

#[derive(Deserialize, FromRow)]
struct Total {
    household_id: HouseholdId,
    total: i64,
}

impl PensionStatus {
    /// What the answers to [`OF_ONE`] tell of a household.
    pub fn of_one(
        answers: &mut Answers,
        fiscal_year: FiscalYear,
    ) -> Result<Option<PensionStatus>, ServiceError> {
        let (facts, cases): (Vec<Fact>, Vec<CaseRow>) = (answers.take()?, answers.take()?);
        let totals: Vec<Total> = answers.take()?;
        let totals = totals
            .into_iter()
            .map(|each| (each.household_id, each.total));
        Ok(together(facts, cases, totals, fiscal_year)?
            .into_values()
            .next())
    }
}

/// What is known of the households of a span; of nearly all it is nothing.
pub async fn known(
    db: &Db,
    Span { first, last }: Span,
    fiscal_year: FiscalYear,
    known_at: Instant,
) -> Result<PensionStatuses, ServiceError> {
    let year = fiscal_year;
    let (facts, cases): (Vec<Fact>, Vec<CaseRow>) = on_db!(db, pool => (
        sqlx::query_as(FACTS).bind(first).bind(last).bind(known_at.0).bind(known_at.0).fetch_all(pool).await?,
        sqlx::query_as(CASES).bind(first).bind(last).bind(year.before()).bind(year).fetch_all(pool).await?,
    ));
    if facts.is_empty() && cases.is_empty() {
        return Ok(PensionStatuses::new());
    }
    let totals = totals::totals(db, first, last, fiscal_year.before()).await?;
    together(facts, cases, totals, fiscal_year)
}

/// The same of one household, inside a transaction that holds it.
pub async fn known_in(
    tx: &mut Tx,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    known_at: Instant,
) -> Result<PensionStatuses, ServiceError> {
    let year = fiscal_year;
    let facts: Vec<Fact> = on_tx!(tx, c => sqlx::query_as(FACTS).bind(household).bind(household)
        .bind(known_at.0).bind(known_at.0).fetch_all(c).await?);
    let cases: Vec<CaseRow> = on_tx!(tx, c => sqlx::query_as(CASES).bind(household).bind(household)
        .bind(year.before()).bind(year).fetch_all(c).await?);
    if facts.is_empty() && cases.is_empty() {
        return Ok(PensionStatuses::new());
    }
    let totals: Vec<(HouseholdId, i64)> = on_tx!(tx, c => sqlx::query_as(totals::TOTALS).bind(household).bind(household)
        .bind(year.before()).fetch_all(c).await?);
    together(facts, cases, totals, fiscal_year)
}

fn together(
    facts: Vec<Fact>,
    cases: Vec<CaseRow>,
    totals: impl IntoIterator<Item = (HouseholdId, i64)>,
    fiscal_year: FiscalYear,
) -> Result<PensionStatuses, ServiceError> {
    let mut all = PensionStatuses::new();
    for fact in facts {
        let household = fact.household_id;
        all.entry(household).or_default().fact = Some(fact);
    }
    for row in cases {
        let case = row.case()?;
        let place = all.entry(case.household_id).or_default();
        if case.fiscal_year == fiscal_year {
            place.case = Some(case);
        } else if case.state == PensionState::Accepted {
            place.before.february = case.payments.last().copied().unwrap_or_default();
        }
    }
    // In the order of their sequence: the newest stays.
    for (household, total) in totals {
        if let Some(place) = all.get_mut(&household) {
            place.before.annual = Yen(total);
        }
    }
    Ok(all)
}
