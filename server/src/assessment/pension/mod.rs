//! 特別徴収 (法76条の3・76条の4): planned with each decision from what the pension body says, asked for and
//! stopped by a supervisor. The files go with the courier (`files`).

mod cases;
pub mod files;
pub mod requests;
pub mod routes;

pub use cases::{Case, OF_ONE, PensionStatus, PensionStatuses, known, known_in};

use super::basis::Basis;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::figures;
use crate::on_tx;
use crate::store::Tx;
use cases::Fact;
use chrono::{Days, NaiveDate};
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::api::pension::PensionState;
use kokuho_shared::assessment::household::Household;
use kokuho_shared::assessment::schedule::instalments::DEDUCTED_FROM;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::assessment::schedule::pension::{self, Before, PensionFacts};
use kokuho_shared::ids::HouseholdId;
use kokuho_shared::law::pension::{PaymentDay, PensionRule};
use kokuho_shared::money::Yen;

/// The law of a fiscal year's deductions.
struct Law {
    rule: PensionRule,
    payment: PaymentDay,
    days: [NaiveDate; 6],
}

impl Law {
    fn of(basis: &Basis) -> Result<Law, ServiceError> {
        let rules = figures::pension()?;
        let april = basis.fiscal_year.april().unwrap_or_default();
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
    known: &PensionStatus,
    basis: &Basis,
    household_id: HouseholdId,
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
    if let Some(first) = first_payment(fact, known.before, &law, basis, today) {
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
fn first_payment(
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
    let month = basis.fiscal_year.month_index(first.first_day());
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
    known: &PensionStatus,
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
    known: &PensionStatus,
    view: &HouseholdView,
    municipality: &str,
    today: NaiveDate,
) -> Result<Vec<Instalment>, ServiceError> {
    let Ok(basis) = Basis::of(municipality, view.fiscal_year) else {
        return Ok(Vec::new());
    };
    let inputs = basis.inputs(view);
    // A household that cannot be assessed says so itself.
    let Ok(assessment) = basis.assessor.assess_on(&inputs, None) else {
        return Ok(Vec::new());
    };
    let total = assessment.premium.total;
    Ok(plan(known, &basis, view.id, &inputs, total, today)?.1)
}

/// What the decision leaves for the pension. If the plan is not requested yet, it is reduced to the decided
/// amount; otherwise the excess is deducted until it is stopped.
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
        on_tx!(tx, c => sqlx::query(SQL).bind(case.household_id).bind(case.fiscal_year).bind(case.person_id)
            .bind(case.state.key()).bind(&payments).bind(&case.obstacles).bind(now.0)
            .bind(case.seen.map_or("", PensionState::key))
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kokuho_shared::calendar::FiscalYear;
    use kokuho_shared::ids::PersonId;

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
            household_id: HouseholdId(1),
            fiscal_year: FiscalYear(2026),
            person_id: PersonId(1),
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
