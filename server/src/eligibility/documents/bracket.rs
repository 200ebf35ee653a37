//! 限度額適用区分 of a household on a day, on what is known of the year that decides it.

use super::known::Known;
use super::ratio::is_senior;
use crate::error::ServiceError;
use chrono::{Datelike, NaiveDate};
use kokuho_shared::api::household::{HouseholdView, MemberView, to_household};
use kokuho_shared::assessment::household::IncomeStatus;
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::{months, tier};
use kokuho_shared::calendar::{FiscalYear, Month};
use kokuho_shared::eligibility::bracket::{
    Brackets, Counted, Seniors, TaxStatus, TaxUnknown, judge,
};
use kokuho_shared::eligibility::copayment::Copayment;
use kokuho_shared::eligibility::papers::{Undecided, basis_income, income_year};
use kokuho_shared::law::national::National;
use kokuho_shared::law::shipped;

/// Below this age on 31 December nobody is asked for an income (local rule of the tax file).
const CHILD: i32 = 16;

/// The brackets of the household, or why they cannot be told.
pub fn brackets(
    facts: &Known,
    view: &HouseholdView,
    ratios: &Result<Copayment, Undecided>,
    (on, municipality): (NaiveDate, &str),
) -> Result<Result<Brackets, TaxUnknown>, ServiceError> {
    let month = Month::of(on);
    let copayment = *shipped::copayment()?.of(month)?;
    let rule = *shipped::brackets()?.of(month)?;
    let year = income_year(on, &copayment);
    let counts = |member: &&MemberView| member.head || member.period_on(on).is_some();
    let national = shipped::national(FiscalYear(i32::try_from(year + 1).unwrap_or_default()))?;
    let all = view.members.iter().filter(counts);
    let counted: Vec<Counted> = all
        .map(|member| known(facts, member, (on, year), &national))
        .collect();
    let any = view
        .members
        .iter()
        .any(|member| member.period_on(on).is_some() && is_senior(member.birth_date, on));
    let seniors = match ratios {
        _ if !any => Seniors::Nobody,
        Ok(told) if told.senior() == Some(copayment.active) => Seniors::Active,
        _ => Seniors::Usual,
    };
    let low = unemployed_low(view, (on, year), municipality)?;
    Ok(judge(&counted, seniors, low, &rule))
}

fn known(
    facts: &Known,
    member: &MemberView,
    (on, year): (NaiveDate, i64),
    national: &National,
) -> Counted {
    let (found, mut status) = facts.income(member.person_id);
    let figures = facts.figures.get(&member.person_id);
    let mut tax = figures.and_then(|found| found.tax);
    // The tax file has no line of a child: it has no income and is exempt.
    let child = i64::from(member.birth_date.year()) + i64::from(CHILD) > year;
    if child && status == IncomeStatus::Unknown {
        status = IncomeStatus::Known;
        tax = tax.or(Some(TaxStatus::Exempt));
    }
    let taxable = figures.and_then(|found| found.taxable_income);
    Counted {
        id: member.name.clone(),
        insured: member.period_on(on).is_some(),
        income_known: status == IncomeStatus::Known,
        basis_income: basis_income(&found, national),
        taxable_income: taxable.unwrap_or_default(),
        tax,
        salary_income: found.salary_income,
        pension_receipts: found.pension_receipts.unwrap_or(found.pension_income),
        other_income: found.other_income,
    }
}

/// 特例対象被保険者等 in a household within the line of 2割軽減. Judged where the household's
/// incomes are those of the year that decides.
fn unemployed_low(
    view: &HouseholdView,
    (on, year): (NaiveDate, i64),
    municipality: &str,
) -> Result<bool, ServiceError> {
    let levy = FiscalYear::of(on);
    if i64::from(view.fiscal_year) != year + 1 || levy.0 != view.fiscal_year {
        return Ok(false);
    }
    let assessor = Assessor::shipped(municipality, view.fiscal_year)?;
    let household = to_household(&view.members, view.fiscal_year);
    let month = u32::try_from(levy.month_index(on)).unwrap_or_default();
    let special = household
        .members
        .iter()
        .any(|member| months::involuntary(member, &assessor.rules) & (1 << month) != 0);
    let test = tier::judge_in(&household, &assessor.rules, month);
    Ok(special && !test.tier_undetermined && test.test_income <= test.thresholds.t20)
}
