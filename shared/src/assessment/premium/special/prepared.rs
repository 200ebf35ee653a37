//! What a year with special months is calculated from: the tiers of the months, and what each payer
//! is besides.

use crate::assessment::household::{Household, Member};
use crate::assessment::income::figures::{IncomeForLevy, gross};
use crate::assessment::premium::months::{self, Months};
use crate::assessment::premium::tier::{self, TierTest};
use crate::assessment::premium::workspace::Workspace;
use crate::assessment::relief::reduction::{self, Granted, Line};
use crate::assessment::rules::Rules;
use crate::law::parameters::ByPart;
use crate::money::Yen;

/// What a payer is besides; parallel to the payers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Special {
    pub(super) involuntary: Months,
    /// Income and base in those months.
    pub(super) income: Yen,
    pub(super) base: IncomeForLevy,
    pub(super) maternity: Months,
    pub(super) dependant: bool,
    /// 旧被扶養者: months in which 均等割 and 平等割 are brought down.
    pub(super) brought_down: Months,
}

/// The household's year, used again for the next one.
#[derive(Debug, Default)]
pub(in crate::assessment) struct SpecialYear {
    pub(super) of_payers: Vec<Special>,
    /// Places of those liable in a month.
    pub(super) places: Vec<u16>,
    /// 軽減割合 of each month, per cent.
    pub(super) tiers: [u8; 12],
    pub(super) local: ByPart<Yen>,
    /// Sums of a year: twelve times what a person is free of, and in how many months.
    pub(super) free: Vec<(i128, u32)>,
    /// 減免 on application.
    pub(super) granted: Vec<Granted>,
    /// The lines of those liable in a month, for them to take from.
    pub(super) lines: Vec<[Line; 2]>,
}

/// Whether a member's facts ask for this calculation.
#[inline]
pub(in crate::assessment) fn concerns(member: &Member) -> bool {
    member.involuntary.is_some()
        || member.maternity.is_some()
        || member.former_dependant_since.is_some()
}

/// Finds the tiers of the months and what each payer is; returns the test of the first
/// charged month.
#[cold]
#[inline(never)]
pub(in crate::assessment) fn prepare(
    household: &Household,
    rules: &Rules,
    workspace: &mut Workspace,
) -> TierTest {
    let year = &mut workspace.special;
    year.local = household.local_reductions;
    reduction::prepare(household, rules, &mut year.granted);
    year.of_payers.clear();
    let mut changes = 0;
    for member in &household.members {
        let involuntary = months::involuntary(member, rules);
        changes |= involuntary ^ (involuntary << 1);
        if months::insured(member, rules) == 0 {
            continue;
        }
        year.of_payers.push(Special {
            involuntary,
            income: gross(member, true, rules),
            base: IncomeForLevy::of(member, true, rules),
            maternity: months::maternity(member, rules),
            dependant: member.former_dependant_since.is_some(),
            brought_down: months::former_dependant(member, rules),
        });
    }
    let all = workspace
        .payers
        .iter()
        .fold(0, |all, payer| all | payer.insured);
    let first = if all == 0 { 0 } else { all.trailing_zeros() };
    let mut test = tier::judge_in(household, rules, 0);
    let mut of_first = test;
    for (month, tier) in (0u32..).zip(&mut year.tiers) {
        // Only where somebody becomes or ceases to be one of 特例対象被保険者等.
        if month > 0 && changes & (1 << month) != 0 {
            test = tier::judge_in(household, rules, month);
        }
        *tier = test.tier;
        if month == first {
            of_first = test;
        }
    }
    of_first
}
