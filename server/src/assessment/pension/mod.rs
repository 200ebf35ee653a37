//! 特別徴収 (法76条の3・76条の4): planned with each decision from what the pension body says, asked for and
//! stopped by a supervisor. The files go with the courier (`files`).

pub mod desk;
pub mod files;
pub mod routes;

use super::basis::Basis;
use super::totals;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_db;
use crate::on_tx;
use crate::store::together::Answers;
use crate::store::{Db, Span, Tx};
use chrono::{Days, NaiveDate};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::pension::PensionState;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::assessment::schedule::pension::{self, Before, PensionFacts};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::pension::{PaymentDay, PensionRule};
use kokuho_shared::law::shipped;
use kokuho_shared::money::Yen;
use serde::Deserialize;
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(Clone, Deserialize, FromRow)]
struct Fact {
    household_id: i64,
    person_id: i64,
    listed_on: NaiveDate,
    annual: i64,
    care_each: Option<i64>,
    account_transfer: bool,
}

#[derive(Clone, Deserialize, FromRow)]
struct CaseRow {
    household_id: i64,
    fiscal_year: i64,
    person_id: i64,
    state: String,
    payments: String,
    stopped_place: Option<i64>,
}

/// How the deduction of a household's year stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub household_id: i64,
    pub fiscal_year: i32,
    pub person_id: i64,
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
            fiscal_year: i32::try_from(self.fiscal_year).unwrap_or(0),
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
pub struct Known {
    fact: Option<Fact>,
    case: Option<Case>,
    before: Before,
}

impl Known {
    /// Whether the deduction of the year before goes on, or this year's has begun.
    pub fn goes_on(&self) -> bool {
        match &self.case {
            Some(case) => case.state.is_fixed(),
            None => self.before.february > Yen::ZERO,
        }
    }
}

/// By household.
pub type AllKnown = HashMap<i64, Known>;

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
    household_id: i64,
    total: i64,
}

