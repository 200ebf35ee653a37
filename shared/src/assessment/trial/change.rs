//! 増減の理由: why a premium is another one than before, in steps that add up to the difference.
//!
//! The household of before is taken through the rules of now, then gets the incomes of now, then
//! the circumstances, and last its people and months: each step costs what it costs.

use crate::assessment::household::{Household, Member};
use crate::assessment::premium;
use crate::assessment::premium::months;
use crate::assessment::premium::workspace::Workspace;
use crate::assessment::result::Assessor;
use crate::assessment::rules::Rules;
use crate::calendar::{FiscalYear, Month, age_attained_on};
use crate::money::Yen;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// What a step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Cause {
    /// 料率・限度額・軽減の基準 of the year.
    #[strum(message = "料率・制度")]
    Rules,
    #[strum(message = "所得")]
    Income,
    /// 非自発的失業, 産前産後, 旧被扶養者.
    #[strum(message = "軽減・減免の事情")]
    Circumstances,
    /// 加入者, 加入月, 年齢.
    #[strum(message = "加入者・加入月・年齢")]
    People,
}

coded!(Cause, named);

/// What is different about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum How {
    Income,
    Circumstance,
    Joined,
    Left,
    Months,
    /// 40, 65 or 75, no longer 未就学児, or 18.
    Age,
}

impl How {
    pub fn name(self) -> &'static str {
        match self {
            How::Income => "所得",
            How::Circumstance => "事情",
            How::Joined => "加入",
            How::Left => "脱退",
            How::Months => "加入月",
            How::Age => "年齢",
        }
    }
}

/// A person whom a step concerns, by [`Member::id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Touched {
    pub id: String,
    pub how: How,
    /// The day from which it is so: 資格取得日, 資格喪失日, 離職日, 出産予定日, 入所日, or the day on which an
    /// age is reached. None of an income.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    pub cause: Cause,
    /// More (or less) premium through this step, a year.
    pub yen: Yen,
    pub people: Vec<Touched>,
}

/// The difference of two premiums: `before` + Σ `steps` = `after`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    pub before: Yen,
    pub after: Yen,
    pub steps: Vec<Step>,
}

impl Change {
    /// The reason in one line, the heaviest step first; steps without an amount are left out.
    pub fn told(&self) -> String {
        let mut steps: Vec<&Step> = self.steps.iter().collect();
        steps.retain(|step| step.yen != Yen::ZERO);
        steps.sort_by_key(|step| std::cmp::Reverse(step.yen.0.abs()));
        if steps.is_empty() {
            return "変わりません".to_owned();
        }
        let word = |step: &&Step| format!("{} {:+}円", step.cause.name(), step.yen.0);
        steps.iter().map(word).collect::<Vec<_>>().join("、")
    }
}

/// Explains a change. `years`: how many fiscal years lie between both; 0 within one.
/// `assessor` is that of `after`. Where a step in between cannot be assessed, its difference is
/// part of the next one.
pub fn explain(
    before: (&Household, Yen, i32),
    after: (&Household, Yen),
    assessor: &Assessor,
) -> Change {
    let ((old, old_total, years), (new, new_total)) = (before, after);
    let mut workspace = Workspace::default();
    let mut total = |household: &Household| {
        let premium = premium::assess_with(household, &assessor.rules, &mut workspace, &mut ());
        premium.ok().map(|premium| premium.total)
    };
    let shifted = shifted(old, years).unwrap_or_else(|| old.clone());
    let with_income = with(&shifted, new, |own, now| {
        own.income = now.income;
        own.income_status = now.income_status;
        own.fixed_asset_tax = now.fixed_asset_tax;
    });
    let mut with_all = with(&with_income, new, circumstances);
    with_all = with_all.with_reliefs(&new.reliefs);
    with_all.reduction = new.reduction;
    with_all.local_reductions = new.local_reductions;
    let stages = [
        (Cause::Rules, total(&shifted), Vec::new()),
        (
            Cause::Income,
            total(&with_income),
            touched(&shifted, new, income),
        ),
        (
            Cause::Circumstances,
            total(&with_all),
            touched(&shifted, new, circumstance),
        ),
        (
            Cause::People,
            Some(new_total),
            people(&shifted, new, assessor),
        ),
    ];
    let (mut standing, mut steps) = (old_total, Vec::new());
    for (cause, reached, people) in stages {
        let reached = reached.unwrap_or(standing);
        let yen = reached - standing;
        standing = reached;
        if yen != Yen::ZERO || (cause != Cause::Rules && !people.is_empty()) {
            steps.push(Step { cause, yen, people });
        }
    }
    Change {
        before: old_total,
        after: new_total,
        steps,
    }
}

