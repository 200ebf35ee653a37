//! 住基: the lines of the residents' file, checked as a whole.

use crate::exchange::FileError;
use crate::exchange::table::{Row, Table};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resident {
    pub resident_number: String,
    pub household_number: String,
    pub head: bool,
    pub relation: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    pub sex: i64,
    pub postcode: String,
    pub address: String,
    pub ward: String,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
}

/// A line of the file.
#[derive(Clone, Debug)]
pub struct Line {
    pub resident: Resident,
    /// 世帯異動日: since when the person belongs to the household under its head.
    pub household_since: Option<NaiveDate>,
}

/// What the lines of one household number add up to.
struct Counted {
    line: u64,
    living: usize,
    heads: usize,
    living_heads: usize,
}

/// Every line of the file. The control total is the number of households.
pub fn read(table: &Table<'_>, today: NaiveDate) -> Result<Vec<Line>, FileError> {
    let mut residents = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    let mut households: HashMap<String, Counted> = HashMap::new();
    for row in table.rows() {
        let household_since = household_since(&row, today)?;
        let resident = resident(&row, today)?;
        if !seen.insert(resident.resident_number.clone()) {
            return Err(row.wrong(
                "resident_number",
                format!("「{}」が2回あります", resident.resident_number),
            ));
        }
        let household = households
            .entry(resident.household_number.clone())
            .or_insert(Counted {
                line: row.line,
                living: 0,
                heads: 0,
                living_heads: 0,
            });
        let living = resident.until.is_none();
        household.living += usize::from(living);
        household.heads += usize::from(resident.head);
        household.living_heads += usize::from(living && resident.head);
        if household.living_heads > 1 {
            let message = format!("世帯「{}」に世帯主が2人います", resident.household_number);
            return Err(row.wrong("head", message));
        }
        residents.push(Line {
            resident,
            household_since,
        });
    }
    let headless = households
        .iter()
        .filter(|(_, one)| one.heads == 0 || (one.living > 0 && one.living_heads == 0))
        .min_by_key(|(_, one)| one.line);
    if let Some((number, counted)) = headless {
        let message = format!("世帯「{number}」に世帯主がいません");
        let row = table.rows().find(|row| row.line == counted.line);
        return Err(row.map_or(FileError::new(message.clone()), |row| {
            row.wrong("head", message)
        }));
    }
    let count = i64::try_from(households.len()).unwrap_or(i64::MAX);
    table.check_total("世帯数", count)?;
    Ok(residents)
}

fn household_since(row: &Row<'_>, today: NaiveDate) -> Result<Option<NaiveDate>, FileError> {
    let day = row.date("household_since")?;
    match day.filter(|day| *day > today) {
        None => Ok(day),
        Some(day) => Err(row.wrong(
            "household_since",
            format!("「{day}」は業務日 {today} より後です"),
        )),
    }
}

fn resident(row: &Row<'_>, today: NaiveDate) -> Result<Resident, FileError> {
    let birth_date = row.required_date("birth_date")?;
    if birth_date > today {
        return Err(row.wrong(
            "birth_date",
            format!("「{birth_date}」は業務日 {today} より後です"),
        ));
    }
    let since = row.date("resident_since")?.unwrap_or(birth_date);
    let until = row.date("resident_until")?;
    if until.is_some_and(|until| until < since) {
        return Err(row.wrong("resident_until", "住民日より前です"));
    }
    Ok(Resident {
        resident_number: row.digits("resident_number", 15)?,
        household_number: row.digits("household_number", 15)?,
        head: row.code("head", &["0", "1"])? == "1",
        relation: row.required("relation")?.to_owned(),
        name: row.required("name")?.to_owned(),
        kana: row.text("kana").to_owned(),
        birth_date,
        sex: if row.code("sex", &["1", "2"])? == "1" {
            1
        } else {
            2
        },
        postcode: row.text("postcode").to_owned(),
        address: row.required("address")?.to_owned(),
        ward: row.text("ward").to_owned(),
        since,
        until,
    })
}
