//! Which branches of the rules a case went through, so that a run can show that it met all.

use kokuho_shared::api::estimate::{Answer, Estimate};
use kokuho_shared::assessment::household::{IncomeStatus, LossGround, Member, Reduction};
use kokuho_shared::explain::Code;
use std::collections::BTreeMap;

/// How often each branch was met.
pub type Branches = BTreeMap<String, u32>;

/// Adds the branches of one case.
pub fn branches(question: &Estimate, answer: &Answer, all: &mut Branches) {
    let mut met = |name: String| *all.entry(name).or_default() += 1;
    let test = &answer.test;
    met(match (question.inputs.reduction, test.tier_undetermined) {
        (Reduction::Given { tier }, _) => format!("tier given {tier}"),
        (Reduction::Judge, true) => "tier undetermined".into(),
        (Reduction::Judge, false) => format!("tier {}", test.tier),
    });
    met(format!("earners {}", test.earners.min(3)));
    let mut codes: Vec<Code> = answer.explanation.iter().map(|line| line.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
        .into_iter()
        .for_each(|code| met(format!("line {code:?}")));
    for line in answer
        .explanation
        .iter()
        .filter(|line| line.code == Code::SpecificHousehold)
    {
        met(format!(
            "specific household {} quarters",
            line.inputs.get("quarters").copied().unwrap_or(0)
        ));
    }
    for (part, each) in answer.parts.iter() {
        met(format!(
            "{part:?} {}",
            if each.months == 12 {
                "whole year"
            } else {
                "part of the year"
            }
        ));
    }
    if let Some(rounding) = &question.rounding {
        met(format!("{:?}", rounding.income_scope));
        met(format!("{:?}", rounding.income_mode));
        met(format!("{:?}", rounding.reduced_unit));
        met(format!("scope {:?}", rounding.part_scope));
        met(format!("part unit {}", rounding.part_unit));
    }
    if let Some(options) = &question.options {
        met(format!("{:?}", options.proration));
        met(format!("tier {:?}", options.involuntary_tier));
    }
    question
        .inputs
        .members
        .iter()
        .for_each(|member| of_member(member, &mut met));
}

fn of_member(member: &Member, met: &mut impl FnMut(String)) {
    met(match member.income_status {
        IncomeStatus::Known => "income known",
        IncomeStatus::Undeclared => "income undeclared",
        IncomeStatus::Unknown => "income unknown",
    }
    .into());
    let seen = [
        ("head not insured", member.head && !member.insured),
        ("former member", member.former_member),
        (
            "former member who left",
            member.former_member && member.left_household_on.is_some(),
        ),
        (
            "former member without work",
            member.former_member && member.involuntary.is_some(),
        ),
        ("acquired in the year", member.acquired_on.is_some()),
        (
            "lost by article 6",
            member.loss_ground == Some(LossGround::Art6),
        ),
        (
            "lost otherwise",
            member.loss_ground == Some(LossGround::Other),
        ),
        ("casualty loss", member.income.casualty_loss.0 > 0),
        (
            "transfer deduction",
            member.income.transfer_special_deduction.0 > 0,
        ),
        (
            "family pay deducted",
            member.income.family_pay_deducted.0 > 0,
        ),
        (
            "family pay received",
            member.income.family_pay_received.0 > 0,
        ),
        ("came back", !member.earlier_periods.is_empty()),
        ("involuntary", member.involuntary.is_some()),
        ("maternity", member.maternity.is_some()),
        ("former dependant", member.former_dependant_since.is_some()),
        ("care exempt", member.care_exempt.is_some()),
        ("own total income", member.income.total_income.is_some()),
    ];
    seen.into_iter()
        .filter(|(_, is)| *is)
        .for_each(|(name, _)| met(name.into()));
}
