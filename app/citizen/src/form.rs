//! What the citizen has entered, and how it becomes the facts of an assessment.

use chrono::NaiveDate;
use kokuho_shared::assessment::circumstances::{CircumstanceError, Circumstances};
use kokuho_shared::assessment::household::{
    Household, Income, IncomeStatus, Involuntary, LossGround, Maternity, Member,
};
use kokuho_shared::assessment::income::IncomeTables;
use kokuho_shared::assessment::result::{Assessment, Assessor};
use kokuho_shared::calendar::{FiscalYear, Month, age_attained_on};
use kokuho_shared::law::parameters::Ages;
use kokuho_shared::law::shipped::MUNICIPALITIES;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// One person of the form. Every field is a signal, so that typing in one redraws no other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Stays the same while others are added and removed.
    pub key: u32,
    pub birth: RwSignal<Option<NaiveDate>>,
    pub insured: RwSignal<bool>,
    pub undeclared: RwSignal<bool>,
    pub salary: RwSignal<Yen>,
    pub pension: RwSignal<Yen>,
    pub other: RwSignal<Yen>,
    pub salary_income: RwSignal<Yen>,
    pub pension_income: RwSignal<Yen>,
    /// Joined or left within the year.
    pub acquired: RwSignal<Option<NaiveDate>>,
    pub lost: RwSignal<Option<NaiveDate>>,
    /// Left for another insurance, not by moving away.
    pub other_insurance: RwSignal<bool>,
    pub left: RwSignal<Option<NaiveDate>>,
    pub expected: RwSignal<Option<NaiveDate>>,
    pub multiple: RwSignal<bool>,
    pub dependant: RwSignal<Option<NaiveDate>>,
    /// Moved on from this insurance to 後期高齢者医療 and stays in the household.
    pub moved_on: RwSignal<Option<NaiveDate>>,
}

/// The whole form.
#[derive(Clone, Copy)]
pub struct Form {
    pub municipality: RwSignal<String>,
    pub fiscal_year: RwSignal<i32>,
    pub persons: RwSignal<Vec<Person>>,
    /// Key of the 世帯主.
    pub head: RwSignal<u32>,
    /// 所得で入力する instead of receipts.
    pub direct: RwSignal<bool>,
    next: RwSignal<u32>,
}

impl Person {
    fn new(key: u32) -> Person {
        Person {
            key,
            birth: RwSignal::new(None),
            insured: RwSignal::new(true),
            undeclared: RwSignal::new(false),
            salary: RwSignal::new(Yen::ZERO),
            pension: RwSignal::new(Yen::ZERO),
            other: RwSignal::new(Yen::ZERO),
            salary_income: RwSignal::new(Yen::ZERO),
            pension_income: RwSignal::new(Yen::ZERO),
            acquired: RwSignal::new(None),
            lost: RwSignal::new(None),
            other_insurance: RwSignal::new(true),
            left: RwSignal::new(None),
            expected: RwSignal::new(None),
            multiple: RwSignal::new(false),
            dependant: RwSignal::new(None),
            moved_on: RwSignal::new(None),
        }
    }
}

impl Person {
    fn circumstances(&self) -> Circumstances {
        let multiple = self.multiple.get();
        Circumstances {
            involuntary: self.left.get().map(|left_on| Involuntary { left_on }),
            maternity: self.expected.get().map(|expected_on| Maternity {
                expected_on,
                multiple,
            }),
            former_dependant_since: self.dependant.get(),
        }
    }

    /// The months of the year: who joined only after it or left before it is not insured in it.
    fn period(&self, member: &mut Member, year: i32, ages: Ages) {
        let (Some(april), Some(end)) = (FiscalYear(year).april(), FiscalYear(year + 1).april())
        else {
            return;
        };
        let (acquired, lost) = (self.acquired.get(), self.lost.get());
        if acquired.is_some_and(|day| day >= end) || lost.is_some_and(|day| day <= april) {
            member.insured = false;
        }
        member.acquired_on = acquired.filter(|day| *day > april);
        // Turning 75 ends the months by itself. A loss on 1 April after the year may count as one on
        // 31 March.
        let by_age = u32::try_from(ages.insured_until)
            .ok()
            .and_then(|age| age_attained_on(member.birth_date, age)?.succ_opt());
        member.lost_on = lost.filter(|day| *day <= end && Some(*day) != by_age);
        member.loss_ground = member.lost_on.map(|_| {
            if self.other_insurance.get() {
                LossGround::Art6
            } else {
                LossGround::Other
            }
        });
    }
}

/// What can be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The n-th person has no birth date yet.
    BirthMissing(usize),
    /// What the n-th person said of a job, a birth or an insurance has no effect.
    NoEffect(usize, CircumstanceError),
    Refused(String),
    Assessed(Box<Assessment>),
}

