//! 負担割合 of a household: what is known of the year that decides it, and what follows.

use super::inputs::EntitlementInputs;
use super::reference_day::{Day, holds_on};
use crate::error::ServiceError;
use chrono::NaiveDate;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::calendar::Month;
use kokuho_shared::eligibility::copayment::{Copayment, Person};
use kokuho_shared::eligibility::papers::{RatioInputs, Undecided, basis_income, judge_known};
use kokuho_shared::eligibility::terms::age_70;
use kokuho_shared::money::Yen;

/// Whether somebody has come into the age of the ratio, without regard to its end: 資格 ends with it.
pub fn is_senior(birth: NaiveDate, on: NaiveDate) -> bool {
    age_70(birth).is_some_and(|age| age.ratio_from <= on)
}

/// 負担割合 of the household in the month of a day.
pub fn ratios(
    facts: &EntitlementInputs,
    view: &HouseholdView,
    day: &Day,
) -> Result<Result<Copayment, Undecided>, ServiceError> {
    let on = day.on;
    let counts = |member: &&MemberFacts| {
        let insured = holds_on(member, day) && is_senior(member.birth_date, on);
        insured || member.is_former()
    };
    let counted = view.members.iter().filter(counts);
    let known: Vec<RatioInputs> = counted.map(|member| known_of(facts, member, day)).collect();
    Ok(judge_known(&known, Month::of(on), &day.copayment))
}

fn known_of(facts: &EntitlementInputs, member: &MemberFacts, day: &Day) -> RatioInputs {
    let involuntary = facts.special.contains(&member.person_id);
    let (income, status) = facts.income(member.person_id);
    let figures = facts.figures.get(&member.person_id);
    RatioInputs {
        person: Person {
            id: member.person_id.to_string(),
            birth_date: member.birth_date,
            insured: holds_on(member, day),
            former_member: member.is_former(),
            taxable_income: Yen::ZERO,
            basis_income: basis_income(&income, involuntary, &day.national),
            receipts: Yen::ZERO,
            head_on_dec31: false,
            children_under16: 0,
            children_16_18: 0,
        },
        income_known: status == IncomeStatus::Known,
        taxable_income: figures.and_then(|found| found.taxable_income),
        receipts: figures.and_then(|found| found.receipts),
    }
}
