//! 保険料の年額 (令29条の7) of one household and fiscal year.

pub(in crate::assessment) mod check;
pub mod circumstances;
pub mod months;
pub(in crate::assessment) mod payer;
pub(in crate::assessment) mod special;
pub(in crate::assessment) mod state;
pub mod tier;
pub(in crate::assessment) mod units;
pub mod workspace;

use crate::assessment::error::AssessmentError;
use crate::assessment::household::Household;
use crate::assessment::income::figures::{IncomeForLevy, deduction, gross};
use crate::assessment::outcome::PartResult;
use crate::assessment::outcome::Premium;
use crate::assessment::premium::months::SpecificSearch;
use crate::assessment::premium::payer::Payer;
use crate::assessment::premium::workspace::Workspace;
use crate::assessment::rules::Rules;
use crate::explain::{Code, Explanation, Listen, Writer};
use crate::law::parameters::{ByPart, Part, Proration};
use crate::money::{Rounding, Yen};

/// Assesses a household and explains it.
pub fn assess(
    household: &Household,
    rules: &Rules,
) -> Result<(Premium, Explanation), AssessmentError> {
    let mut writer = Writer::default();
    let premium = assess_with(household, rules, &mut Workspace::default(), &mut writer)?;
    Ok((premium, writer.explanation))
}

/// Assesses a household, telling `listener` each step. With `()` as listener and a workspace
/// that has been used before, no memory is allocated.
pub fn assess_with<L: Listen>(
    household: &Household,
    rules: &Rules,
    workspace: &mut Workspace,
    listener: &mut L,
) -> Result<Premium, AssessmentError> {
    check::check(household, rules)?;
    workspace.payers.clear();
    let mut special = rules.options.proration == Proration::PerComponent;
    let mut specific = SpecificSearch::default();
    for (index, member) in household.members.iter().enumerate() {
        let insured = months::insured(member, rules);
        specific.see(member, insured, rules);
        special |= special::concerns(member);
        if insured != 0 {
            workspace.payers.push(Payer {
                index: u16::try_from(index).map_err(|_| AssessmentError::OutOfRange)?,
                income: gross(member, false, rules),
                deduction: deduction(member, rules),
                base: IncomeForLevy::of(member, false, rules),
                fixed_asset_tax: member.fixed_asset_tax,
                insured,
                care: months::care(member, rules),
                preschool: rules.is_preschool(member.birth_date),
                child: rules.is_child(member.birth_date),
                involuntary: false,
            });
        }
    }
    workspace.specific = specific.found();
    special |= !household.reliefs.is_empty();
    special |= household.local_reductions.iter().next().is_some();
    let test = if special {
        special::prepare(household, rules, workspace)
    } else {
        tier::judge(household, rules, |_| false)
    };
    let total_line = listener.open(Code::Total, None, None);
    let mut parts = ByPart::default();
    let mut sum = Yen::ZERO;
    for part in Part::ALL {
        if rules.rates.get(part).is_some() {
            let result = if special {
                special::of_part(part, rules, workspace, listener)?
            } else {
                of_part(part, rules, i64::from(test.tier), workspace, listener)?
            };
            sum += result.amount;
            parts.set(part, result);
        }
    }
    let total = Rounding::FloorTo(rules.rounding.total_unit).apply(sum);
    listener.leaf(
        Code::TotalRounding,
        None,
        None,
        total - sum,
        &[rules.rounding.total_unit],
    );
    listener.close(total_line, total, &[]);
    Ok(Premium { test, parts, total })
}

/// Position and own 所得割 of every member who is liable in the first month of the part.
pub fn own_levies(household: &Household, rules: &Rules, part: Part) -> Vec<(usize, Yen)> {
    let members = || household.members.iter().enumerate();
    let months = |member| match part {
        Part::Care => months::insured(member, rules) & months::care(member, rules),
        _ => months::insured(member, rules),
    };
    let all = members().fold(0, |all, (_, member)| all | months(member));
    let first = all & all.wrapping_neg();
    let liable = members().filter(|(_, member)| months(member) & first != 0);
    let levies = liable.filter_map(|(index, member)| {
        let involuntary = months::involuntary(member, rules) & first != 0;
        let base = IncomeForLevy::of(member, involuntary, rules);
        state::own_levy(part, rules, base).map(|levy| (index, levy))
    });
    levies.collect()
}

/// 月割: a twelfth of each month's state; months with the same people are one state.
#[inline(always)]
fn of_part<L: Listen>(
    part: Part,
    rules: &Rules,
    tier: i64,
    workspace: &mut Workspace,
    listener: &mut L,
) -> Result<PartResult, AssessmentError> {
    let Workspace {
        payers,
        liable,
        specific,
        ..
    } = workspace;
    let mut rest = payers
        .iter()
        .fold(0, |months, payer| months | payer.months(part));
    let mut result = PartResult {
        months: rest.count_ones(),
        ..PartResult::default()
    };
    if rest == 0 {
        return Ok(result);
    }
    let together = together(payers, part);
    let line = listener.open(Code::Part, Some(part), None);
    let (mut twelfths, mut shown, mut first) = (0, Yen::ZERO, true);
    let mut rests = 0;
    while rest != 0 {
        let month = rest.trailing_zeros();
        let here = |payer: &Payer| payer.months(part) & (1 << month) != 0;
        let share = state::share_in(*specific, month);
        let mut same = rest & state::months_with(share, *specific);
        if !together {
            liable.clear();
            for payer in payers.iter() {
                let own = payer.months(part);
                same &= if here(payer) { own } else { !own };
                if here(payer) {
                    liable.push(*payer);
                }
            }
        }
        let liable: &[Payer] = if together { payers } else { liable };
        let count = i64::from(same.count_ones());
        let state_line = listener.open(Code::State, Some(part), None);
        let lines = state::annual(part, rules, tier, share, liable, listener)
            .ok_or(AssessmentError::OutOfRange)?;
        let annual = lines.amount;
        let of_months = Yen(annual.0 * count / 12);
        listener.leaf(
            Code::MonthsCut,
            Some(part),
            None,
            of_months - annual,
            &[annual.0, count],
        );
        let left = (annual.0 * count - of_months.0 * 12) * units::EXACT;
        rests += left;
        let inputs = [annual.0, count, i64::from(same), left];
        listener.close(state_line, of_months, &inputs);
        twelfths += annual.0 * count;
        shown += of_months;
        if first {
            (result.income_levy, result.per_capita) = (lines.income_levy, lines.per_capita);
            (result.per_household, result.subtotal) = (lines.per_household, lines.subtotal);
            result.asset_levy = lines.asset_levy;
            first = false;
        }
        rest &= !same;
    }
    let whole = Yen(twelfths / 12);
    listener.leaf(
        Code::MonthsFraction,
        Some(part),
        None,
        whole - shown,
        &[rests],
    );
    result.amount = Rounding::FloorTo(rules.rounding.proration_unit).apply(whole);
    let cut = result.amount - whole;
    listener.leaf(
        Code::ProrationRounding,
        Some(part),
        None,
        cut,
        &[rules.rounding.proration_unit],
    );
    listener.close(line, result.amount, &[i64::from(result.months)]);
    Ok(result)
}

/// Whether everybody's months are the same; then there is one state and nobody to leave out.
fn together(payers: &[Payer], part: Part) -> bool {
    let mut months = payers.iter().map(|payer| payer.months(part));
    let first = months.next();
    months.all(|own| Some(own) == first)
}
