use super::*;
use crate::assessment::household::Member;
use crate::assessment::trial::outcome::MOST_YEN;
use crate::calendar::FiscalYear;
use crate::figures;
use crate::ids::HouseholdId;
use crate::law::parameters::MaternityCap;

fn city() -> Vec<Household> {
    let household = |number: i64| {
        let mut head = Member::new("1", "1980-06-10".parse().unwrap());
        head.head = true;
        head.income.other_income = Yen(number % 7 * 400_000);
        let child = Member::new("2", "2022-06-10".parse().unwrap());
        Household {
            members: vec![head, child],
            ..Household::default()
        }
    };
    (0..70).map(household).collect()
}

fn of_medical(parameters: &Parameters) -> PartRates {
    parameters.rates.medical.as_ref().unwrap().value
}

#[test]
fn the_same_rates_change_nothing_and_higher_ones_cost_everybody_with_income_more() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let (now, city) = (&assessor.rules, city());
    let mut trial = Trial {
        rates: now.rates,
        ..Trial::default()
    };
    let tried = |trial: &Trial| {
        let rules = trial.rules(&assessor.parameters).unwrap();
        let (mut one, mut two) = (Tally::default(), Tally::default());
        let mut workspace = Workspace::default();
        for (id, household) in (0..).zip(&city) {
            let tally = if id % 2 == 0 { &mut one } else { &mut two };
            tally.see(HouseholdId(id), household, now, &rules, &mut workspace);
        }
        one.add(two);
        one.outcome()
    };
    let same = tried(&trial);
    assert_eq!((same.same, same.before_total), (70, same.after_total));
    let mut medical = of_medical(&assessor.parameters);
    medical.income_rate = "0.1".parse().unwrap();
    trial.rates.set(Part::Medical, medical);
    let more = tried(&trial);
    // Of seven, the two without an income beyond the basic deduction pay the same.
    assert_eq!((more.more, more.same, more.less), (50, 20, 0));
    let added: i64 = more.parts.iter().map(|part| part.after - part.before).sum();
    assert_eq!(added, more.after_total - more.before_total);
    assert_eq!(more.most_more.len(), 20);
    assert!(more.most_more[0].change() >= more.most_more[19].change());
    trial.thresholds = Some(Thresholds {
        t50: 10_000_000,
        t20: 20_000_000,
    });
    assert_eq!(tried(&trial).tiers_after, [0, 0, 50, 20]);
}

#[test]
fn the_solved_rate_is_the_lowest_that_brings_the_sum_together_with_public_money() {
    let parameters = figures::assessor("27100", FiscalYear(2026))
        .unwrap()
        .parameters;
    let (city, rates) = (city(), of_medical(&parameters));
    let required = Yen(14_000_000);
    let solved = solve(&city, &parameters, Part::Medical, rates, required).unwrap();
    assert!(solved.reached && solved.compensated > Yen::ZERO);
    assert!(solved.levied + solved.compensated >= required);
    let below = solved.income_rate.parts_per_million() - RATE_STEP;
    let lower = PartRates {
        income_rate: Rate::from_parts_per_million(below).unwrap(),
        ..rates
    };
    let mut only = ByPart::default();
    only.set(Part::Medical, lower);
    let rules = Trial {
        rates: only,
        ..Trial::default()
    }
    .rules(&parameters)
    .unwrap();
    let total = |household: &Household| {
        let premium = premium::assess_with(household, &rules, &mut Workspace::default(), &mut ());
        premium.unwrap().total
    };
    let levied: Yen = city.iter().map(total).sum();
    assert!(levied + solved.compensated < required);
    let much = solve(&city, &parameters, Part::Medical, rates, Yen(1_000_000_000)).unwrap();
    assert!(!much.reached);
}

/// Households of every tier and size of change, more than a tally keeps.
fn many() -> Vec<Household> {
    let household = |number: i64| {
        let mut head = Member::new("1", "1980-06-10".parse().unwrap());
        head.head = true;
        head.income.other_income = Yen(number * 18_500);
        Household {
            members: vec![head],
            ..Household::default()
        }
    };
    let mut all: Vec<Household> = (0..800).map(household).collect();
    // Without a head they cannot be assessed.
    for place in [7, 9] {
        all[place].members[0].head = false;
    }
    all
}

