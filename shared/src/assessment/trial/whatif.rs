//! もし料率が違ったら: other rates, caps or thresholds over stored households, and the rate that
//! brings a required sum.

use crate::assessment::error::AssessmentError;
use crate::assessment::household::Household;
use crate::assessment::outcome::Premium;
use crate::assessment::premium;
use crate::assessment::premium::workspace::Workspace;
use crate::assessment::rules::Rules;
pub use crate::assessment::trial::outcome::{
    Bar, PartTotals, PremiumDifference, Solved, Thresholds, WhatIfOutcome,
};
use crate::explain::{Code, Listen};
use crate::ids::HouseholdId;
use crate::law::parameters::{ByPart, Options, Parameters, Part, PartRates, RoundingRules};
use crate::money::Yen;
use crate::rate::Rate;
use std::collections::BTreeMap;

/// Steps of the bars, in yen, and where they end.
const STEP: i64 = 10_000;
const MOST: i64 = 200_000;
/// So many households with the largest difference are told, on either side.
const TOLD: usize = 20;
/// A rate is sought in steps of a hundredth of a per cent, up to 20 %.
const RATE_STEP: i64 = 100;
const HIGHEST: i64 = 200_000;

/// What is tried instead of the city's own.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    pub rates: ByPart<PartRates>,
    pub thresholds: Option<Thresholds>,
    pub rounding: Option<RoundingRules>,
    pub options: Option<Options>,
}

impl Trial {
    /// The rules of a trial. Its caps may exceed the law's: next year's law is not known yet.
    pub fn rules(&self, parameters: &Parameters) -> Result<Rules, AssessmentError> {
        let mut national = parameters.national.clone();
        for (part, rates) in self.rates.iter() {
            let known = national.caps.value.get(part).copied();
            let cap = known.map_or(rates.cap, |known| known.max(rates.cap));
            national.caps.value.set(part, cap);
        }
        if let Some(thresholds) = self.thresholds {
            if !thresholds.are_sound() {
                return Err(AssessmentError::OutOfRange);
            }
            national.per_head.value.t50 = thresholds.t50;
            national.per_head.value.t20 = thresholds.t20;
        }
        Rules::inline(
            &national,
            self.rates,
            self.rounding.unwrap_or(parameters.rounding.value),
            self.options.unwrap_or(parameters.options.value),
        )
    }
}

/// Both sums of some households; sums of several are added.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    households: i64,
    not_assessed: i64,
    totals: (i64, i64),
    parts: [(i64, i64); 4],
    tiers: [(i64, i64); 4],
    more: i64,
    less: i64,
    same: i64,
    changes: BTreeMap<i64, i64>,
    most: Vec<PremiumDifference>,
}

impl Tally {
    /// How many households were seen.
    pub fn seen(&self) -> i64 {
        self.households + self.not_assessed
    }

    /// Assesses a household under both rules.
    pub fn see(
        &mut self,
        id: HouseholdId,
        household: &Household,
        before: &Rules,
        after: &Rules,
        workspace: &mut Workspace,
    ) {
        let mut premium = |rules| premium::assess_with(household, rules, workspace, &mut ());
        let (Ok(before), Ok(after)) = (premium(before), premium(after)) else {
            self.not_assessed += 1;
            return;
        };
        self.households += 1;
        self.totals.0 += before.total.0;
        self.totals.1 += after.total.0;
        for (part, sums) in Part::ALL.into_iter().zip(&mut self.parts) {
            let amount =
                |premium: &Premium| premium.parts.get(part).map_or(0, |part| part.amount.0);
            sums.0 += amount(&before);
            sums.1 += amount(&after);
        }
        self.tiers[tier_index(before.test.tier)].0 += 1;
        self.tiers[tier_index(after.test.tier)].1 += 1;
        let change = after.total.0 - before.total.0;
        match change {
            0 => self.same += 1,
            1.. => self.more += 1,
            _ => self.less += 1,
        }
        let bar = change.clamp(-MOST, MOST).div_euclid(STEP) * STEP;
        *self.changes.entry(bar).or_default() += 1;
        if change != 0 {
            self.most.push(PremiumDifference {
                household_id: id,
                before: before.total,
                after: after.total,
            });
        }
        if self.most.len() > 8 * TOLD {
            self.keep();
        }
    }

    pub fn add(&mut self, other: Tally) {
        self.households += other.households;
        self.not_assessed += other.not_assessed;
        let pairs = self.parts.iter_mut().chain(&mut self.tiers);
        for (own, more) in pairs.zip(other.parts.into_iter().chain(other.tiers)) {
            *own = (own.0 + more.0, own.1 + more.1);
        }
        self.totals = (
            self.totals.0 + other.totals.0,
            self.totals.1 + other.totals.1,
        );
        self.more += other.more;
        self.less += other.less;
        self.same += other.same;
        for (bar, count) in other.changes {
            *self.changes.entry(bar).or_default() += count;
        }
        self.most.extend(other.most);
        self.keep();
    }

