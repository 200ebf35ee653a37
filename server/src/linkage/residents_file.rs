//! 住基: the lines of the residents' file, checked as a whole.

use super::packed_number::{self, number};
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::table::{Row, Whole};
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
    /// Where it stands, counted from 1.
    pub line: u64,
    pub resident: Resident,
    /// 世帯異動日: since when the person belongs to the household under its head.
    pub household_since: Option<NaiveDate>,
}

/// What the lines of one household number add up to.
struct Counted {
    line: u32,
    living: u16,
    heads: u16,
    living_heads: u16,
}

/// What the lines say together.
#[derive(Default)]
pub struct Checks {
    /// Everybody in the file.
    pub numbers: HashSet<u64>,
    households: HashMap<u64, Counted>,
}

/// What a line is held against.
pub struct Around {
    pub today: NaiveDate,
    /// 行政区 of the municipality; any where it has no list.
    pub wards: Option<Vec<String>>,
}

/// One line by itself.
pub fn line(row: &Row<'_>, around: &Around) -> Result<Line, FileError> {
    Ok(Line {
        line: row.line,
        household_since: household_since(row, around.today)?,
        resident: resident(row, around)?,
    })
}

impl Checks {
    /// The line beside those before it.
    pub fn add(&mut self, row: &Row<'_>, line: &Line) -> Result<(), FileError> {
        let resident = &line.resident;
        if !self.numbers.insert(number(&resident.resident_number)) {
            return Err(row.wrong(
                "resident_number",
                format!("「{}」が2回あります", resident.resident_number),
            ));
        }
        let household = self
            .households
            .entry(number(&resident.household_number))
            .or_insert(Counted {
                line: u32::try_from(line.line).unwrap_or(u32::MAX),
                living: 0,
                heads: 0,
                living_heads: 0,
            });
        let living = resident.until.is_none();
        let add = |count: &mut u16, one: bool| *count = count.saturating_add(u16::from(one));
        add(&mut household.living, living);
        add(&mut household.heads, resident.head);
        add(&mut household.living_heads, living && resident.head);
        if household.living_heads > 1 {
            let message = format!("世帯「{}」に世帯主が2人います", resident.household_number);
            return Err(row.wrong("head", message));
        }
        Ok(())
    }

    /// All lines together. The control total is the number of households.
    pub fn end(&self, whole: &Whole, layout: &Layout) -> Result<(), FileError> {
        let headless = self
            .households
            .iter()
            .filter(|(_, one)| one.heads == 0 || (one.living > 0 && one.living_heads == 0))
            .min_by_key(|(_, one)| one.line);
        if let Some((number, counted)) = headless {
            let message = format!(
                "世帯「{}」に世帯主がいません",
                packed_number::digits(*number)
            );
            return Err(FileError::new(message)
                .at_line(u64::from(counted.line))
                .at_column(layout.column("head")));
        }
        let count = i64::try_from(self.households.len()).unwrap_or(i64::MAX);
        whole.check_total("世帯数", count)
    }
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

fn resident(row: &Row<'_>, around: &Around) -> Result<Resident, FileError> {
    let today = around.today;
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
        resident_number: row.digits("resident_number")?,
        household_number: row.digits("household_number")?,
        head: row.code("head", &["0", "1"])? == "1",
        relation: row.required("relation")?.to_owned(),
        name: row.required("name")?.to_owned(),
        kana: row.text("kana")?.to_owned(),
        birth_date,
        sex: if row.code("sex", &["1", "2"])? == "1" {
            1
        } else {
            2
        },
        postcode: row.postcode("postcode")?,
        address: row.required("address")?.to_owned(),
        ward: ward(row, around)?,
        since,
        until,
    })
}

/// 行政区 that the municipality has, or none. As a part of where somebody lives a refused one is not repeated.
fn ward(row: &Row<'_>, around: &Around) -> Result<String, FileError> {
    let ward = row.text("ward")?;
    match &around.wards {
        Some(wards) if !ward.is_empty() && !wards.iter().any(|known| known == ward) => {
            Err(row.wrong("ward", "市にない行政区です"))
        }
        _ => Ok(ward.to_owned()),
    }
}