impl Known {
    /// What the answers to [`OF_ONE`] tell of a household.
    pub fn of_one(answers: &mut Answers, fiscal_year: i32) -> Result<Option<Known>, ServiceError> {
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
    fiscal_year: i32,
    known_at: Instant,
) -> Result<AllKnown, ServiceError> {
    let year = i64::from(fiscal_year);
    let (facts, cases): (Vec<Fact>, Vec<CaseRow>) = on_db!(db, pool => (
        sqlx::query_as(FACTS).bind(first).bind(last).bind(known_at.0).bind(known_at.0).fetch_all(pool).await?,
        sqlx::query_as(CASES).bind(first).bind(last).bind(year - 1).bind(year).fetch_all(pool).await?,
    ));
    if facts.is_empty() && cases.is_empty() {
        return Ok(AllKnown::new());
    }
    let totals = totals::totals(db, first, last, fiscal_year - 1).await?;
    together(facts, cases, totals, fiscal_year)
}

/// The same of one household, inside a transaction that holds it.
pub async fn known_in(
    tx: &mut Tx,
    household: i64,
    fiscal_year: i32,
    known_at: Instant,
) -> Result<AllKnown, ServiceError> {
    let year = i64::from(fiscal_year);
    let facts: Vec<Fact> = on_tx!(tx, c => sqlx::query_as(FACTS).bind(household).bind(household)
        .bind(known_at.0).bind(known_at.0).fetch_all(c).await?);
    let cases: Vec<CaseRow> = on_tx!(tx, c => sqlx::query_as(CASES).bind(household).bind(household)
        .bind(year - 1).bind(year).fetch_all(c).await?);
    if facts.is_empty() && cases.is_empty() {
        return Ok(AllKnown::new());
    }
    let totals: Vec<(i64, i64)> = on_tx!(tx, c => sqlx::query_as(totals::TOTALS).bind(household).bind(household)
        .bind(year - 1).fetch_all(c).await?);
    together(facts, cases, totals, fiscal_year)
}

fn together(
    facts: Vec<Fact>,
    cases: Vec<CaseRow>,
    totals: impl IntoIterator<Item = (i64, i64)>,
    fiscal_year: i32,
) -> Result<AllKnown, ServiceError> {
    let mut all = AllKnown::new();
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

/// The law of a fiscal year's deductions.
struct Law {
    rule: PensionRule,
    payment: PaymentDay,
    days: [NaiveDate; 6],
}

impl Law {
    fn of(basis: &Basis) -> Result<Law, ServiceError> {
        let rules = shipped::pension()?;
        let april = FiscalYear(basis.fiscal_year).april().unwrap_or_default();
        let payment = *rules.payment(april)?;
        Ok(Law {
            rule: rules.of(april)?.clone(),
            days: basis.assessor.pay_days(payment.day)?,
            payment,
        })
    }

    /// The first payment that can still be asked for or stopped on a day.
    fn first_open(&self, today: NaiveDate) -> Option<usize> {
        let until = today.checked_add_days(Days::new(self.payment.request_days))?;
        self.days.iter().position(|day| *day >= until)
    }
}

/// The first payment that a request of a day can still stop, 0 = April; none where all are taken.
pub fn stoppable(basis: &Basis, today: NaiveDate) -> Result<Option<usize>, ServiceError> {
    Ok(Law::of(basis)?.first_open(today))
}

/// What is taken from the pension where this premium is decided, and how the case stands then.
pub fn plan(
    known: &Known,
    basis: &Basis,
    household_id: i64,
    inputs: &Household,
    total: Yen,
    today: NaiveDate,
) -> Result<(Option<Case>, Vec<Instalment>), ServiceError> {
    let law = Law::of(basis)?;
    let taken = |case: &Case| pension::instalments(&case.payments, &law.days, case.stopped);
    let obstacles = |payments: &[Yen; 6]| {
        let deduction = Deduction {
            inputs,
            payments,
            total,
        };
        against(known, &law, basis, deduction, today)
    };
    if let Some(case) = &known.case {
        if case.state.is_fixed() {
            let mut case = case.clone();
            case.obstacles = obstacles(&case.payments);
            let taken = taken(&case);
            return Ok((Some(case), taken));
        }
        if case.state == PensionState::Stopped {
            return Ok((None, taken(case)));
        }
        if case.state == PensionState::Refused {
            return Ok((None, Vec::new()));
        }
    }
    let Some(fact) = &known.fact else {
        return Ok((None, Vec::new()));
    };
    let mut case = Case {
        household_id,
        fiscal_year: basis.fiscal_year,
        person_id: fact.person_id,
        state: PensionState::Excluded,
        payments: [Yen::ZERO; 6],
        stopped: None,
        obstacles: "この年度の支払に間に合わない".to_owned(),
        seen: known.case.as_ref().map(|case| case.state),
    };
    if let Some(first) = first_place(fact, known.before, &law, basis, today) {
        let june = basis.assessor.parameters.instalments.value.june_deduction;
        let payments = pension::payments(total, first, known.before, june, &law.rule);
        case.obstacles = obstacles(&payments);
        if case.obstacles.is_empty() {
            (case.state, case.payments) = (PensionState::Planned, payments);
        } else if known.before.february > Yen::ZERO {
            // It goes on by itself until somebody ends it: what is taken is not asked for as well.
            (case.state, case.payments) = (PensionState::Accepted, payments);
        }
    }
    let taken = taken(&case);
    Ok((Some(case), taken))
}

/// The first payment of the year, 0 = April: of whom it goes on, or as the list and the time for the request allow.
fn first_place(
    fact: &Fact,
    before: Before,
    law: &Law,
    basis: &Basis,
    today: NaiveDate,
) -> Option<usize> {
    if before.february > Yen::ZERO {
        return Some(0);
    }
    let first = pension::first_deduction(fact.listed_on, &law.rule)?;
    // A list of a year before says nothing of one that has not gone on.
    let month = FiscalYear(basis.fiscal_year).month_index(first.first_day());
    let listed = usize::try_from(month).ok()? / 2;
    let open = law.first_open(today)?;
    Some(listed.max(open)).filter(|place| *place < law.days.len())
}

/// What would be taken from the pension of a household's year, and of which premium.
struct Deduction<'a> {
    inputs: &'a Household,
    payments: &'a [Yen; 6],
    total: Yen,
}

/// Why nothing is deducted, or why it must end; nothing = it is deducted.
fn against(
    known: &Known,
    law: &Law,
    basis: &Basis,
    Deduction {
        inputs,
        payments,
        total,
    }: Deduction<'_>,
    today: NaiveDate,
) -> String {
    let sum: Yen = payments.iter().copied().sum();
    let mut texts: Vec<&str> = Vec::new();
    match &known.fact {
        None => texts.push("年金の情報がない"),
        Some(fact) => {
            let facts = PensionFacts {
                annual: Yen(fact.annual),
                care_each: fact.care_each.map(Yen),
                account_transfer: fact.account_transfer,
            };
            let each = payments.iter().copied().max().unwrap_or_default();
            let rules = &basis.assessor.rules;
            let found = pension::obstacles(inputs, &facts, each, rules, &law.rule, today);
            texts.extend(found.into_iter().map(|obstacle| obstacle.name()));
        }
    }
    if sum > total {
        texts.push("依頼した額より保険料が少ない");
    }
    if sum == Yen::ZERO {
        texts.push("特別徴収する額がない");
    }
    texts.join("、")
}

/// What a decision of a day would take from the pension: for the preview.
pub fn deducted(
    known: &Known,
    view: &HouseholdView,
    municipality: &str,
    today: NaiveDate,
) -> Result<Vec<Instalment>, ServiceError> {
    let Ok(basis) = Basis::of(municipality, view.fiscal_year) else {
        return Ok(Vec::new());
    };
    let inputs = view.facts();
    // A household that cannot be assessed says so itself.
    let Ok(assessment) = basis.assessor.assess_on(&inputs, None) else {
        return Ok(Vec::new());
    };
    let total = assessment.premium.total;
    Ok(plan(known, &basis, view.id, &inputs, total, today)?.1)
}

/// What the decision leaves for the pension: of a plan that nobody asked for yet this is what is asked
/// for, otherwise the body takes more than is owed until it is stopped.
pub fn settle(case: &mut Case, planned: &[Instalment], decided: &[Instalment]) {
    let sum = |all: &[Instalment]| -> Yen {
        let deducted = all.iter().filter(|each| each.number >= DEDUCTED_FROM);
        deducted.map(|each| each.amount).sum()
    };
    if sum(decided) >= sum(planned) {
        return;
    }
    if case.state == PensionState::Planned {
        for (number, payment) in (DEDUCTED_FROM..).zip(&mut case.payments) {
            let left = decided.iter().find(|each| each.number == number);
            *payment = left.map_or(Yen::ZERO, |left| left.amount);
        }
        if case.payments == [Yen::ZERO; 6] {
            case.state = PensionState::Excluded;
            case.obstacles = "年金から納める額が残っていない".to_owned();
        }
    } else if case.state.is_fixed() && case.obstacles.is_empty() {
        case.obstacles = "減額により年金からの額が多すぎる".to_owned();
    }
}

/// Keeps how the cases stand after their decisions.
pub async fn write(tx: &mut Tx, cases: &[Case], now: Instant) -> Result<(), ServiceError> {
    const SQL: &str = "INSERT INTO pension_case (household_id, fiscal_year, person_id, state, payments, stopped_place, \
        obstacles, reason, code, changed_at) VALUES ($1, $2, $3, $4, $5, NULL, $6, '', '', $7) \
        ON CONFLICT (household_id, fiscal_year) DO UPDATE SET person_id = excluded.person_id, state = excluded.state, \
        payments = excluded.payments, obstacles = excluded.obstacles, changed_at = excluded.changed_at \
        WHERE pension_case.state = $8";
    for case in cases {
        let payments = serde_json::to_string(&case.payments)?;
        on_tx!(tx, c => sqlx::query(SQL).bind(case.household_id).bind(i64::from(case.fiscal_year)).bind(case.person_id)
            .bind(case.state.key()).bind(&payments).bind(&case.obstacles).bind(now.0)
            .bind(case.seen.map_or("", PensionState::key))
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instalments(amounts: [i64; 3]) -> Vec<Instalment> {
        let all = (34..).zip(amounts).filter(|(_, amount)| *amount > 0);
        let each = all.map(|(number, amount)| Instalment {
            number,
            amount: Yen(amount),
            due_on: NaiveDate::default(),
        });
        each.collect()
    }

    fn case(state: PensionState) -> Case {
        let each = Yen(15_000);
        Case {
            household_id: 1,
            fiscal_year: 2026,
            person_id: 1,
            state,
            payments: [Yen(0), Yen(0), Yen(0), each, each, each],
            stopped: None,
            obstacles: String::new(),
            seen: None,
        }
    }

    #[test]
    fn what_the_decision_leaves_is_asked_of_the_pension_and_no_more() {
        let planned = instalments([15_000; 3]);
        let decided = instalments([15_000, 15_000, 10_000]);
        let mut plan = case(PensionState::Planned);
        settle(&mut plan, &planned, &decided);
        assert_eq!(plan.payments[3..], [Yen(15_000), Yen(15_000), Yen(10_000)]);
        assert_eq!(plan.state, PensionState::Planned);
        settle(&mut plan, &planned, &[]);
        assert_eq!(
            (plan.state, plan.payments),
            (PensionState::Excluded, [Yen::ZERO; 6])
        );
        // What was asked for already is taken until it is stopped.
        let mut asked = case(PensionState::Accepted);
        settle(&mut asked, &planned, &decided);
        assert_eq!(asked.payments[5], Yen(15_000));
        assert!(!asked.obstacles.is_empty());
        let mut same = case(PensionState::Planned);
        settle(&mut same, &planned, &planned);
        assert_eq!(same.payments[5], Yen(15_000));
    }
}
