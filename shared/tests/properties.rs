//! Properties that hold for every household, over random ones that reach every branch.

use kokuho_households::worked;
use kokuho_households::{Branches, branches, cases, estimate};
use kokuho_second as second;
use kokuho_shared::api::estimate::{Answer, Estimate};
use kokuho_shared::assessment::breakdown::{Breakdown, Item};
use kokuho_shared::assessment::household::{Household, IncomeStatus, Reduction};
use kokuho_shared::assessment::premium::workspace::Workspace;
use kokuho_shared::assessment::premium::{assess, assess_with};
use kokuho_shared::assessment::rules::Rules;
use kokuho_shared::explain::formula::{Language, formula};
use kokuho_shared::explain::{Code, Explanation, Line};
use kokuho_shared::figures;
use kokuho_shared::law::parameters::{
    ByPart, MaternityCap, Part, PartScope, Proration, ReducedUnit,
};
use kokuho_shared::money::Yen;

fn household(question: &Estimate) -> Household {
    Household {
        reduction: question.inputs.reduction,
        local_reductions: question.inputs.local_reductions,
        reliefs: question.inputs.reliefs.clone(),
        members: question.inputs.members.clone(),
    }
}

fn rules(question: &Estimate) -> Rules {
    let year = question.as_of.fiscal_year;
    match &question.municipality {
        Some(code) => Rules::of(&figures::parameters(code, year).unwrap()).unwrap(),
        None => {
            let national = figures::national(year).unwrap();
            let options = question.options.unwrap_or_default();
            Rules::inline(
                &national,
                question.rates.unwrap(),
                question.rounding.unwrap(),
                options,
            )
            .unwrap()
        }
    }
}

/// Runs a property over the ordinary or the long run's number of households.
fn each(mut property: impl FnMut(u32, &Estimate, &Answer)) {
    for number in 0..cases(20_000, 1_000_000) {
        let question = estimate(number);
        let answer = question
            .clone()
            .answer()
            .unwrap_or_else(|why| panic!("household {number}: {why}"));
        property(number, &question, &answer);
    }
}

#[test]
fn every_line_of_an_explanation_is_the_sum_of_the_lines_below_it_and_names_its_source() {
    each(|number, question, _| {
        let (premium, explanation): (_, Explanation) =
            assess(&household(question), &rules(question)).unwrap();
        assert_eq!(explanation.first_wrong_sum(), None, "household {number}");
        let first = explanation.lines.first().map_or(Yen::ZERO, |line| line.yen);
        assert_eq!(first, premium.total, "household {number}");
        for line in &explanation.lines {
            assert!(
                !line
                    .code
                    .article(line.part, question.as_of.fiscal_year)
                    .is_empty(),
                "{:?}",
                line.code
            );
            assert!(
                !line.code.parameter(line.part).is_empty(),
                "{:?}",
                line.code
            );
        }
    });
}

#[test]
fn the_blocks_of_every_period_make_the_parts_and_the_parts_the_total() {
    each(|number, question, _| {
        let (premium, explanation) = assess(&household(question), &rules(question)).unwrap();
        let breakdown = Breakdown::of(&explanation);
        assert_eq!(breakdown.contradiction(), None, "household {number}");
        assert_eq!(breakdown.total, premium.total, "household {number}");
        for (part, each) in premium.parts.iter() {
            let blocks = breakdown.parts.get(part).map_or(&[][..], |sum| &sum.blocks);
            let months = blocks.iter().fold(0, |all, block| {
                assert_eq!(all & block.months, 0, "household {number}: a month twice");
                all | block.months
            });
            assert_eq!(months.count_ones(), each.months, "household {number}");
        }
        let charged = breakdown.charged();
        let sum: Yen = charged.iter().map(|each| each.yen).sum();
        assert_eq!(
            sum + breakdown.rounding,
            breakdown.total,
            "household {number}"
        );
        let rests = charged.iter().filter(|each| each.item == Item::Rests);
        let most = i64::try_from(question.inputs.members.len()).unwrap() + 2;
        for each in rests {
            assert!(
                (0..most).contains(&each.yen.0),
                "household {number}: {each:?}"
            );
        }
    });
}

