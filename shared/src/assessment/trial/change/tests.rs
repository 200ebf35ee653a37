use super::*;
use crate::assessment::household::{CareExempt, Involuntary, Maternity, Relief, ReliefKind};
use crate::figures;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn member(id: &str, born: &str, income: i64) -> Member {
    let mut member = Member::new(id, day(born));
    member.income.other_income = Yen(income);
    member
}

fn household(members: Vec<Member>) -> Household {
    let mut household = Household {
        members,
        ..Household::default()
    };
    household.members[0].head = true;
    household
}

fn explained(old: &Household, new: &Household) -> Change {
    let (last, this) = (
        figures::assessor("27100", FiscalYear(2025)).unwrap(),
        figures::assessor("27100", FiscalYear(2026)).unwrap(),
    );
    let assessed = |household, assessor: &Assessor| Assessed {
        household,
        total: assessor.assess(household).unwrap().premium.total,
    };
    let change = explain(assessed(old, &last), assessed(new, &this), 1, &this);
    let steps: Yen = change.steps.iter().map(|step| step.yen).sum();
    assert_eq!(change.before + steps, change.after);
    change
}

fn causes(change: &Change) -> Vec<Cause> {
    change.steps.iter().map(|step| step.cause).collect()
}

#[test]
fn with_the_same_people_and_incomes_only_the_rules_differ() {
    let same = household(vec![member("1", "1980-06-10", 2_000_000)]);
    assert_eq!(causes(&explained(&same, &same)), [Cause::Rules]);
}

#[test]
fn each_cause_costs_what_it_costs_and_names_its_people() {
    let old = household(vec![
        member("1", "1987-01-20", 2_000_000),
        member("2", "1990-03-03", 0),
    ]);
    let mut new = household(vec![
        member("1", "1987-01-20", 3_000_000),
        member("3", "2026-07-01", 0),
    ]);
    new.members[1].acquired_on = Some(day("2026-07-01"));
    let change = explained(&old, &new);
    assert_eq!(
        causes(&change),
        [Cause::Rules, Cause::Income, Cause::People]
    );
    let touched = |place: usize| {
        let people = change.steps[place].people.iter();
        people
            .map(|each| (each.id.as_str(), each.how, each.on))
            .collect::<Vec<_>>()
    };
    assert_eq!(touched(1), [("1", How::Income, None)]);
    // 40 in January: 介護分 from then on.
    let people = [
        ("1", How::Age, Some(day("2027-01-19"))),
        ("3", How::Joined, Some(day("2026-07-01"))),
        ("2", How::Left, None),
    ];
    assert_eq!(touched(2), people);
    assert!(
        change.sentence().starts_with("所得 +"),
        "{}",
        change.sentence()
    );
}

#[test]
fn a_relief_is_a_circumstance_and_last_years_goes_with_its_months() {
    let plain = household(vec![member("1", "1980-06-10", 2_000_000)]);
    let with = |from: &str, until: &str| {
        let mut household = plain.clone();
        household.reliefs = vec![Relief {
            kind: ReliefKind::Local,
            percent: 50,
            income_levy: true,
            per_capita: false,
            per_household: false,
            parts: Vec::new(),
            person: None,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        }];
        household
    };
    let (old, new) = (with("2025-06", "2026-03"), with("2026-06", "2027-03"));
    assert_eq!(causes(&explained(&old, &new)), [Cause::Rules]);
    assert_eq!(
        causes(&explained(&plain, &new)),
        [Cause::Rules, Cause::Circumstances]
    );
}