fn circumstances(own: &mut Member, now: &Member) {
    own.involuntary = now.involuntary;
    own.maternity = now.maternity;
    own.former_dependant_since = now.former_dependant_since;
    own.care_exempt = now.care_exempt;
}

/// The household with what the same people are in the other one.
fn with(
    own: &Household,
    other: &Household,
    mut set: impl FnMut(&mut Member, &Member),
) -> Household {
    let mut own = own.clone();
    for member in &mut own.members {
        if let Some(now) = other.members.iter().find(|now| now.id == member.id) {
            set(member, now);
        }
    }
    own
}

fn touched(
    old: &Household,
    new: &Household,
    how: impl Fn(&Member, &Member) -> Option<(How, Option<NaiveDate>)>,
) -> Vec<Touched> {
    let mut found = Vec::new();
    for now in &new.members {
        let was = old.members.iter().find(|was| was.id == now.id);
        if let Some((how, on)) = was.and_then(|was| how(was, now)) {
            let id = now.id.clone();
            found.push(Touched { id, how, on });
        }
    }
    found
}

fn income(was: &Member, now: &Member) -> Option<(How, Option<NaiveDate>)> {
    let same = was.income == now.income
        && was.income_status == now.income_status
        && was.fixed_asset_tax == now.fixed_asset_tax;
    (!same).then_some((How::Income, None))
}

/// The first circumstance that is another one, with its day; one that is gone has none.
fn circumstance(was: &Member, now: &Member) -> Option<(How, Option<NaiveDate>)> {
    let days = [
        now.involuntary.map(|each| each.left_on),
        now.maternity.map(|each| each.expected_on),
        now.former_dependant_since,
        now.care_exempt.map(|stay| stay.entered_on),
    ];
    let differs = [
        was.involuntary != now.involuntary,
        was.maternity != now.maternity,
        was.former_dependant_since != now.former_dependant_since,
        was.care_exempt != now.care_exempt,
    ];
    let place = differs.iter().position(|differs| *differs)?;
    Some((How::Circumstance, days[place]))
}

/// The day of 資格 in the year that is another one: of the acquisition, or else of the loss.
fn period_day(was: &Member, now: &Member, year: FiscalYear) -> Option<NaiveDate> {
    let days = [
        (now.acquired_on, was.acquired_on),
        (now.lost_on, was.lost_on),
    ];
    let mut other = days.into_iter().filter(|(now, was)| now != was);
    other.find_map(|(now, _)| now.filter(|day| FiscalYear::of(*day) == year))
}

/// The day of the year on which the member reaches an age that changes the care part.
fn age_day(member: &Member, assessor: &Assessor) -> Option<NaiveDate> {
    let rules = &assessor.rules;
    let ages = [rules.ages.care_from, rules.ages.care_until];
    let day = |age: i32| age_attained_on(member.birth_date, u32::try_from(age).ok()?);
    let mut days = ages.into_iter().filter_map(day);
    days.find(|day| FiscalYear::of(*day) == rules.fiscal_year)
}

