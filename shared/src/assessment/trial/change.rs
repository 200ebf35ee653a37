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
    pub fn sentence(&self) -> String {
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

/// A household and the premium that was assessed for it.
#[derive(Clone, Copy, Debug)]
pub struct Assessed<'a> {
    pub household: &'a Household,
    pub total: Yen,
}

/// Explains a change. `years`: how many fiscal years lie between both; 0 within one.
/// `assessor` is that of `after`. Where a step in between cannot be assessed, its difference is
/// part of the next one.
pub fn explain(
    before: Assessed<'_>,
    after: Assessed<'_>,
    years: i32,
    assessor: &Assessor,
) -> Change {
    let (old, new) = (before.household, after.household);
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
            Some(after.total),
            people(&shifted, new, assessor),
        ),
    ];
    let (mut standing, mut steps) = (before.total, Vec::new());
    for (cause, reached, people) in stages {
        let reached = reached.unwrap_or(standing);
        let yen = reached - standing;
        standing = reached;
        if yen != Yen::ZERO || (cause != Cause::Rules && !people.is_empty()) {
            steps.push(Step { cause, yen, people });
        }
    }
    Change {
        before: before.total,
        after: after.total,
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
mod tests;
