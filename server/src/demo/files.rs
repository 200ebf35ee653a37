//! The city as the three files, each with its control line.

use super::names::{FAMILIES, MEN, WOMEN};
use super::people::{City, Figures, Person};
use super::{DemoFiles, DemoSettings};
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::identity::insurer_check_digit;
use std::fmt::Write;

const RESIDENTS: &str = "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日";
const INCOMES: &str = "宛名番号,所得年,申告区分,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与";
const ELIGIBILITY: &str = "保険者番号,被保険者番号,枝番,世帯番号,宛名番号,世帯主宛名番号,資格取得日,取得事由,資格喪失日,喪失事由";

/// 宛名番号 begin here, 世帯番号 and 被保険者番号 in ranges of their own.
const FIRST_RESIDENT: u64 = 1_000_000_001;
const FIRST_HOUSEHOLD: u64 = 2_000_000_001;
const FIRST_INSURED: u64 = 10_000_001;

/// The files as they are once everything of the city has happened, or as they were on a day before.
pub fn write(city: &City, settings: &DemoSettings, as_of: Option<NaiveDate>) -> DemoFiles {
    let known = Known { as_of };
    DemoFiles {
        residents: residents(city, known),
        incomes: incomes(city, known),
        eligibility: eligibility(city, settings, known),
    }
}

/// What the offices know: nothing of what happens after a day.
#[derive(Clone, Copy)]
struct Known {
    as_of: Option<NaiveDate>,
}

impl Known {
    fn has(self, day: NaiveDate) -> bool {
        self.as_of.is_none_or(|as_of| day <= as_of)
    }

    fn person(self, person: &Person) -> bool {
        self.has(person.since) && self.has(person.birth)
    }

    /// The year for whose premium the tax office's newest file is.
    fn year(self, city: &City) -> FiscalYear {
        self.as_of.map_or(city.fiscal_year, FiscalYear::of)
    }

    fn figures(self, city: &City, person: &Person) -> Option<Figures> {
        let figures = person.income?;
        match self.year(city) == city.fiscal_year {
            true => Some(figures),
            false => Some(city.year_before(person.birth, figures)),
        }
    }
}

fn number(first: u64, place: usize) -> u64 {
    first + u64::try_from(place).unwrap_or(0)
}

fn household(person: &Person) -> u64 {
    FIRST_HOUSEHOLD + u64::from(person.household)
}

fn names(person: &Person) -> (String, String) {
    let given = if person.man {
        MEN.get(person.given)
    } else {
        WOMEN.get(person.given)
    };
    let (family, given) = (FAMILIES.get(person.family), given);
    let join = |of: fn(&(&'static str, &'static str)) -> &'static str| {
        format!("{}　{}", family.map_or("", of), given.map_or("", of))
    };
    (join(|name| name.0), join(|name| name.1))
}

/// Ends a file with its control line; lines end as in files of the authorities.
fn finish(lines: Vec<String>, header: &str, total: i64) -> String {
    let mut text = format!("{header}\r\n");
    for line in &lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    // Writing to a String cannot fail.
    let _ = write!(text, "#合計,{},{total}\r\n", lines.len());
    text
}

fn residents(city: &City, known: Known) -> String {
    let mut households = 0;
    let persons = city.persons.iter().enumerate();
    let lines = persons
        .filter(|(_, person)| known.person(person))
        .map(|(place, person)| {
            households += i64::from(person.head);
            let (name, kana) = names(person);
            let until = person.until.filter(|day| known.has(*day));
            let until = until.map(|day| day.to_string()).unwrap_or_default();
            format!(
                "{},{},{},{},{name},{kana},{},{},{},{},{},{},{until}",
                number(FIRST_RESIDENT, place),
                household(person),
                u8::from(person.head),
                person.relation,
                person.birth,
                if person.man { 1 } else { 2 },
                "530-0001",
                person.address,
                person.ward,
                person.since,
            )
        });
    let lines = lines.collect();
    finish(lines, RESIDENTS, households)
}

fn incomes(city: &City, known: Known) -> String {
    let mut sum = 0;
    let year = known.year(city).income_year();
    let lines = city
        .persons
        .iter()
        .enumerate()
        .filter(|(_, person)| known.person(person))
        .filter_map(|(place, person)| {
            let figures = known.figures(city, person)?;
            let income = figures.salary_income + figures.pension_income + figures.other_income;
            let total = income + figures.transfer_deduction;
            sum += total;
            Some(format!(
                "{},{year},{},{},{},{},{},{},{total},{},{},{},{}",
                number(FIRST_RESIDENT, place),
                figures.status,
                figures.salary_receipts,
                figures.salary_income,
                figures.pension_receipts,
                figures.pension_income,
                figures.other_income,
                figures.transfer_deduction,
                figures.casualty_loss,
                figures.family_pay_deducted,
                figures.family_pay_received,
            ))
        });
    let lines = lines.collect();
    finish(lines, INCOMES, sum)
}

/// 保険者番号 of the demonstration: the prefecture's two digits, 999, and the check digit.
fn insurer_number(settings: &DemoSettings) -> String {
    let prefecture = settings.municipality_code.get(..2).unwrap_or("27");
    let body = format!("00{prefecture}999");
    let digits: Vec<u8> = body.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    format!("{body}{}", insurer_check_digit(&digits))
}

fn eligibility(city: &City, settings: &DemoSettings, known: Known) -> String {
    let insurer = insurer_number(settings);
    let (mut current, mut branch, mut last, mut head) = (0i64, 0, None, 0);
    let mut lines = Vec::new();
    for (place, person) in city.persons.iter().enumerate() {
        if last != Some(person.household) {
            (last, branch) = (Some(person.household), 0);
        }
        if person.head {
            head = number(FIRST_RESIDENT, place);
        }
        let Some(insured) = person.insured else {
            continue;
        };
        branch += 1;
        if !known.person(person) || !known.has(insured.from) {
            continue;
        }
        let lost = insured.lost.filter(|(day, _)| known.has(*day));
        current += i64::from(lost.is_none());
        let (lost_on, lost_reason) = match lost {
            Some((day, reason)) => (day.to_string(), reason),
            None => (String::new(), ""),
        };
        lines.push(format!(
            "{insurer},{},{branch:02},{},{},{head},{},{},{lost_on},{lost_reason}",
            FIRST_INSURED + u64::from(person.household),
            household(person),
            number(FIRST_RESIDENT, place),
            insured.from,
            insured.reason,
        ));
    }
    finish(lines, ELIGIBILITY, current)
}