impl Form {
    /// A household of one, in the municipality and year that the address of the page names.
    pub fn new(municipality: Option<String>, year: Option<i32>) -> Form {
        let known = |code: &String| {
            MUNICIPALITIES
                .iter()
                .any(|shipped| shipped.code == code.as_str())
        };
        let municipality = municipality
            .filter(known)
            .unwrap_or_else(|| "27100".to_owned());
        let years = years_of(&municipality);
        let year = year
            .filter(|year| years.contains(year))
            .or(years.first().copied())
            .unwrap_or(2026);
        Form {
            municipality: RwSignal::new(municipality),
            fiscal_year: RwSignal::new(year),
            persons: RwSignal::new(vec![Person::new(1)]),
            head: RwSignal::new(1),
            direct: RwSignal::new(false),
            next: RwSignal::new(2),
        }
    }

    pub fn add(&self) {
        let key = self.next.get_untracked();
        self.next.set(key + 1);
        self.persons
            .update(|persons| persons.push(Person::new(key)));
    }

    /// The head cannot be removed: the premium is the head's.
    pub fn remove(&self, key: u32) {
        if key != self.head.get_untracked() {
            self.persons
                .update(|persons| persons.retain(|person| person.key != key));
        }
    }

    /// The premium as it follows from what stands in the form now.
    pub fn outcome(
        &self,
        assessor: &Result<Assessor, String>,
        tables: &Result<IncomeTables, String>,
    ) -> Outcome {
        let persons = self.persons.get();
        if let Some(missing) = persons
            .iter()
            .position(|person| person.birth.get().is_none())
        {
            return Outcome::BirthMissing(missing);
        }
        let (assessor, tables) = match (assessor, tables) {
            (Ok(assessor), Ok(tables)) => (assessor, tables),
            (Err(why), _) | (_, Err(why)) => return Outcome::Refused(why.clone()),
        };
        let national = &assessor.parameters.national;
        for (place, person) in persons.iter().enumerate() {
            let birth = person.birth.get().unwrap_or_default();
            if let Err(why) = person.circumstances().check(birth, national) {
                return Outcome::NoEffect(place, why);
            }
        }
        let members = persons
            .iter()
            .map(|person| self.member(person, tables, national.ages.value))
            .collect::<Result<Vec<_>, _>>();
        let assessed = members.and_then(|members| {
            let household = Household {
                members,
                ..Household::default()
            };
            assessor.assess(&household).map_err(|why| why.to_string())
        });
        match assessed {
            Ok(assessment) => Outcome::Assessed(Box::new(assessment)),
            Err(why) => Outcome::Refused(why),
        }
    }

    fn member(&self, person: &Person, tables: &IncomeTables, ages: Ages) -> Result<Member, String> {
        let birth = person.birth.get().unwrap_or_default();
        let year = self.fiscal_year.get();
        let mut income = Income {
            other_income: person.other.get(),
            ..Income::default()
        };
        if self.direct.get() {
            income.salary_income = person.salary_income.get();
            income.pension_income = person.pension_income.get();
        } else {
            let (salary, pension) = (person.salary.get(), person.pension.get());
            let senior = NaiveDate::from_ymd_opt(year - 65, 1, 1).is_some_and(|day| birth <= day);
            let converted =
                tables.adjusted(year - 1, salary, pension, senior, false, person.other.get());
            let converted = converted.map_err(|why| why.to_string())?;
            income.salary_receipts = Some(salary);
            income.pension_receipts = Some(pension);
            income.salary_income = converted.salary_income;
            income.pension_income = converted.pension_income;
        }
        let undeclared = person.undeclared.get();
        let mut member = Member {
            head: person.key == self.head.get(),
            insured: person.insured.get(),
            income,
            income_status: if undeclared {
                IncomeStatus::Undeclared
            } else {
                IncomeStatus::Known
            },
            ..Member::new(person.key.to_string(), birth)
        };
        person.circumstances().apply(&mut member);
        person.period(&mut member, year, ages);
        if let Some(month) = person
            .moved_on
            .get()
            .and_then(|day| day.pred_opt())
            .map(Month::of)
        {
            member.insured = false;
            member.former_member = true;
            member.specific_month = Some(month);
        }
        Ok(member)
    }
}

/// The years of which a municipality's rates are known, the newest first.
pub fn years_of(municipality: &str) -> Vec<i32> {
    let of = MUNICIPALITIES
        .iter()
        .filter(|shipped| shipped.code == municipality);
    let mut years: Vec<i32> = of.map(|shipped| shipped.fiscal_year.0).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years
}
