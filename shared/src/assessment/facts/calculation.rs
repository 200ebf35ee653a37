//! The way from facts to a calculation: the browser's preview and the server's decision both take it.

use super::member::{EligibilityPeriod, MemberFacts};
use crate::assessment::household::{EarlierPeriod, Household, Member};
use crate::calendar::{FiscalYear, age_attained_on};
use chrono::NaiveDate;

/// 75歳到達 ends the months by itself, whichever of the two days the register writes: it is
/// no loss on the first of a month that another insurance brings.
fn is_by_age(birth: NaiveDate, lost: NaiveDate, age: u32) -> bool {
    let birthday = age_attained_on(birth, age).and_then(|day| day.succ_opt());
    birthday.is_some_and(|day| lost == day || day.succ_opt() == Some(lost))
}

/// Periods of the year that ended before the last one.
fn earlier(periods: &[EligibilityPeriod], april: NaiveDate) -> Vec<EarlierPeriod> {
    let ended = periods.iter().filter_map(|period| {
        let lost_on = period.lost_on.filter(|lost| *lost > april)?;
        Some(EarlierPeriod {
            acquired_on: Some(period.acquired_on).filter(|day| *day > april),
            lost_on,
            loss_ground: period.loss_ground,
        })
    });
    ended.collect()
}

/// The facts of an assessment from the members of a household. The browser's preview and the
/// server's decision both come through here.
///
/// Somebody who is neither insured in the year nor the head takes no part in it. `insured_until` is the age at which
/// one leaves, in years; who takes part does not depend on it.
pub fn to_household(
    members: &[MemberFacts],
    year: FiscalYear,
    insured_until: Option<i32>,
) -> Household {
    let next = year.after();
    let (Some(april), Some(end)) = (year.april(), next.april()) else {
        return Household::default();
    };
    let age = insured_until.and_then(|age| u32::try_from(age).ok());
    let leaves_by_age = |birth, lost| age.is_some_and(|age| is_by_age(birth, lost, age));
    let in_year = |period: &EligibilityPeriod| {
        period.acquired_on < end && period.lost_on.is_none_or(|lost| lost > april)
    };
    let member = |view: &MemberFacts| {
        let mut periods = view.periods_here();
        periods.retain(in_year);
        let period = periods.pop();
        let specific_month = view.specific_month;
        let former = specific_month.is_some() && period.is_none();
        (view.head || period.is_some() || former).then(|| Member {
            involuntary: view.circumstances.involuntary,
            maternity: view.circumstances.maternity,
            former_dependant_since: view.circumstances.former_dependant_since,
            care_exempt: view.circumstances.care_exempt,
            earlier_periods: earlier(&periods, april),
            head: view.head,
            insured: period.is_some(),
            acquired_on: period
                .map(|period| period.acquired_on)
                .filter(|day| *day > april),
            lost_on: period
                .and_then(|period| period.lost_on)
                // A loss on the first of the next year may count as one on 31 March.
                .filter(|day| *day <= end && !leaves_by_age(view.birth_date, *day)),
            former_member: former,
            specific_month,
            left_household_on: view.left_on(),
            loss_ground: period.and_then(|period| period.loss_ground),
            income: view.income,
            income_status: view.income_status,
            fixed_asset_tax: view.fixed_asset_tax,
            ..Member::new(view.person_id.to_string(), view.birth_date)
        })
    };
    Household {
        members: members.iter().filter_map(member).collect(),
        ..Household::default()
    }
}
