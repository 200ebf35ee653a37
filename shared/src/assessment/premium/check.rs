//! Facts that contradict each other, or on which no premium can stand, are refused by their place.

use crate::assessment::error::AssessmentError;
use crate::assessment::household::{Household, Income, Member, Reduction};
use crate::assessment::relief::MOST as MOST_RELIEFS;
use crate::assessment::rules::{MOST, Rules};
use crate::money::Yen;
use chrono::NaiveDate;

/// Refuses facts on which no premium can stand.
pub(in crate::assessment) fn check(
    household: &Household,
    rules: &Rules,
) -> Result<(), AssessmentError> {
    let heads = household
        .members
        .iter()
        .filter(|member| member.head)
        .count();
    if heads != 1 {
        return Err(AssessmentError::Heads(heads));
    }
    if let Reduction::Given { tier } = household.reduction
        && tier != 0
        && !rules.reliefs.tiers.contains(&tier)
    {
        return Err(AssessmentError::Tier(tier));
    }
    if let Some((part, _)) = household
        .local_reductions
        .iter()
        .find(|(_, amount)| !in_range(**amount))
    {
        return Err(AssessmentError::LocalReduction { part });
    }
    if !household.reliefs.is_empty() {
        reliefs(household)?;
    }
    for (member, facts) in household.members.iter().enumerate() {
        if let Some(field) = out_of_range(&facts.income, facts.fixed_asset_tax) {
            return Err(AssessmentError::Amount { member, field });
        }
        if facts
            .lost_on
            .zip(facts.acquired_on)
            .is_some_and(|(lost, acquired)| lost < acquired)
        {
            return Err(AssessmentError::LossBeforeAcquisition { member });
        }
        check_days(household, member, facts, rules)?;
    }
    Ok(())
}

/// Days that contradict each other, and people who cannot be told apart.
fn check_days(
    household: &Household,
    member: usize,
    facts: &Member,
    rules: &Rules,
) -> Result<(), AssessmentError> {
    if facts
        .acquired_on
        .is_some_and(|acquired| acquired < facts.birth_date)
    {
        return Err(AssessmentError::AcquiredBeforeBirth { member });
    }
    check_periods(member, facts)?;
    if facts.birth_date >= rules.end {
        return Err(AssessmentError::BornAfterYear { member });
    }
    if facts.former_member && !facts.insured && facts.specific_month.is_none() {
        return Err(AssessmentError::SpecificMonthMissing { member });
    }
    let before = household.members.iter().take(member);
    if before.into_iter().any(|other| other.id == facts.id) {
        return Err(AssessmentError::SameId { member });
    }
    Ok(())
}

/// Earlier periods come one after the other and before the last one.
fn check_periods(member: usize, facts: &Member) -> Result<(), AssessmentError> {
    let mut ended: Option<NaiveDate> = None;
    for period in &facts.earlier_periods {
        let begins = period.acquired_on.unwrap_or(NaiveDate::MIN);
        if period.lost_on < begins {
            return Err(AssessmentError::LossBeforeAcquisition { member });
        }
        if ended.is_some_and(|ended| begins < ended) {
            return Err(AssessmentError::PeriodsOverlap { member });
        }
        ended = Some(period.lost_on);
    }
    let begins = facts.acquired_on.unwrap_or(NaiveDate::MIN);
    if ended.is_some_and(|ended| begins < ended) {
        return Err(AssessmentError::PeriodsOverlap { member });
    }
    Ok(())
}

/// The amounts of [`amounts`], by their place in a request.
const AMOUNTS: [&str; 11] = [
    "income.salary_receipts",
    "income.salary_income",
    "income.pension_receipts",
    "income.pension_income",
    "income.other_income",
    "income.total_income",
    "income.transfer_special_deduction",
    "income.casualty_loss",
    "income.family_pay_deducted",
    "income.family_pay_received",
    "fixed_asset_tax",
];

fn amounts(income: &Income, fixed_asset_tax: Yen) -> [Yen; 11] {
    [
        income.salary_receipts.unwrap_or_default(),
        income.salary_income,
        income.pension_receipts.unwrap_or_default(),
        income.pension_income,
        income.other_income,
        income.total_income.unwrap_or_default(),
        income.transfer_special_deduction,
        income.casualty_loss,
        income.family_pay_deducted,
        income.family_pay_received,
        fixed_asset_tax,
    ]
}

/// The first amount below zero or beyond what the calculation holds.
fn out_of_range(income: &Income, fixed_asset_tax: Yen) -> Option<&'static str> {
    let amounts = amounts(income, fixed_asset_tax);
    // All at once first: nearly everybody passes.
    if amounts
        .iter()
        .fold(true, |all, amount| all & in_range(*amount))
    {
        return None;
    }
    let place = amounts.iter().position(|amount| !in_range(*amount))?;
    AMOUNTS.get(place).copied()
}

fn in_range(amount: Yen) -> bool {
    (Yen::ZERO..=MOST).contains(&amount)
}

/// Refuses a relief that says nothing, or more than a relief can.
#[cold]
#[inline(never)]
pub(in crate::assessment) fn reliefs(household: &Household) -> Result<(), AssessmentError> {
    let wrong = |relief, field| Err(AssessmentError::Relief { relief, field });
    if household.reliefs.len() > MOST_RELIEFS {
        return wrong(MOST_RELIEFS, "kind");
    }
    for (place, relief) in household.reliefs.iter().enumerate() {
        if !(1..=100).contains(&relief.percent) {
            return wrong(place, "percent");
        }
        if relief.until < relief.from {
            return wrong(place, "until");
        }
        if let Some(person) = &relief.person {
            let known = household.members.iter().any(|member| member.id == *person);
            if !known || relief.per_household {
                return wrong(place, "person");
            }
        }
        if !(relief.income_levy || relief.per_capita || relief.per_household) {
            return wrong(place, "income_levy");
        }
    }
    Ok(())
}