fn people(old: &Household, new: &Household, assessor: &Assessor) -> Vec<Touched> {
    let rules = &assessor.rules;
    let age = |member: &Member| {
        (
            months::care_by_age(member, rules),
            rules.is_preschool(member.birth_date),
            rules.is_child(member.birth_date),
        )
    };
    let mut found = touched(old, new, |was, now| {
        let (before, after) = (months::insured(was, rules), months::insured(now, rules));
        if before == 0 && after != 0 {
            Some((How::Joined, now.acquired_on))
        } else if before != 0 && after == 0 {
            Some((How::Left, now.lost_on))
        } else if after != 0 && age(was) != age(now) {
            Some((How::Age, age_day(now, assessor)))
        } else if before != after {
            Some((How::Months, period_day(was, now, rules.fiscal_year)))
        } else {
            None
        }
    });
    found.extend(only(new, old, How::Joined, rules));
    found.extend(only(old, new, How::Left, rules));
    found
}

/// Whoever was insured in one household and is not in the other. Who left may belong elsewhere now:
/// that day is not known here.
fn only(one: &Household, other: &Household, how: How, rules: &Rules) -> Vec<Touched> {
    let mut list = Vec::new();
    for member in &one.members {
        let known = other.members.iter().any(|known| known.id == member.id);
        if !known && months::insured(member, rules) != 0 {
            let (id, on) = (member.id.clone(), member.acquired_on);
            let on = on.filter(|_| how == How::Joined);
            list.push(Touched { id, how, on });
        }
    }
    list
}

/// The household with every day so many years later: everybody is as old as before.
fn shifted(household: &Household, years: i32) -> Option<Household> {
    if years == 0 {
        return Some(household.clone());
    }
    let later = |day: NaiveDate| {
        let months = Months::new(years.unsigned_abs() * 12);
        if years > 0 {
            day.checked_add_months(months)
        } else {
            day.checked_sub_months(months)
        }
    };
    let maybe = |day: Option<NaiveDate>| day.map_or(Some(None), |day| later(day).map(Some));
    let mut moved = household.clone();
    for relief in &mut moved.reliefs {
        relief.from = Month::of(later(relief.from.first_day())?);
        relief.until = Month::of(later(relief.until.first_day())?);
    }
    for member in &mut moved.members {
        member.birth_date = later(member.birth_date)?;
        member.acquired_on = maybe(member.acquired_on)?;
        member.lost_on = maybe(member.lost_on)?;
        member.left_household_on = maybe(member.left_household_on)?;
        member.former_dependant_since = maybe(member.former_dependant_since)?;
        member.specific_month = match member.specific_month {
            Some(month) => Some(Month::of(later(month.first_day())?)),
            None => None,
        };
        if let Some(involuntary) = &mut member.involuntary {
            involuntary.left_on = later(involuntary.left_on)?;
        }
        if let Some(maternity) = &mut member.maternity {
            maternity.expected_on = later(maternity.expected_on)?;
        }
        if let Some(stay) = &mut member.care_exempt {
            stay.entered_on = later(stay.entered_on)?;
            stay.left_on = maybe(stay.left_on)?;
        }
        for period in &mut member.earlier_periods {
            period.acquired_on = maybe(period.acquired_on)?;
            period.lost_on = later(period.lost_on)?;
        }
    }
    Some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::household::{CareExempt, Involuntary, Maternity, Relief, ReliefKind};

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
            Assessor::shipped("27100", 2025).unwrap(),
            Assessor::shipped("27100", 2026).unwrap(),
        );
        let before = last.assess(old).unwrap().premium.total;
        let after = this.assess(new).unwrap().premium.total;
        let change = explain((old, before, 1), (new, after), &this);
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
        assert!(change.told().starts_with("所得 +"), "{}", change.told());
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
        let assessor = Assessor::shipped("27100", 2026).unwrap();
        let new = household(vec![member("1", "1980-06-10", 2_000_000)]);
        let nobody = Household::default();
        let after = assessor.assess(&new).unwrap().premium.total;
        let change = explain((&nobody, Yen(1_000), 0), (&new, after), &assessor);
        assert_eq!(causes(&change), [Cause::People]);
        assert_eq!(change.steps[0].yen, after - Yen(1_000));
    }
}