#[test]
fn every_formula_that_is_told_works_out_to_what_it_says() {
    each(|number, question, _| {
        let (_, explanation) = assess(&household(question), &rules(question)).unwrap();
        for line in &explanation.lines {
            for language in [Language::Japanese, Language::English] {
                let text = formula(line, language);
                if let Some(wrong) = worked::first_wrong(&text) {
                    panic!("household {number}: {text}: {wrong} in {line:?}");
                }
            }
            if let [.., told] = worked::results(&formula(line, Language::Japanese))[..] {
                assert_told(number, line, told);
            }
        }
    });
}

/// What a formula ends in is the line's amount, what is left of it, or the amount after it.
fn assert_told(number: u32, line: &Line, told: i64) {
    let of_line = [line.yen.0, -line.yen.0].map(|yen| yen * 10_000);
    let left = match line.code {
        Code::Reduction | Code::PreschoolHalf | Code::ChildExempt => {
            (line.inputs[0] + line.yen.0) * 10_000
        }
        Code::MonthsCut => (line.inputs[0] + line.yen.0) * 10_000,
        _ => of_line[0],
    };
    assert!(
        of_line.contains(&told) || told == left || line.code == Code::Fraction,
        "household {number}: {told} of {line:?}"
    );
}

#[test]
fn the_parts_make_the_total_and_no_part_exceeds_its_share_of_the_cap() {
    each(|number, question, answer| {
        let rules = rules(question);
        let sum: Yen = answer.parts.iter().map(|(_, part)| part.amount).sum();
        assert_eq!(
            Yen(sum.0 - sum.0 % rules.rounding.total_unit),
            answer.total,
            "household {number}"
        );
        for (part, each) in answer.parts.iter() {
            let cap = rules.rates.get(part).unwrap().cap;
            let months = match rules.options.proration {
                Proration::MonthState => i64::from(each.months),
                // The cap of the year stands, however few the months are.
                Proration::PerComponent => 12,
            };
            let highest = cap.0 * months / 12;
            assert!(
                (0..=highest).contains(&each.amount.0),
                "household {number}: {part:?} {}",
                each.amount.0
            );
        }
    });
}

#[test]
fn instalments_make_the_total_of_the_year() {
    each(|number, question, answer| {
        if question.municipality.is_some() {
            let sum: Yen = answer.instalments.iter().map(|each| each.amount).sum();
            assert_eq!(sum, answer.total, "household {number}");
        }
    });
}

/// 減免 comes off what the cap has left: it takes from the whole line, also the part that the cap
/// had cut. So more income can then mean less to pay.
fn relieved_after_the_cap(question: &Estimate) -> bool {
    let mut members = question.inputs.members.iter();
    !question.inputs.reliefs.is_empty()
        || members.any(|member| member.former_dependant_since.is_some())
}

#[test]
fn more_income_never_means_less_to_pay_unless_somebody_becomes_a_second_earner() {
    each(|number, question, answer| {
        if relieved_after_the_cap(question) {
            return;
        }
        let mut richer = question.clone();
        // Other income makes nobody an earner, so the thresholds stay where they are.
        richer.inputs.members[0].income.other_income += Yen(i64::from(number % 977) * 1_013);
        if let Some(total) = &mut richer.inputs.members[0].income.total_income {
            *total += Yen(i64::from(number % 977) * 1_013);
        }
        let after = richer.answer().unwrap();
        // What a birth frees somebody of is cut to the yen by itself, part by part.
        let births = question
            .inputs
            .members
            .iter()
            .filter(|member| member.maternity.is_some());
        let unit = question
            .rounding
            .map_or(1, |rules| rules.part_unit.max(rules.total_unit));
        let slack = Yen(4 * unit * i64::try_from(births.count()).unwrap());
        assert!(
            after.total + slack >= answer.total,
            "household {number}: {} then {}",
            answer.total.0,
            after.total.0
        );
        assert!(
            after.test.tier <= answer.test.tier || answer.test.tier_undetermined,
            "household {number}"
        );
    });
}

