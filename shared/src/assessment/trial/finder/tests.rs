use super::*;
use crate::calendar::FiscalYear;
use crate::figures;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn household(member: Member) -> Household {
    Household {
        members: vec![Member {
            head: true,
            ..member
        }],
        ..Household::default()
    }
}

fn found(household: &Household) -> Vec<Candidate> {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let rules = figures::relief_rules().unwrap();
    let today = day("2026-09-10");
    find(household, &assessor, &rules.of("27100", today), today)
}

#[test]
fn whoever_works_may_lose_the_job_and_a_missing_table_is_named() {
    let mut worker = Member::new("1", day("1980-05-01"));
    worker.income.salary_income = Yen(3_000_000);
    worker.income.salary_receipts = Some(Yen(4_200_000));
    let found = found(&household(worker));
    let names: Vec<&What> = found.iter().map(|candidate| &candidate.what).collect();
    let rule = |id: &str| What::Rule { id: id.into() };
    assert_eq!(
        names,
        [
            &What::Involuntary,
            &What::Maternity,
            &rule("detention"),
            &rule("income_fall"),
            &rule("disaster")
        ]
    );
    assert!(found.windows(2).all(|pair| pair[0].saves >= pair[1].saves));
    assert!(found[3].note.contains("表が登録されていない"));
}

#[test]
fn an_undeclared_income_is_the_first_thing_to_mend() {
    let mut member = Member::new("1", day("1950-05-01"));
    member.birth_date = day("1958-05-01");
    member.income_status = IncomeStatus::Undeclared;
    let found = found(&household(member));
    assert_eq!(found[0].what, What::Declare);
    // 92,775 of 平等割 and 均等割, 27,830 of it with 7割.
    assert_eq!(found[0].saves, Some(Yen(64_945)));
}

#[test]
fn what_is_granted_already_is_offered_again_only_where_months_are_looked_at_one_by_one() {
    let mut worker = household(Member::new("1", day("1962-05-01")));
    let rules = figures::relief_rules().unwrap();
    let (from, until) = ("2026-09".parse().unwrap(), "2026-10".parse().unwrap());
    let of = |id: &str| rules.rule.iter().find(|rule| rule.id == id).unwrap();
    worker.reliefs = vec![
        granted(of("detention"), 100, Some("1".into()), from, until),
        granted(of("disaster"), 50, None, from, until),
    ];
    let offered = found(&worker);
    let has = |id: &str| {
        let wanted = What::Rule { id: id.into() };
        offered.iter().any(|each| each.what == wanted)
    };
    assert!(has("detention") && !has("disaster"), "{offered:?}");
}

#[test]
fn who_joined_within_the_year_is_offered_the_months_since() {
    let mut worker = Member::new("1", day("1980-05-01"));
    worker.acquired_on = Some(day("2026-08-01"));
    let offered = found(&household(worker));
    let detention = offered.iter().find(|each| {
        each.what
            == What::Rule {
                id: "detention".into(),
            }
    });
    assert!(detention.unwrap().saves.unwrap() > Yen::ZERO, "{offered:?}");
}

fn on(household: &Household, today: &str, rules: &[&ReliefRule]) -> Vec<Candidate> {
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    find(household, &assessor, rules, day(today))
}

fn offers(household: &Household, what: &What) -> bool {
    on(household, "2026-09-10", &[])
        .iter()
        .any(|each| each.what == *what)
}

fn paid(birth: &str) -> Member {
    let mut member = Member::new("1", day(birth));
    member.income.salary_income = Yen(3_000_000);
    member.income.salary_receipts = Some(Yen(4_200_000));
    member
}

#[test]
fn a_declaration_is_asked_of_the_one_who_has_not_made_it() {
    let mut two = Member::new("2", day("1982-05-01"));
    two.income_status = IncomeStatus::Undeclared;
    let mut former = Member::new("3", day("1948-05-01"));
    (former.insured, former.former_member) = (false, true);
    former.specific_month = "2025-06".parse().ok();
    former.income_status = IncomeStatus::Undeclared;
    let mut household = household(Member::new("1", day("1980-05-01")));
    household.members.extend([two, former]);
    // The reduction stays unjudged while the former member's income is not known: nothing is saved.
    let search = on(&household, "2026-09-10", &[]);
    let declare = search.iter().find(|each| each.what == What::Declare);
    assert_eq!(declare.unwrap().person.as_deref(), Some("2"));
    household.members[0].income_status = IncomeStatus::Undeclared;
    household.members[0].insured = false;
    let search = on(&household, "2026-09-10", &[]);
    let declare = search.iter().find(|each| each.what == What::Declare);
    assert_eq!(declare.unwrap().person, None);
}

