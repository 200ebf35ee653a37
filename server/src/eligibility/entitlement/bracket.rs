//! 限度額適用区分 of a household on a day, on what is known of the year that decides it.

use super::inputs::EntitlementInputs;
use super::ratio::is_senior;
use super::reference_day::{Day, holds_on};
use crate::eligibility::assembly::DECLARES_FROM;
use crate::error::ServiceError;
use crate::figures;
use chrono::Datelike;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::assessment::premium::months;
use kokuho_shared::assessment::premium::tier;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::eligibility::bracket::{
    BracketPerson, Brackets, LimitUnknown, Seniors, TaxStatus, judge,
};
use kokuho_shared::eligibility::copayment::Copayment;
use kokuho_shared::eligibility::papers::{Undecided, basis_income};
use kokuho_shared::ids::PersonId;
use std::collections::HashSet;

/// The brackets of the household, or why they cannot be told.
pub fn brackets(
    facts: &EntitlementInputs,
    view: &HouseholdView,
    ratios: &Result<Copayment, Undecided>,
    day: &Day,
) -> Result<Brackets, LimitUnknown> {
    let counts = |member: &&MemberFacts| member.head || holds_on(member, day);
    let all = view.members.iter().filter(counts);
    let counted: Vec<BracketPerson> = all.map(|member| known(facts, member, day)).collect();
    let any = counted.iter().any(|person| person.insured && person.senior);
    let seniors = match ratios {
        _ if !any => Seniors::Nobody,
        Ok(told) if told.senior() == Some(day.copayment.active) => Seniors::Active,
        Ok(_) => Seniors::Usual,
        Err(_) => Seniors::Undecided,
    };
    judge(
        &counted,
        seniors,
        facts.low.contains(&view.id),
        &day.bracket,
    )
}

fn known(facts: &EntitlementInputs, member: &MemberFacts, day: &Day) -> BracketPerson {
    let person = member.person_id;
    let (found, mut status) = facts.income(person);
    let figures = facts.figures.get(&person);
    let mut tax = figures.and_then(|found| found.tax);
    // The tax file has no line of a child: it has no income and is exempt.
    let child = i64::from(member.birth_date.year()) + i64::from(DECLARES_FROM) > day.income_year;
    if child && status == IncomeStatus::Unknown {
        status = IncomeStatus::Known;
        tax = tax.or(Some(TaxStatus::Exempt));
    }
    let involuntary = facts.special.contains(&person);
    BracketPerson {
        id: member.name.clone(),
        insured: holds_on(member, day),
        income_known: status == IncomeStatus::Known,
        basis_income: basis_income(&found, involuntary, &day.national),
        full_basis: basis_income(&found, false, &day.national),
        senior: is_senior(member.birth_date, day.on),
        taxable_income: figures.and_then(|found| found.taxable_income),
        tax,
        salary_income: found.salary_income,
        pension_receipts: found.pension_receipts.unwrap_or(found.pension_income),
        other_income: found.other_income,
    }
}

/// 特例対象被保険者等 in the month of a day. `view` is of the day's fiscal year.
pub fn special(view: &HouseholdView, day: &Day) -> Result<HashSet<PersonId>, ServiceError> {
    let any = |member: &MemberFacts| member.circumstances.involuntary.is_some();
    if !view.members.iter().any(any) {
        return Ok(HashSet::new());
    }
    let year = FiscalYear::of(day.on);
    let assessor = figures::assessor(&day.municipality, year)?;
    let household = assessor.household(&view.members, &[]);
    let month = u32::try_from(year.month_index(day.on)).unwrap_or_default();
    let is = |member: &&kokuho_shared::assessment::household::Member| {
        months::involuntary(member, &assessor.rules) & (1 << month) != 0
    };
    let found = household.members.iter().filter(is);
    Ok(found.filter_map(|member| member.id.parse().ok()).collect())
}

/// Whether a household with 特例対象被保険者等 is within the line of 2割軽減 of the year that decides
/// (令29条の3第10項). `view` is of the fiscal year after the income's; of a year without figures
/// nothing is made.
pub fn unemployed_low(view: &HouseholdView, day: &Day) -> bool {
    let year = view.fiscal_year;
    let Ok(assessor) = figures::assessor(&day.municipality, year) else {
        return false;
    };
    let household = assessor.household(&view.members, &[]);
    // From April to July the year that decides is over: its last month stands for it.
    let month = year.month_index(day.on).clamp(0, 11);
    let test = tier::judge_in(
        &household,
        &assessor.rules,
        u32::try_from(month).unwrap_or(11),
    );
    !test.tier_undetermined && test.test_income <= test.thresholds.t20
}