#[test]
fn a_reduction_never_raises_a_premium() {
    each(|number, question, _| {
        if relieved_after_the_cap(question) {
            return;
        }
        let given = |tier| {
            let mut with = question.clone();
            with.inputs.reduction = Reduction::Given { tier };
            with.answer().unwrap().total
        };
        let totals = [0, 20, 50, 70].map(given);
        assert!(
            totals.is_sorted_by(|more, less| more >= less),
            "household {number}: {totals:?}"
        );
    });
}

#[test]
fn the_way_for_special_months_gives_what_the_short_way_gives() {
    each(|number, question, answer| {
        let mut long = question.clone();
        // A reduction of nothing takes the general way.
        let none = long.inputs.local_reductions.medical.unwrap_or_default();
        long.inputs.local_reductions.set(Part::Medical, none);
        assert!(&long.answer().unwrap() == answer, "household {number}");
    });
}

#[test]
fn a_birth_a_lost_job_or_lost_dependence_never_raises_a_premium() {
    each(|number, question, answer| {
        let judged =
            question.inputs.reduction == Reduction::Judge && !answer.test.tier_undetermined;
        if !judged || rules(question).options.maternity_cap == MaternityCap::ByYear {
            return;
        }
        let mut without = question.clone();
        for member in &mut without.inputs.members {
            (member.involuntary, member.maternity) = (None, None);
            member.former_dependant_since = None;
        }
        without.inputs.reliefs.clear();
        without.inputs.local_reductions = ByPart::default();
        let before = without.answer().unwrap().total;
        // The components of a year are cut to another unit than its months.
        let unit = question
            .rounding
            .map_or(1, |rules| rules.proration_unit.max(rules.part_unit));
        assert!(
            answer.total.0 < before.0 + 4 * unit,
            "household {number}: {} without, {} with",
            before.0,
            answer.total.0
        );
    });
}

#[test]
fn a_relief_on_application_never_raises_a_premium_and_more_of_it_never_takes_less() {
    each(|number, question, answer| {
        if question.inputs.reliefs.is_empty() {
            return;
        }
        let mut without = question.clone();
        without.inputs.reliefs.clear();
        let mut whole = question.clone();
        for relief in &mut whole.inputs.reliefs {
            relief.percent = 100;
        }
        let total = |question: &Estimate| question.clone().answer().unwrap().total;
        let (most, least) = (total(&without), total(&whole));
        assert!(
            least <= answer.total && answer.total <= most,
            "household {number}: {least:?} {:?} {most:?}",
            answer.total
        );
    });
}

#[test]
fn an_income_that_is_not_known_gives_no_reduction_and_no_levy_on_it() {
    each(|number, question, _| {
        let mut unknown = question.clone();
        unknown.inputs.reduction = Reduction::Judge;
        unknown
            .inputs
            .members
            .iter_mut()
            .for_each(|member| member.income_status = IncomeStatus::Unknown);
        let answer = unknown.answer().unwrap();
        assert!(
            answer.test.tier_undetermined && answer.test.tier == 0,
            "household {number}"
        );
        for (part, each) in answer.parts.iter() {
            assert_eq!(each.income_levy, Yen::ZERO, "household {number}: {part:?}");
        }
    });
}

#[test]
fn a_change_and_its_reversal_leave_the_same_premium() {
    each(|number, question, answer| {
        let mut changed = question.clone();
        changed.inputs.members[0].income.other_income += Yen(1_000);
        changed.inputs.members[0].income.other_income -= Yen(1_000);
        assert_eq!(&changed.answer().unwrap(), answer, "household {number}");
    });
}

#[test]
fn the_amounts_do_not_depend_on_whether_somebody_listens_or_on_what_was_assessed_before() {
    let mut workspace = Workspace::default();
    each(|number, question, answer| {
        let premium = assess_with(
            &household(question),
            &rules(question),
            &mut workspace,
            &mut (),
        )
        .unwrap();
        assert_eq!(
            (premium.total, premium.test),
            (answer.total, answer.test),
            "household {number}"
        );
    });
}