#[test]
fn every_circumstance_is_named_with_its_person_and_nobody_else() {
    let plain = || {
        household(vec![
            member("1", "1955-06-10", 900_000),
            member("2", "1981-03-03", 2_000_000),
        ])
    };
    let told: [fn(&mut Member); 4] = [
        |two| {
            two.income.salary_income = Yen(2_000_000);
            two.involuntary = Some(Involuntary {
                left_on: "2026-05-31".parse().unwrap(),
            });
        },
        |two| {
            two.maternity = Some(Maternity {
                expected_on: "2026-09-10".parse().unwrap(),
                multiple: false,
            });
        },
        |two| {
            two.care_exempt = Some(CareExempt {
                entered_on: "2026-06-15".parse().unwrap(),
                left_on: None,
            });
        },
        |two| two.former_dependant_since = "2026-04-01".parse().ok(),
    ];
    let days = ["2026-05-31", "2026-09-10", "2026-06-15", "2026-04-01"];
    for (place, tell) in told.into_iter().enumerate() {
        let (mut old, mut new) = (plain(), plain());
        tell(&mut new.members[1]);
        old.members[1].income = new.members[1].income;
        let change = explained(&old, &new);
        assert_eq!(
            causes(&change),
            [Cause::Rules, Cause::Circumstances],
            "{place}"
        );
        let people = &change.steps[1].people;
        assert_eq!(people.len(), 1, "{place}");
        assert_eq!(
            (people[0].id.as_str(), people[0].how),
            ("2", How::Circumstance)
        );
        assert_eq!(people[0].on, Some(day(days[place])), "{place}");
        let gone = explained(&new, &old);
        assert_eq!(gone.steps[1].people[0].on, None, "{place}");
    }
}

#[test]
fn a_step_without_an_amount_is_kept_while_it_names_somebody() {
    let old = household(vec![member("1", "1980-06-10", 0)]);
    let new = household(vec![member("1", "1980-06-10", 100_000)]);
    let change = explained(&old, &new);
    assert_eq!(causes(&change), [Cause::Rules, Cause::Income]);
    assert_eq!(change.steps[1].yen, Yen::ZERO);
    let names = [
        How::Income,
        How::Circumstance,
        How::Joined,
        How::Left,
        How::Months,
        How::Age,
    ];
    let names = names.map(How::name);
    assert_eq!(names, ["所得", "事情", "加入", "脱退", "加入月", "年齢"]);
}

#[test]
fn who_is_in_both_households_joins_or_leaves_with_the_months_insured() {
    let with = |insured: bool, lost: Option<&str>| {
        let mut two = member("2", "1981-03-03", 0);
        two.insured = insured;
        two.acquired_on = Some(day("2020-04-01"));
        two.lost_on = lost.map(day);
        household(vec![member("1", "1980-06-10", 2_000_000), two])
    };
    let (joined, left) = ("2020-04-01", "2026-09-01");
    let never = Some("2025-05-01");
    // (before, after, how it is named and from which day)
    let table = [
        (
            with(false, None),
            with(true, None),
            Some((How::Joined, joined)),
        ),
        (
            with(true, None),
            with(false, never),
            Some((How::Left, "2025-05-01")),
        ),
        (
            with(true, None),
            with(true, Some(left)),
            Some((How::Months, left)),
        ),
        (with(false, None), with(false, None), None),
        (with(true, None), with(true, None), None),
    ];
    for (old, new, how) in table {
        let change = explained(&old, &new);
        let step = change.steps.iter().find(|step| step.cause == Cause::People);
        let found = step.map(|step| {
            let [one] = &step.people[..] else {
                panic!("{step:?}");
            };
            assert_eq!(one.id, "2");
            (one.how, one.on)
        });
        assert_eq!(found, how.map(|(how, on)| (how, Some(day(on)))));
    }
}

#[test]
fn what_cannot_be_assessed_on_the_way_is_part_of_the_next_step() {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let new = household(vec![member("1", "1980-06-10", 2_000_000)]);
    let nobody = Household::default();
    let before = Assessed {
        household: &nobody,
        total: Yen(1_000),
    };
    let after = Assessed {
        household: &new,
        total: assessor.assess(&new).unwrap().premium.total,
    };
    let change = explain(before, after, 0, &assessor);
    assert_eq!(causes(&change), [Cause::People]);
    assert_eq!(change.steps[0].yen, after.total - Yen(1_000));
}