#[test]
fn a_tally_counts_every_household_once_and_tells_the_largest_changes() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let mut trial = Trial {
        rates: assessor.rules.rates,
        ..Trial::default()
    };
    let mut medical = of_medical(&assessor.parameters);
    medical.income_rate = "0.08".parse().unwrap();
    medical.per_household = Yen(60_000);
    trial.rates.set(Part::Medical, medical);
    let after = trial.rules(&assessor.parameters).unwrap();
    let city = many();
    let mut workspace = Workspace::default();
    let mut tallies = [Tally::default(), Tally::default()];
    let mut expected: Vec<(HouseholdId, Premium, Premium)> = Vec::new();
    for (id, household) in (0..).zip(&city) {
        let tally = &mut tallies[usize::from(id % 3 == 0)];
        tally.see(
            HouseholdId(id),
            household,
            &assessor.rules,
            &after,
            &mut workspace,
        );
        let one = premium::assess(household, &assessor.rules);
        let two = premium::assess(household, &after);
        if let (Ok((one, _)), Ok((two, _))) = (one, two) {
            expected.push((HouseholdId(id), one, two));
        }
    }
    assert_eq!(tallies[0].seen() + tallies[1].seen(), 800);
    let [mut all, other] = tallies;
    all.add(other);
    assert_eq!(all.seen(), 800);
    let told = all.outcome();
    assert_eq!((told.households, told.not_assessed), (798, 2));
    let sum =
        |of: &dyn Fn(&(HouseholdId, Premium, Premium)) -> i64| expected.iter().map(of).sum::<i64>();
    assert_eq!(told.before_total, sum(&|each| each.1.total.0));
    assert_eq!(told.after_total, sum(&|each| each.2.total.0));
    for part in &told.parts {
        let of = |premium: &Premium| premium.parts.get(part.part).unwrap().amount.0;
        assert_eq!(part.before, sum(&|each| of(&each.1)));
        assert_eq!(part.after, sum(&|each| of(&each.2)));
    }
    for (tier, at) in [(0, 0), (20, 1), (50, 2), (70, 3)] {
        let count = |test: &dyn Fn(&(HouseholdId, Premium, Premium)) -> u8| {
            expected.iter().filter(|each| test(each) == tier).count() as i64
        };
        assert_eq!(told.tiers_before[at], count(&|each| each.1.test.tier));
        assert_eq!(told.tiers_after[at], count(&|each| each.2.test.tier));
        assert!(told.tiers_before[at] > 0);
    }
    let change = |each: &(HouseholdId, Premium, Premium)| each.2.total.0 - each.1.total.0;
    let count = |sign: i64| {
        let same = expected.iter().filter(|each| change(each).signum() == sign);
        same.count() as i64
    };
    assert_eq!(
        (told.more, told.same, told.less),
        (count(1), count(0), count(-1))
    );
    assert!(told.more > 100 && told.less > 200 && told.same > 0);
    let bars: i64 = told.changes.iter().map(|bar| bar.households).sum();
    assert_eq!(bars, 798);
    for bar in &told.changes {
        let inside = |each: &&(HouseholdId, Premium, Premium)| {
            (bar.from..bar.from + 10_000).contains(&change(each))
        };
        let count = expected.iter().filter(inside).count() as i64;
        assert_eq!(bar.households, count, "{}", bar.from);
    }
    expected.sort_by_key(|each| (change(each), each.0));
    let ids = |list: &[PremiumDifference]| -> Vec<HouseholdId> {
        list.iter().map(|each| each.household_id).collect()
    };
    let down: Vec<HouseholdId> = expected.iter().take(20).map(|each| each.0).collect();
    let up: Vec<HouseholdId> = expected.iter().rev().take(20).map(|each| each.0).collect();
    assert_eq!(ids(&told.most_less), down);
    assert_eq!(ids(&told.most_more), up);
}

