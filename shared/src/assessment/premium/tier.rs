//! 7/5/2割軽減の判定 (令29条の7): one test per household.

use crate::assessment::household::{Household, IncomeStatus, Member, Reduction};
use crate::assessment::income::figures::{IncomeForReduction, is_earner};
use crate::assessment::premium::months;
use crate::assessment::rules::Rules;
use crate::law::parameters::InvoluntaryTier;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The outcome of the test and everything it looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierTest {
    /// Per cent taken off: 70, 50, 20 or 0.
    pub tier: u8,
    /// 判定不能: an income of the household is not known; the tier is 0 until it is.
    pub tier_undetermined: bool,
    pub test_income: Yen,
    pub earners: i64,
    pub counted: i64,
    pub thresholds: TierThresholds,
}

/// The highest test income of each tier, in yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierThresholds {
    pub t70: Yen,
    pub t50: Yen,
    pub t20: Yen,
}

/// Judges the household on the state of 1 April, or of the first acquisition if nobody is
/// insured on that day; `special` are those whose salary counts as that of 特例対象被保険者等.
pub fn judge(household: &Household, rules: &Rules, special: impl Fn(&Member) -> bool) -> TierTest {
    let day = test_day(household, rules);
    let (mut income, mut earners, mut counted, mut unknown) = (Yen::ZERO, 0, 0, false);
    for member in &household.members {
        let insured = insured_on(member, day) || is_former(member, day);
        if !member.head && !insured {
            continue;
        }
        income += IncomeForReduction::of(member, special(member), rules).0;
        earners += i64::from(is_earner(member, rules));
        counted += i64::from(insured);
        unknown |= member.income_status != IncomeStatus::Known;
    }
    let base = rules.test.base + rules.test.per_extra_earner * (earners - 1).max(0);
    let thresholds = TierThresholds {
        t70: Yen(base),
        t50: Yen(base + rules.per_head.t50 * counted),
        t20: Yen(base + rules.per_head.t20 * counted),
    };
    let [high, middle, low] = rules.reliefs.tiers;
    let tier = match household.reduction {
        Reduction::Given { tier } => tier,
        Reduction::Judge if unknown => 0,
        Reduction::Judge if income <= thresholds.t70 => high,
        Reduction::Judge if income <= thresholds.t50 => middle,
        Reduction::Judge if income <= thresholds.t20 => low,
        Reduction::Judge => 0,
    };
    TierTest {
        tier,
        tier_undetermined: unknown && household.reduction == Reduction::Judge,
        test_income: income,
        earners,
        counted,
        thresholds,
    }
}

/// Judges with the set of 特例対象被保険者等 of a month, or of the test day's month where the
/// city judges once.
pub fn judge_in(household: &Household, rules: &Rules, month: u32) -> TierTest {
    let month = match rules.options.involuntary_tier {
        InvoluntaryTier::ByMonth => month,
        InvoluntaryTier::AtTestDate => {
            let day = rules.fiscal_year.month_index(test_day(household, rules));
            u32::try_from(day.clamp(0, 11)).unwrap_or(0)
        }
    };
    judge(household, rules, |member| {
        months::involuntary(member, rules) & (1 << month) != 0
    })
}

fn test_day(household: &Household, rules: &Rules) -> NaiveDate {
    let insured = || household.members.iter().filter(|member| member.insured);
    if insured().any(|member| insured_on(member, rules.april)) {
        return rules.april;
    }
    let earlier = insured().flat_map(|member| &member.earlier_periods);
    let earlier = earlier.filter_map(|period| period.acquired_on);
    let first = insured()
        .filter_map(|member| member.acquired_on)
        .chain(earlier)
        .min();
    first.unwrap_or(rules.april)
}

/// 特定同一世帯所属者 count like the insured while they belong to the household.
fn is_former(member: &Member, day: NaiveDate) -> bool {
    let here = member.left_household_on.is_none_or(|left| left > day);
    member.former_member && !member.insured && here
}

fn insured_on(member: &Member, day: NaiveDate) -> bool {
    let within = |acquired: Option<NaiveDate>, lost: Option<NaiveDate>| {
        acquired.is_none_or(|acquired| acquired <= day) && lost.is_none_or(|lost| day < lost)
    };
    let mut earlier = member.earlier_periods.iter();
    member.insured
        && member.birth_date <= day
        && (within(member.acquired_on, member.lost_on)
            || earlier.any(|period| within(period.acquired_on, Some(period.lost_on))))
}
