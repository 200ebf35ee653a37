//! 資格台帳: the lines of the eligibility register, checked as a whole.

use super::packed_number::number;
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::table::{Row, Whole};
use chrono::NaiveDate;
use kokuho_shared::identity::InsurerNumber;
use kokuho_shared::ids::PersonId;
use std::collections::{HashMap, HashSet};

/// What the residents' register says of a person.
#[derive(Clone, Debug)]
pub struct Registered {
    pub person_id: PersonId,
    pub household_number: String,
    pub head: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityLine {
    pub person_id: PersonId,
    pub insurer_number: String,
    pub insured_number: String,
    pub branch: String,
    pub acquired_on: NaiveDate,
    pub acquired_reason: &'static str,
    pub lost_on: Option<NaiveDate>,
    pub lost_reason: &'static str,
}

/// 取得事由: 転入, 社保離脱, 出生, 生活保護廃止, その他.
const ACQUIRED: [&str; 5] = ["11", "12", "13", "14", "19"];
/// 喪失事由: 転出, 社保加入, 死亡, 後期高齢, 生活保護開始, その他; empty = still insured.
const LOST: [&str; 7] = ["", "21", "22", "23", "24", "25", "29"];

/// A line of the file; who it speaks of is known once the persons are found.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it stands, counted from 1.
    pub line: u64,
    pub resident_number: String,
    pub household_number: String,
    pub head_resident_number: String,
    pub period: EligibilityLine,
}

/// What the lines say together.
#[derive(Default)]
pub struct Checks {
    seen: HashSet<(u64, NaiveDate)>,
    insured: i64,
}

impl Checks {
    /// The line beside those before it.
    pub fn add(&mut self, row: &Row<'_>, line: &Line) -> Result<(), FileError> {
        let key = (number(&line.resident_number), line.period.acquired_on);
        if !self.seen.insert(key) {
            return Err(row.wrong("acquired_on", "同じ人・同じ取得日の資格が2回あります"));
        }
        self.insured += i64::from(line.period.lost_on.is_none());
        Ok(())
    }

    /// The control total is the number of people who have not lost their eligibility.
    pub fn end(&self, whole: &Whole) -> Result<(), FileError> {
        whole.check_total("喪失していない人数", self.insured)
    }
}

/// The line with its person; `persons` are the residents by 宛名番号.
pub fn of_person(
    line: Line,
    persons: &HashMap<String, Registered>,
    layout: &Layout,
) -> Result<EligibilityLine, FileError> {
    let wrong = |field: &str, message: String| {
        FileError::new(message)
            .at_line(line.line)
            .at_column(layout.column(field))
    };
    let find = |field: &str, number: &String| {
        let unknown = || wrong(field, format!("「{number}」という住民はいません"));
        persons.get(number).ok_or_else(unknown)
    };
    let person = find("resident_number", &line.resident_number)?;
    if line.household_number != person.household_number {
        let message = format!("住基の世帯番号「{}」と違います", person.household_number);
        return Err(wrong("household_number", message));
    }
    let head = find("head_resident_number", &line.head_resident_number)?;
    if !head.head || head.household_number != line.household_number {
        let message = format!(
            "「{}」はこの世帯の世帯主ではありません",
            line.head_resident_number
        );
        return Err(wrong("head_resident_number", message));
    }
    Ok(EligibilityLine {
        person_id: person.person_id,
        ..line.period
    })
}

/// One line by itself.
pub fn line(row: &Row<'_>) -> Result<Line, FileError> {
    let insurer = InsurerNumber::parse(row.required("insurer_number")?)
        .map_err(|error| row.wrong("insurer_number", error.to_string()))?;
    let resident_number = row.digits("resident_number")?;
    let household_number = row.digits("household_number")?;
    let head_resident_number = row.digits("head_resident_number")?;
    let acquired_on = row.required_date("acquired_on")?;
    let lost_on = row.date("lost_on")?;
    if lost_on.is_some_and(|lost| lost < acquired_on) {
        return Err(row.wrong("lost_on", "資格取得日より前です"));
    }
    let lost_reason = row.code("lost_reason", &LOST)?;
    if lost_on.is_some() == lost_reason.is_empty() {
        return Err(row.wrong(
            "lost_reason",
            "資格喪失日と喪失事由は両方書くか両方空にしてください",
        ));
    }
    let told = EligibilityLine {
        person_id: PersonId(0),
        insurer_number: insurer.as_str().to_owned(),
        insured_number: row.digits("insured_number")?,
        branch: row.digits("branch")?,
        acquired_on,
        acquired_reason: row.code("acquired_reason", &ACQUIRED)?,
        lost_on,
        lost_reason,
    };
    Ok(Line {
        line: row.line,
        resident_number,
        household_number,
        head_resident_number,
        period: told,
    })
}