#[test]
fn a_tally_keeps_no_more_than_it_needs_however_many_differ() {
    let differs = |id: HouseholdId| PremiumDifference {
        household_id: id,
        before: Yen(0),
        after: Yen(id.0 - 100),
    };
    let with = |count: i64| Tally {
        most: (1..=count).map(HouseholdId).map(differs).collect(),
        ..Tally::default()
    };
    // (kept when another one is added, differences there are)
    for (kept, count) in [(0, 0), (30, 30), (40, 40), (40, 41), (40, 90)] {
        let mut tally = with(count);
        tally.add(Tally::default());
        assert_eq!(tally.most.len(), kept, "{count}");
    }
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let mut trial = Trial {
        rates: assessor.rules.rates,
        ..Trial::default()
    };
    let mut medical = of_medical(&assessor.parameters);
    medical.per_household += Yen(60_000);
    trial.rates.set(Part::Medical, medical);
    let dear = trial.rules(&assessor.parameters).unwrap();
    // While they are seen, up to eight times what is told is kept.
    for (before, after) in [(27, 28), (28, 29), (100, 101), (159, 160), (160, 40)] {
        let (mut tally, household) = (with(before), &many()[200]);
        let (now, mut workspace) = (&assessor.rules, Workspace::default());
        tally.see(HouseholdId(1_000), household, now, &dear, &mut workspace);
        assert_eq!(tally.most.len(), after, "{before}");
    }
}

#[test]
fn changes_beyond_the_last_bar_are_counted_in_it() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let mut trial = Trial {
        rates: assessor.rules.rates,
        ..Trial::default()
    };
    let mut medical = of_medical(&assessor.parameters);
    medical.per_capita += Yen(300_000);
    trial.rates.set(Part::Medical, medical);
    let dear = trial.rules(&assessor.parameters).unwrap();
    let household = &many()[200];
    let bars = |before: &Rules, after: &Rules| {
        let mut tally = Tally::default();
        tally.see(
            HouseholdId(1),
            household,
            before,
            after,
            &mut Workspace::default(),
        );
        let changes = tally.outcome().changes;
        changes.iter().map(|bar| bar.from).collect::<Vec<_>>()
    };
    assert_eq!(bars(&assessor.rules, &dear), [200_000]);
    assert_eq!(bars(&dear, &assessor.rules), [-200_000]);
}

#[test]
fn a_trial_may_exceed_the_laws_caps_and_its_thresholds_are_bounded() {
    let parameters = figures::assessor("27100", FiscalYear(2026))
        .unwrap()
        .parameters;
    let mut medical = of_medical(&parameters);
    medical.cap = Yen(990_000);
    let mut trial = Trial::default();
    trial.rates.set(Part::Medical, medical);
    assert!(trial.rules(&parameters).is_ok());
    for (t50, t20, good) in [
        (0, MOST_YEN, true),
        (MOST_YEN, MOST_YEN, true),
        (1, 0, false),
        (-1, 0, false),
        (0, -1, false),
        (MOST_YEN + 1, 0, false),
        (0, MOST_YEN + 1, false),
    ] {
        trial.thresholds = Some(Thresholds { t50, t20 });
        assert_eq!(trial.rules(&parameters).is_ok(), good, "{t50} {t20}");
    }
}

#[test]
fn public_money_brings_back_what_reductions_children_and_births_take_off() {
    // A birth comes off the months, or off the year.
    for cap in [MaternityCap::ByMonth, MaternityCap::ByYear] {
        brings_back(cap);
    }
}

fn brings_back(cap: MaternityCap) {
    let mut parameters = figures::assessor("27100", FiscalYear(2026))
        .unwrap()
        .parameters;
    parameters.options.value.maternity_cap = cap;
    let mut city = city();
    city[0].members[0].maternity = Some(crate::assessment::household::Maternity {
        expected_on: "2026-09-10".parse().unwrap(),
        multiple: false,
    });
    let rates = of_medical(&parameters);
    let required = Yen(14_000_000);
    let solved = solve(&city, &parameters, Part::Medical, rates, required).unwrap();
    let mut only = ByPart::default();
    only.set(
        Part::Medical,
        PartRates {
            income_rate: Rate::ZERO,
            ..rates
        },
    );
    let trial = Trial {
        rates: only,
        ..Trial::default()
    };
    let rules = trial.rules(&parameters).unwrap();
    let units = |household: &Household| premium::assess(household, &rules).unwrap().0.total;
    let mut lost = Yen::ZERO;
    for household in &city {
        let mut plain = household.clone();
        plain.reduction = crate::assessment::household::Reduction::Given { tier: 0 };
        plain.members[0].maternity = None;
        plain.members[1].birth_date = "2015-06-10".parse().unwrap();
        lost += units(&plain) - units(household);
    }
    assert_eq!(solved.compensated, lost);
    assert!(solved.reached);
}