#[test]
fn the_second_calculation_agrees_on_every_household() {
    for number in 0..cases(20_000, 10_000_000) {
        let question = estimate(number);
        let rules = rules(&question);
        let national = figures::national(question.as_of.fiscal_year).unwrap();
        let twice = second::premium(
            &household(&question),
            &national,
            &rules.rates,
            &rules.rounding,
            &rules.options,
        );
        let once = question.answer().unwrap();
        let of = |part| once.parts.get(part).map_or(Yen::ZERO, |part| part.amount);
        let difference = twice.unwrap().difference(once.total, of);
        assert_eq!(difference, None, "household {number}");
    }
}

#[test]
fn the_households_reach_every_branch_at_least_once_in_a_hundred() {
    let count = cases(20_000, 100_000);
    let mut met = Branches::new();
    for number in 0..count {
        let question = estimate(number);
        branches(&question, &question.clone().answer().unwrap(), &mut met);
    }
    show(&met);
    let rare: Vec<_> = met
        .iter()
        .filter(|(_, times)| **times < count / 100)
        .collect();
    assert!(rare.is_empty(), "too rare: {rare:?}");
    for name in EVERY {
        assert!(met.contains_key(*name), "never met: {name}");
    }
}

/// Hits of every branch, also where the test runner keeps what tests print.
fn show(met: &Branches) {
    use std::io::Write;
    let hits: Vec<String> = met
        .iter()
        .map(|(name, times)| format!("{name} {times}"))
        .collect();
    let mut text = String::from("\nhits of each branch:\n");
    for line in hits.chunks(5) {
        text.push_str(&format!("  {}\n", line.join(", ")));
    }
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// Branches that must be met, whatever else is.
const EVERY: &[&str] = &[
    "tier 0",
    "tier 20",
    "tier 50",
    "tier 70",
    "tier undetermined",
    "line CapCut",
    "line PreschoolHalf",
    "line ChildExempt",
    "line AdultPerCapita",
    "line Fraction",
    "line MonthsCut",
    "line MonthsFraction",
    "line ProrationRounding",
    "line TotalRounding",
    "line AssetLevy",
    "specific household 2 quarters",
    "specific household 3 quarters",
    "Care part of the year",
    "Child whole year",
    "head not insured",
    "former member",
    "former member who left",
    "former member without work",
    "lost by article 6",
    "came back",
    "involuntary",
    "maternity",
    "former dependant",
    "care exempt",
    "line IncomeLevyOfInvoluntary",
    "line LocalReduction",
    "line MaternityRelief",
    "line FormerDependantRelief",
    "line GrantedRelief",
    "casualty loss",
    "transfer deduction",
    "family pay deducted",
    "family pay received",
    "income undeclared",
    "income unknown",
];

#[test]
fn rounding_to_the_person_or_the_household_differs_by_less_than_a_yen_a_person() {
    each(|number, question, answer| {
        let (Some(rounding), true) = (
            question.rounding,
            question.inputs.members.iter().all(|m| m.lost_on.is_none()),
        ) else {
            return;
        };
        if rounding.part_scope == PartScope::Person
            || rounding.part_unit != 1
            || rounding.total_unit != 1
            || rounding.proration_unit != 1
        {
            return;
        }
        if !matches!(
            rounding.reduced_unit,
            ReducedUnit::FloorPerson | ReducedUnit::Exact
        ) {
            return;
        }
        let mut other = question.clone();
        if let Some(rounding) = &mut other.rounding {
            rounding.reduced_unit = match rounding.reduced_unit {
                ReducedUnit::FloorPerson => ReducedUnit::Exact,
                _ => ReducedUnit::FloorPerson,
            };
        }
        let other = other.answer().unwrap();
        for part in Part::ALL {
            let (Some(one), Some(two)) = (answer.parts.get(part), other.parts.get(part)) else {
                continue;
            };
            let apart = (one.amount.0 - two.amount.0).abs();
            let most = 3 * (i64::try_from(question.inputs.members.len()).unwrap() + 1);
            assert!(
                apart <= most,
                "household {number}: {part:?} {apart} yen apart"
            );
        }
    });
}
