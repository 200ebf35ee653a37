//! What the citizen has entered: a signal for each field, read into a sheet.

use crate::figures::MUNICIPALITIES;
use chrono::NaiveDate;
use kokuho_shared::assessment::premium::circumstances::CircumstanceError;
use kokuho_shared::assessment::result::{Assessment, Assessor};
use kokuho_shared::assessment::sheet::code::{DAYS, DayField, FLAGS, FlagField, YEN, YenField};
use kokuho_shared::assessment::sheet::{self, Sheet, SheetError, Tables};
use kokuho_shared::calendar::FiscalYear;
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

/// The whole form.
#[derive(Clone, Copy)]
pub struct Form {
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
    /// The n-th person has no birth date yet.
    BirthMissing(usize),
    /// What the n-th person said of a job, a birth or an insurance has no effect.
    NoEffect(usize, CircumstanceError),
    Refused(String),
    Assessed(Box<Assessment>),
}

impl Form {
    /// Begins with a sheet.
    pub fn new(sheet: &Sheet) -> Form {
        let form = Form {
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
        let persons = sheet.persons.iter().map(|of| self.made(of));
        self.persons.set(persons.collect());
    }

    fn made(&self, of: &sheet::Person) -> Person {
        let key = self.next.get_untracked();
        self.next.set(key + 1);
        Person::new(key, of)
    }

    pub fn add(&self) {
        let person = self.made(&sheet::Person::default());
        self.persons.update(|persons| persons.push(person));
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

/// A household of one, in the municipality and year that the address of the page names.
pub fn blank(municipality: Option<String>, year: Option<FiscalYear>) -> Sheet {
    let municipality = municipality
        .filter(|code| !years_of(code).is_empty())
        .unwrap_or_else(|| "27100".to_owned());
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
    assessor: &Result<Assessor, String>,
    tables: &Result<Tables, String>,
) -> Outcome {
    let missing = sheet.persons.iter().position(|each| each.birth.is_none());
    if let Some(missing) = missing {
        return Outcome::BirthMissing(missing);
    }
    let (assessor, tables) = match (assessor, tables) {
        (Ok(assessor), Ok(tables)) => (assessor, tables),
        (Err(why), _) | (_, Err(why)) => return Outcome::Refused(why.clone()),
    };
    let household = match sheet.household(tables, assessor) {
        Ok(household) => household,
        Err(SheetError::BirthMissing(place)) => return Outcome::BirthMissing(place),
        Err(SheetError::NoEffect(place, why)) => return Outcome::NoEffect(place, why),
        Err(SheetError::Law(why)) => return Outcome::Refused(why.to_string()),
    };
    match assessor.assess(&household) {
        Ok(assessment) => Outcome::Assessed(Box::new(assessment)),
        Err(why) => Outcome::Refused(why.to_string()),
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
