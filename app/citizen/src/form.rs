//! What the citizen has entered: a signal for each field, read into a sheet.

use crate::figures::MUNICIPALITIES;
use chrono::NaiveDate;
use kokuho_shared::assessment::error::AssessmentError;
use kokuho_shared::assessment::premium::circumstances::CircumstanceError;
use kokuho_shared::assessment::result::{Assessment, Assessor};
use kokuho_shared::assessment::sheet::code::{DAYS, DayField, FLAGS, FlagField, YEN, YenField};
use kokuho_shared::assessment::sheet::{self, Sheet, SheetError, Tables};
use kokuho_shared::calendar::{FiscalYear, age_attained_on};
use kokuho_shared::law::LawError;
use kokuho_shared::law::parameters::Ages;
use kokuho_shared::money::Yen;
use leptos::prelude::*;

/// One person of the form. Every field is a signal, so that typing in one redraws no other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Stays the same while others are added and removed.
    pub key: u32,
    yen: [RwSignal<Yen>; YEN.len()],
    days: [RwSignal<Option<NaiveDate>>; DAYS.len()],
    flags: [RwSignal<bool>; FLAGS.len()],
}

impl Person {
    fn new(key: u32, of: &sheet::Person) -> Person {
        let mut of = of.clone();
        Person {
            key,
            yen: YEN.map(|(_, _, field)| RwSignal::new(*field(&mut of))),
            days: DAYS.map(|(_, _, field)| RwSignal::new(*field(&mut of))),
            flags: FLAGS.map(|(_, _, field)| RwSignal::new(*field(&mut of))),
        }
    }

    pub fn yen(&self, field: YenField) -> RwSignal<Yen> {
        let [first, ..] = self.yen;
        let mut all = self.yen.iter().zip(&YEN);
        all.find(|(_, (known, ..))| *known == field)
            .map_or(first, |(signal, _)| *signal)
    }

    pub fn day(&self, field: DayField) -> RwSignal<Option<NaiveDate>> {
        let [first, ..] = self.days;
        let mut all = self.days.iter().zip(&DAYS);
        all.find(|(_, (known, ..))| *known == field)
            .map_or(first, |(signal, _)| *signal)
    }

    pub fn flag(&self, field: FlagField) -> RwSignal<bool> {
        let [first, ..] = self.flags;
        let mut all = self.flags.iter().zip(&FLAGS);
        all.find(|(_, (known, ..))| *known == field)
            .map_or(first, |(signal, _)| *signal)
    }

    /// As it stands now.
    fn read(&self) -> sheet::Person {
        let mut person = sheet::Person::default();
        for (signal, (_, _, field)) in self.yen.iter().zip(YEN) {
            *field(&mut person) = signal.get();
        }
        for (signal, (_, _, field)) in self.days.iter().zip(DAYS) {
            *field(&mut person) = signal.get();
        }
        for (signal, (_, _, field)) in self.flags.iter().zip(FLAGS) {
            *field(&mut person) = signal.get();
        }
        person
    }
}

/// これから入る・入っている・やめる.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    Joining,
    Insured,
    Leaving,
}

/// The whole form.
#[derive(Clone, Copy)]
pub struct Form {
    pub situation: RwSignal<Option<Situation>>,
    /// Ages are given instead of dates of birth.
    pub by_age: RwSignal<bool>,
    pub municipality: RwSignal<String>,
    pub fiscal_year: RwSignal<FiscalYear>,
    pub persons: RwSignal<Vec<Person>>,
    /// 所得で入力する instead of receipts.
    pub direct: RwSignal<bool>,
    next: RwSignal<u32>,
}

/// What can be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// No municipality is chosen yet.
    TownMissing,
    /// The n-th person has no birth date yet.
    BirthMissing(usize),
    /// All who would be insured are so old that another insurance has them.
    Elderly,
    /// What the n-th person said of a job, a birth or an insurance has no effect.
    NoEffect(usize, CircumstanceError),
    Refused(AssessmentError),
    Assessed(Box<Assessment>),
}

/// What is shown of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Now(Outcome),
    /// A field cannot be read: what was known before, if it was an amount.
    Stale(Option<Box<Assessment>>),
}

impl Answer {
    /// `unread`: whether a field cannot be read.
    pub fn next(before: Option<&Answer>, now: Outcome, unread: bool) -> Answer {
        let asked = matches!(now, Outcome::TownMissing | Outcome::BirthMissing(_));
        if !unread || asked {
            return Answer::Now(now);
        }
        Answer::Stale(match before {
            Some(Answer::Now(Outcome::Assessed(before)) | Answer::Stale(Some(before))) => {
                Some(before.clone())
            }
            _ => None,
        })
    }

    pub fn assessment(&self) -> Option<&Assessment> {
        match self {
            Answer::Now(Outcome::Assessed(known)) | Answer::Stale(Some(known)) => Some(known),
            _ => None,
        }
    }
}

/// 後期高齢者医療: since when somebody is not insured here by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elder {
    /// Since before the year.
    Already,
    /// From a day within the year.
    From(NaiveDate),
}

/// Whether a person of the sheet belongs to the insurance of the elderly in the year.
pub fn elder(person: &sheet::Person, year: FiscalYear, ages: Ages) -> Option<Elder> {
    let age = u32::try_from(ages.insured_until).ok()?;
    // By law an age is attained on the day before the birthday, and the insurance changes on the birthday.
    let from = age_attained_on(person.birth?, age)?.succ_opt()?;
    if !person.insured || person.moved_on.is_some() || from >= year.after().april()? {
        return None;
    }
    Some(if from <= year.april()? {
        Elder::Already
    } else {
        Elder::From(from)
    })
}