#[test]
fn a_relief_needs_the_declaration_before_its_evidence() {
    let mut household = household(paid("1980-05-01"));
    let needs = |household: &Household| {
        let found = found(household);
        let rule = found
            .into_iter()
            .find(|each| matches!(each.what, What::Rule { .. }));
        rule.unwrap().needs
    };
    let before = needs(&household);
    assert!(!before.is_empty());
    household.members[0].income_status = IncomeStatus::Undeclared;
    let after = needs(&household);
    assert!(after[0].starts_with("所得の申告"), "{after:?}");
    assert_eq!(after[1..], before);
}

#[test]
fn a_lost_job_is_offered_once_and_a_birth_between_15_and_49() {
    let mut worker = household(paid("1980-05-01"));
    assert!(offers(&worker, &What::Involuntary));
    worker.members[0].involuntary = Some(Involuntary {
        left_on: day("2027-03-01"),
    });
    assert!(!offers(&worker, &What::Involuntary));
    let birth = |born: &str| offers(&household(paid(born)), &What::Maternity);
    let ages = [
        ("2011-09-11", true),
        ("2011-09-12", false),
        ("1976-09-12", true),
        ("1976-09-11", false),
    ];
    for (born, offered) in ages {
        assert_eq!(birth(born), offered, "{born}");
    }
    let mut mother = household(paid("1990-05-01"));
    mother.members[0].maternity = Some(Maternity {
        expected_on: day("2026-04-10"),
        multiple: false,
    });
    assert!(!offers(&mother, &What::Maternity));
    // Who is not insured in the months around the birth would save nothing.
    let mut gone = household(paid("1990-05-01"));
    gone.members[0].lost_on = Some(day("2026-06-02"));
    assert!(!offers(&gone, &What::Maternity));
}

#[test]
fn who_joined_at_65_to_74_may_have_been_somebodys_dependant() {
    let mut joined = household(paid("1959-05-01"));
    assert!(!offers(&joined, &What::FormerDependant));
    joined.members[0].acquired_on = Some(day("2026-08-01"));
    assert!(offers(&joined, &What::FormerDependant));
    joined.members[0].former_dependant_since = Some(day("2020-08-01"));
    assert!(!offers(&joined, &What::FormerDependant));
    let mut young = household(paid("1980-05-01"));
    young.members[0].acquired_on = Some(day("2026-08-01"));
    assert!(!offers(&young, &What::FormerDependant));
}

#[test]
fn a_rule_is_offered_to_the_last_month_and_beside_other_reliefs_and_the_unknown_comes_last() {
    let rules = figures::relief_rules().unwrap();
    let of = |id: &str| {
        let mut rule = rules.rule.iter().find(|rule| rule.id == id);
        rule.take().unwrap().clone()
    };
    let mut half = of("income_fall");
    (half.fixed, half.bands) = (Some(50), Vec::new());
    let unknown = of("disaster");
    let mut poor = household(Member::new("1", day("1980-05-01")));
    let names = |household: &Household, today: &str| -> Vec<(String, Option<Yen>)> {
        let found = on(household, today, &[&unknown, &half]);
        let rules = found.into_iter().filter_map(|each| match each.what {
            What::Rule { id } => Some((id, each.saves)),
            _ => None,
        });
        rules.collect()
    };
    let both = [
        ("income_fall".to_owned(), Some(Yen::ZERO)),
        ("disaster".to_owned(), None),
    ];
    assert_eq!(names(&poor, "2026-09-10"), both);
    assert_eq!(names(&poor, "2027-03-31"), both);
    assert_eq!(names(&poor, "2027-04-01"), []);
    // Another kind with the same lines is another relief.
    let (from, until) = ("2026-09".parse().unwrap(), "2026-10".parse().unwrap());
    let mut other = half.clone();
    other.kind = crate::assessment::household::ReliefKind::Local;
    poor.reliefs = vec![granted(&other, 50, None, from, until)];
    assert_eq!(names(&poor, "2026-09-10"), both);
    poor.reliefs = vec![granted(&half, 50, None, from, until)];
    assert_eq!(names(&poor, "2026-09-10"), both[1..]);
}
