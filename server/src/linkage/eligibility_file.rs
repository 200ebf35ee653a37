//! 資格台帳: the lines of the eligibility register, checked as a whole.

use crate::exchange::FileError;
use crate::exchange::table::{Row, Table};
use chrono::NaiveDate;
use kokuho_shared::identity::InsurerNumber;
use std::collections::{HashMap, HashSet};

/// What the residents' register says of a person.
#[derive(Clone, Debug)]
pub struct Registered {
    pub person_id: i64,
    pub household_number: String,
    pub head: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityLine {
    pub person_id: i64,
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

/// Every line of the file; `persons` are the residents by 宛名番号. The control total is the
/// number of people who have not lost their eligibility.
pub fn read(
    table: &Table<'_>,
    persons: &HashMap<String, Registered>,
) -> Result<Vec<EligibilityLine>, FileError> {
    let mut lines = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    let mut insured = 0i64;
    for row in table.rows() {
        let line = eligibility_line(&row, persons)?;
        if !seen.insert((line.person_id, line.acquired_on)) {
            return Err(row.wrong("acquired_on", "同じ人・同じ取得日の資格が2回あります"));
        }
        insured += i64::from(line.lost_on.is_none());
        lines.push(line);
    }
    table.check_total("喪失していない人数", insured)?;
    Ok(lines)
}

fn eligibility_line(
    row: &Row<'_>,
    persons: &HashMap<String, Registered>,
) -> Result<EligibilityLine, FileError> {
    let insurer = InsurerNumber::parse(row.required("insurer_number")?)
        .map_err(|error| row.wrong("insurer_number", error.to_string()))?;
    let number = row.digits("resident_number", 15)?;
    let unknown =
        |field: &str, number: &str| row.wrong(field, format!("「{number}」という住民はいません"));
    let person = persons
        .get(&number)
        .ok_or_else(|| unknown("resident_number", &number))?;
    let household = row.digits("household_number", 15)?;
    if household != person.household_number {
        return Err(row.wrong(
            "household_number",
            format!("住基の世帯番号「{}」と違います", person.household_number),
        ));
    }
    let head = row.digits("head_resident_number", 15)?;
    let of_head = persons
        .get(&head)
        .ok_or_else(|| unknown("head_resident_number", &head))?;
    if !of_head.head || of_head.household_number != household {
        return Err(row.wrong(
            "head_resident_number",
            format!("「{head}」はこの世帯の世帯主ではありません"),
        ));
    }
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
    Ok(EligibilityLine {
        person_id: person.person_id,
        insurer_number: insurer.as_str().to_owned(),
        insured_number: row.digits("insured_number", 10)?,
        branch: row.digits("branch", 2)?,
        acquired_on,
        acquired_reason: row.code("acquired_reason", &ACQUIRED)?,
        lost_on,
        lost_reason,
    })
}
