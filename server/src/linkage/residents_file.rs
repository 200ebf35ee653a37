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

/// Every line of the file. The control total is the number of households.
pub fn read(table: &Table<'_>, today: NaiveDate) -> Result<Vec<Resident>, FileError> {
    let mut residents = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    let mut households: HashMap<String, (u64, usize)> = HashMap::new();
    for row in table.rows() {
        let resident = resident(&row, today)?;
        if !seen.insert(resident.resident_number.clone()) {
            return Err(row.wrong(
                "resident_number",
                format!("「{}」が2回あります", resident.resident_number),
            ));
        }
        let household = households
            .entry(resident.household_number.clone())
            .or_insert((row.line, 0));
        household.1 += usize::from(resident.head);
        if household.1 > 1 {
            let message = format!("世帯「{}」に世帯主が2人います", resident.household_number);
            return Err(row.wrong("head", message));
        }
        residents.push(resident);
    }
    let headless = households
        .iter()
        .filter(|(_, (_, heads))| *heads == 0)
        .min_by_key(|(_, (line, _))| *line);
    if let Some((number, (line, _))) = headless {
        let message = format!("世帯「{number}」に世帯主がいません");
        let row = table.rows().find(|row| row.line == *line);
        return Err(row.map_or(FileError::new(message.clone()), |row| {
            row.wrong("head", message)
        }));
    }
    let count = i64::try_from(households.len()).unwrap_or(i64::MAX);
    table.check_total("世帯数", count)?;
    Ok(residents)
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