impl Form {
    /// Begins with a sheet.
    pub fn new(sheet: &Sheet) -> Form {
        let form = Form {
            situation: RwSignal::new(None),
            by_age: RwSignal::new(false),
            municipality: RwSignal::new(String::new()),
            fiscal_year: RwSignal::new(FiscalYear(0)),
            persons: RwSignal::new(Vec::new()),
            direct: RwSignal::new(false),
            next: RwSignal::new(1),
        };
        form.fill(sheet);
        form
    }

    /// Replaces everything. A sheet of a place or year without rates is filled in all the same and
    /// says so instead of an amount.
    pub fn fill(&self, sheet: &Sheet) {
        self.municipality.set(sheet.municipality.clone());
        self.fiscal_year.set(sheet.fiscal_year);
        self.direct.set(sheet.direct);
        self.by_age.set(false);
        let any = |of: fn(&sheet::Person) -> Option<NaiveDate>| {
            sheet.persons.iter().any(|person| of(person).is_some())
        };
        if any(|person| person.lost) {
            self.situation.set(Some(Situation::Leaving));
        } else if any(|person| person.acquired.or(person.left)) {
            self.situation.set(Some(Situation::Joining));
        } else if sheet.persons.iter().any(|person| person.birth.is_some()) {
            self.situation.set(Some(Situation::Insured));
        }
        let persons = sheet.persons.iter().map(|of| self.made(of));
        self.persons.set(persons.collect());
    }

    fn made(&self, of: &sheet::Person) -> Person {
        let key = self.next.get_untracked();
        self.next.set(key + 1);
        Person::new(key, of)
    }

    /// Adds a person and returns the key.
    pub fn add(&self) -> u32 {
        let person = self.made(&sheet::Person::default());
        self.persons.update(|persons| persons.push(person));
        person.key
    }

    /// 1 for the first.
    pub fn place(&self, key: u32) -> usize {
        self.persons.with(|persons| {
            let place = persons.iter().position(|other| other.key == key);
            place.map_or(0, |place| place + 1)
        })
    }

    /// The head cannot be removed: the premium is the head's.
    pub fn remove(&self, key: u32) {
        self.persons.update(|persons| {
            persons
                .retain(|person| person.key != key || person.flag(FlagField::Head).get_untracked());
        });
    }

    pub fn set_head(&self, key: u32) {
        for person in self.persons.get_untracked() {
            person.flag(FlagField::Head).set(person.key == key);
        }
    }

    /// The form as it stands now.
    pub fn sheet(&self) -> Sheet {
        Sheet {
            municipality: self.municipality.get(),
            fiscal_year: self.fiscal_year.get(),
            direct: self.direct.get(),
            persons: self.persons.get().iter().map(Person::read).collect(),
        }
    }
}

/// A household of one, in the municipality and year that the address of the page names; without a municipality it is
/// asked for.
pub fn blank(municipality: Option<String>, year: Option<FiscalYear>) -> Sheet {
    let municipality = municipality
        .filter(|code| !years_of(code).is_empty())
        .unwrap_or_default();
    let years = years_of(&municipality);
    let year = year.filter(|year| years.contains(year));
    Sheet {
        fiscal_year: year.or(years.first().copied()).unwrap_or(FiscalYear(2026)),
        municipality,
        direct: false,
        persons: vec![sheet::Person {
            head: true,
            ..sheet::Person::default()
        }],
    }
}

/// The premium of a sheet.
pub fn outcome(
    sheet: &Sheet,
    assessor: &Result<Assessor, AssessmentError>,
    tables: &Result<Tables, LawError>,
) -> Outcome {
    if sheet.municipality.is_empty() {
        return Outcome::TownMissing;
    }
    let missing = sheet.persons.iter().position(|each| each.birth.is_none());
    if let Some(missing) = missing {
        return Outcome::BirthMissing(missing);
    }
    let (assessor, tables) = match (assessor, tables) {
        (Ok(assessor), Ok(tables)) => (assessor, tables),
        (Err(why), _) => return Outcome::Refused(why.clone()),
        (_, Err(why)) => return Outcome::Refused(why.clone().into()),
    };
    let mut insured = sheet.persons.iter().filter(|person| person.insured);
    let old =
        |person| elder(person, sheet.fiscal_year, assessor.rules.ages) == Some(Elder::Already);
    if insured.clone().count() > 0 && insured.all(old) {
        return Outcome::Elderly;
    }
    let household = match sheet.household(tables, assessor) {
        Ok(household) => household,
        Err(SheetError::BirthMissing(place)) => return Outcome::BirthMissing(place),
        Err(SheetError::NoEffect(place, why)) => return Outcome::NoEffect(place, why),
        Err(SheetError::Law(why)) => return Outcome::Refused(why.into()),
    };
    match assessor.assess(&household) {
        Ok(assessment) => Outcome::Assessed(Box::new(assessment)),
        Err(why) => Outcome::Refused(why),
    }
}

/// The years of which a municipality's rates are known, the newest first.
pub fn years_of(municipality: &str) -> Vec<FiscalYear> {
    let of = MUNICIPALITIES
        .iter()
        .filter(|shipped| shipped.code == municipality);
    // They come by code and year.
    of.rev().map(|shipped| shipped.fiscal_year).collect()
}
