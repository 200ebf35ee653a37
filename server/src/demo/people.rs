//! The city while it is made: its people and what the offices know of them.

use super::DemoSettings;
use super::names::{FAMILIES, MEN, OSAKA_WARDS, TOWNS, WOMEN};
use super::random::Random;
use crate::figures;
use chrono::{Days, Months, NaiveDate};
use kokuho_shared::assessment::income::tables::IncomeTables;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::money::Yen;

pub struct City {
    pub random: Random,
    pub fiscal_year: FiscalYear,
    pub persons: Vec<Person>,
    tables: Option<IncomeTables>,
    wards: bool,
}

pub struct Person {
    /// Number of the household, from 0.
    pub household: u32,
    pub head: bool,
    pub relation: &'static str,
    pub family: usize,
    pub given: usize,
    pub man: bool,
    pub birth: NaiveDate,
    pub address: String,
    pub ward: &'static str,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
    pub income: Option<Figures>,
    pub insured: Option<Insured>,
}

#[derive(Clone, Copy, Default)]
pub struct Figures {
    /// 1 declared, 2 not declared, 3 not known.
    pub status: u8,
    pub salary_receipts: i64,
    pub salary_income: i64,
    pub pension_receipts: i64,
    pub pension_income: i64,
    pub other_income: i64,
    pub transfer_deduction: i64,
    pub casualty_loss: i64,
    pub family_pay_deducted: i64,
    pub family_pay_received: i64,
}

#[derive(Clone, Copy)]
pub struct Insured {
    pub from: NaiveDate,
    pub reason: &'static str,
    pub lost: Option<(NaiveDate, &'static str)>,
}

/// A household being settled: where it lives and what it is called.
pub struct Home {
    household: u32,
    family: usize,
    address: String,
    ward: &'static str,
    since: NaiveDate,
}

impl City {
    pub fn new(settings: &DemoSettings) -> City {
        City {
            random: Random::new(settings.seed),
            fiscal_year: settings.fiscal_year,
            persons: Vec::new(),
            tables: figures::income_tables().ok(),
            wards: settings.municipality_code == "27100",
        }
    }

    /// A day of the fiscal year or before it.
    pub fn day(&self, year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
    }

    /// Born so that the age is reached on some day of the fiscal year.
    pub fn born(&mut self, age: i64) -> NaiveDate {
        let year = self.fiscal_year.0 - i32::try_from(age).unwrap_or(40);
        let first = self.day(year, 4, 2);
        let days = u64::try_from(self.random.between(0, 364)).unwrap_or(0);
        first.checked_add_days(Days::new(days)).unwrap_or(first)
    }

    pub fn home(&mut self, household: u32) -> Home {
        let last = |length: usize| i64::try_from(length).unwrap_or(1) - 1;
        let mut place =
            |length: usize| usize::try_from(self.random.between(0, last(length))).unwrap_or(0);
        let (family, town, ward) = (
            place(FAMILIES.len()),
            place(TOWNS.len()),
            place(OSAKA_WARDS.len()),
        );
        let ward = if self.wards {
            OSAKA_WARDS.get(ward).copied().unwrap_or("")
        } else {
            ""
        };
        let town = TOWNS.get(town).copied().unwrap_or("本町");
        let block = [
            self.random.between(1, 6),
            self.random.between(1, 30),
            self.random.between(1, 20),
        ];
        let address = format!("{ward}{town}{}丁目{}番{}号", block[0], block[1], block[2]);
        let since_year =
            i32::try_from(self.random.between(1985, i64::from(self.fiscal_year.0) - 3))
                .unwrap_or(2000);
        Home {
            household,
            family,
            address,
            ward,
            since: self.day(since_year, 4, 1),
        }
    }

    /// Adds a person to a home; not insured and without income so far.
    pub fn add(
        &mut self,
        home: &Home,
        relation: &'static str,
        man: bool,
        birth: NaiveDate,
    ) -> usize {
        let names = if man { MEN.len() } else { WOMEN.len() };
        let given = self
            .random
            .between(0, i64::try_from(names).unwrap_or(1) - 1);
        self.persons.push(Person {
            household: home.household,
            head: relation == "世帯主",
            relation,
            family: home.family,
            given: usize::try_from(given).unwrap_or(0),
            man,
            birth,
            address: home.address.clone(),
            ward: home.ward,
            since: home.since.max(birth),
            until: None,
            income: None,
            insured: None,
        });
        self.persons.len() - 1
    }