    /// The largest differences on both sides, by id where they are equal.
    fn keep(&mut self) {
        self.most
            .sort_unstable_by_key(|each| (each.change().0, each.household_id));
        if self.most.len() > 2 * TOLD {
            self.most.drain(TOLD..self.most.len() - TOLD);
        }
    }

    pub fn outcome(&self) -> WhatIfOutcome {
        let mut most = self.most.clone();
        most.sort_unstable_by_key(|each| (each.change().0, each.household_id));
        let down = most.iter().filter(|each| each.change() < Yen::ZERO);
        let up = most.iter().rev().filter(|each| each.change() > Yen::ZERO);
        let part = |(part, sums): (Part, &(i64, i64))| PartTotals {
            part,
            before: sums.0,
            after: sums.1,
        };
        let bar = |(from, households): (&i64, &i64)| Bar {
            from: *from,
            households: *households,
        };
        WhatIfOutcome {
            households: self.households,
            not_assessed: self.not_assessed,
            before_total: self.totals.0,
            after_total: self.totals.1,
            parts: Part::ALL.into_iter().zip(&self.parts).map(part).collect(),
            tiers_before: self.tiers.map(|(before, _)| before),
            tiers_after: self.tiers.map(|(_, after)| after),
            more: self.more,
            less: self.less,
            same: self.same,
            changes: self.changes.iter().map(bar).collect(),
            most_more: up.take(TOLD).cloned().collect(),
            most_less: down.take(TOLD).cloned().collect(),
        }
    }
}

/// 0, 2, 5 and 7割.
fn tier_index(tier: u8) -> usize {
    match tier {
        20 => 1,
        50 => 2,
        70 => 3,
        _ => 0,
    }
}

/// What the reductions of units take off, which public money brings back (法72条の3, 72条の3の2,
/// 72条の3の3).
#[derive(Default)]
struct Compensated {
    annual: i64,
    /// Twelfths of a yen.
    twelfths: i64,
    whole: i64,
    in_state: bool,
}

impl Listen for Compensated {
    const HEARS: bool = true;

    fn open(&mut self, code: Code, _: Option<Part>, _: Option<u16>) -> usize {
        if code == Code::State {
            (self.annual, self.in_state) = (0, true);
        }
        usize::from(code == Code::State)
    }

    fn close(&mut self, at: usize, _: Yen, inputs: &[i64]) {
        if at == 1 {
            self.twelfths -= self.annual * inputs.get(1).copied().unwrap_or(0);
            (self.annual, self.in_state) = (0, false);
        }
    }

    fn leaf(&mut self, code: Code, _: Option<Part>, _: Option<u16>, yen: Yen, _: &[i64]) {
        match code {
            Code::Reduction | Code::PreschoolHalf => self.annual += yen.0,
            // In a state it is an amount of the year, of which the state's months count.
            Code::MaternityRelief if self.in_state => self.annual += yen.0,
            Code::MaternityRelief => self.whole -= yen.0,
            _ => {}
        }
    }
}

/// The lowest rate of 所得割 with which a part brings what is required. Units and cap are given;
/// what public money brings back of the reductions is no burden of the other payers and is taken
/// off the requirement first.
pub fn solve(
    households: &[Household],
    parameters: &Parameters,
    part: Part,
    rates: PartRates,
    required: Yen,
) -> Result<Solved, AssessmentError> {
    let rules = |ppm: i64| {
        let rate = Rate::from_parts_per_million(ppm).ok_or(AssessmentError::OutOfRange)?;
        let mut only = ByPart::default();
        only.set(
            part,
            PartRates {
                income_rate: rate,
                ..rates
            },
        );
        let trial = Trial {
            rates: only,
            ..Trial::default()
        };
        trial.rules(parameters)
    };
    let mut workspace = Workspace::default();
    let compensated = compensation(households, &rules(0)?, &mut workspace);
    let wanted = required.0.saturating_sub(compensated);
    let mut levied = |ppm: i64| -> Result<i64, AssessmentError> {
        let rules = rules(ppm)?;
        let mut sum = 0;
        for household in households {
            let premium = premium::assess_with(household, &rules, &mut workspace, &mut ());
            sum += premium.map_or(0, |premium| premium.total.0);
        }
        Ok(sum)
    };
    let (mut low, mut high) = (0, HIGHEST / RATE_STEP);
    while low < high {
        let middle = (low + high) / 2;
        if levied(middle * RATE_STEP)? >= wanted {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let levied = levied(low * RATE_STEP)?;
    Ok(Solved {
        part,
        income_rate: Rate::from_parts_per_million(low * RATE_STEP)
            .ok_or(AssessmentError::OutOfRange)?,
        required,
        compensated: Yen(compensated),
        levied: Yen(levied),
        reached: levied >= wanted,
    })
}

/// The same whatever the rate: reductions are of units.
fn compensation(households: &[Household], rules: &Rules, workspace: &mut Workspace) -> i64 {
    let mut sum = 0;
    for household in households {
        let mut heard = Compensated::default();
        if premium::assess_with(household, rules, workspace, &mut heard).is_ok() {
            sum += heard.twelfths / 12 + heard.whole;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
