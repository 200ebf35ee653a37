//! 集計 of a run: what its pieces did, added up.

use kokuho_shared::api::run::{Bar, RunOutcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a piece did; added up when the run is closed.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) households: i64,
    pub(super) decided: i64,
    pub(super) unchanged: i64,
    pub(super) not_insured: i64,
    /// 仮算定: without a premium last year, not insured in April, or paid from a pension.
    #[serde(default)]
    pub(super) not_asked: i64,
    pub(super) left_out: i64,
    pub(super) decided_total: i64,
    pub(super) replaced_total: i64,
    /// Households by the lower end of their amount.
    pub(super) premiums: BTreeMap<i64, i64>,
    pub(super) changes: BTreeMap<i64, i64>,
}

const PREMIUM_STEP: i64 = 50_000;
const CHANGE_STEP: i64 = 20_000;
const MOST_CHANGE: i64 = 200_000;

impl Tally {
    pub(super) fn decided(&mut self, total: i64, replaced: i64, last_year: Option<i64>) {
        self.decided += 1;
        self.decided_total += total;
        self.replaced_total += replaced;
        *self.premiums.entry(floor(total, PREMIUM_STEP)).or_default() += 1;
        if let Some(before) = last_year {
            let change = (total - before).clamp(-MOST_CHANGE, MOST_CHANGE);
            *self.changes.entry(floor(change, CHANGE_STEP)).or_default() += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.households += other.households;
        self.decided += other.decided;
        self.unchanged += other.unchanged;
        self.not_insured += other.not_insured;
        self.not_asked += other.not_asked;
        self.left_out += other.left_out;
        self.decided_total += other.decided_total;
        self.replaced_total += other.replaced_total;
        for (mine, theirs) in [
            (&mut self.premiums, &other.premiums),
            (&mut self.changes, &other.changes),
        ] {
            for (from, count) in theirs {
                *mine.entry(*from).or_default() += count;
            }
        }
    }

    pub(super) fn outcome(&self, booked: i64) -> RunOutcome {
        RunOutcome {
            households: self.households,
            decided: self.decided,
            unchanged: self.unchanged,
            not_insured: self.not_insured,
            not_asked: self.not_asked,
            left_out: self.left_out,
            decided_total: self.decided_total,
            replaced_total: self.replaced_total,
            booked_total: booked,
            premiums: bars(&self.premiums),
            changes: bars(&self.changes),
        }
    }
}

fn floor(amount: i64, step: i64) -> i64 {
    amount.div_euclid(step) * step
}

fn bars(counts: &BTreeMap<i64, i64>) -> Vec<Bar> {
    let bar = |(from, households): (&i64, &i64)| Bar {
        from: *from,
        households: *households,
    };
    counts.iter().map(bar).collect()
}