    pub fn person(&mut self, at: usize) -> Option<&mut Person> {
        self.persons.get_mut(at)
    }

    /// Insured since long ago.
    pub fn insure(&mut self, at: usize) {
        let from = self.persons.get(at).map(|person| person.since);
        if let Some(from) = from {
            self.insure_from(at, from.max(self.day(2015, 4, 1)), "12");
        }
    }

    pub fn insure_from(&mut self, at: usize, from: NaiveDate, reason: &'static str) {
        if let Some(person) = self.person(at) {
            let reason = if from == person.birth { "13" } else { reason };
            person.insured = Some(Insured {
                from: from.max(person.birth),
                reason,
                lost: None,
            });
        }
    }

    pub fn lose(&mut self, at: usize, on: NaiveDate, reason: &'static str) {
        if let Some(insured) = self.person(at).and_then(|person| person.insured.as_mut()) {
            insured.lost = Some((on, reason));
        }
    }

    /// 75歳到達: moved on to 後期高齢者医療 on the birthday, having been insured here before.
    pub fn grow_out(&mut self, at: usize) {
        let Some(person) = self.person(at) else {
            return;
        };
        let birthday = person.birth.checked_add_months(Months::new(75 * 12));
        let before = birthday.and_then(|day| day.checked_sub_months(Months::new(120)));
        if let (Some(birthday), Some(before)) = (birthday, before) {
            person.since = person.since.min(before);
            self.insure_from(at, before, "12");
            self.lose(at, birthday, "24");
        }
    }

    /// Income from receipts, converted as the tax office does.
    pub fn earn(&mut self, at: usize, salary: i64, pension: i64, other: i64) {
        let Some(birth) = self.persons.get(at).map(|person| person.birth) else {
            return;
        };
        let year = self.fiscal_year;
        let (salary_income, pension_income) = self.converted(year, birth, [salary, pension, other]);
        let figures = Figures {
            status: 1,
            salary_receipts: salary,
            salary_income,
            pension_receipts: pension,
            pension_income,
            other_income: other,
            ..Figures::default()
        };
        self.figures(at, figures);
    }

    /// 給与所得 and 公的年金等所得 of somebody's receipts for the premium of a year: salary, pension and other
    /// income, in yen.
    fn converted(&self, year: FiscalYear, birth: NaiveDate, receipts: [i64; 3]) -> (i64, i64) {
        let [salary, pension, other] = receipts.map(Yen);
        let senior = birth <= self.day(year.0 - 65, 1, 1);
        let converted = self.tables.as_ref().and_then(|tables| {
            let year = year.income_year();
            tables
                .adjusted(year, salary, pension, senior, false, other)
                .ok()
        });
        converted.map_or((0, 0), |one| (one.salary_income.0, one.pension_income.0))
    }

    /// What somebody had the year before: a little less of everything, and nothing out of the usual.
    pub fn year_before(&self, birth: NaiveDate, now: Figures) -> Figures {
        let less = |yen: i64| yen / 100 * 96;
        let (salary, pension) = (less(now.salary_receipts), less(now.pension_receipts));
        let other = less(now.other_income);
        let year = FiscalYear(self.fiscal_year.0 - 1);
        let (salary_income, pension_income) = self.converted(year, birth, [salary, pension, other]);
        let pays_family = now.family_pay_received > 0;
        Figures {
            status: now.status,
            salary_receipts: salary,
            salary_income,
            pension_receipts: pension,
            pension_income,
            other_income: other,
            transfer_deduction: 0,
            casualty_loss: 0,
            family_pay_deducted: less(now.family_pay_deducted),
            family_pay_received: if pays_family { salary_income } else { 0 },
        }
    }

    pub fn figures(&mut self, at: usize, figures: Figures) {
        if let Some(person) = self.person(at) {
            person.income = Some(figures);
        }
    }

    pub fn change(&mut self, at: usize, change: impl FnOnce(&mut Figures)) {
        if let Some(figures) = self.person(at).and_then(|person| person.income.as_mut()) {
            change(figures);
        }
    }
}
