//! 表形式のファイル: a header, data lines, and a last line `#合計,件数,合計値` that proves the
//! file is whole.

mod row;

use super::FileError;
use super::codec::{self, CONTROL};
use super::layout::Layout;
use super::source::Source;
use csv::StringRecord;
pub use row::Row;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What a file's header and its lines until now say of its columns.
pub struct Shape<'a> {
    layout: &'a Layout,
    /// Our field → place in the line.
    places: BTreeMap<&'a str, usize>,
    columns: usize,
    /// The width of each identifier, and on which line it was first seen.
    widths: RefCell<BTreeMap<String, (usize, u64)>>,
    warnings: RefCell<Warnings>,
}

/// What was read although it is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub line: u64,
    pub column: String,
    pub message: String,
}

/// The first of them, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    pub first: Vec<Warning>,
    pub count: u64,
}

/// So many warnings of a file are kept.
const MOST_WARNINGS: usize = 100;

impl Warnings {
    fn add(&mut self, warning: Warning) {
        self.count += 1;
        if self.first.len() < MOST_WARNINGS {
            self.first.push(warning);
        }
    }
}

/// A file that was read to its end: every line has all columns, and the count of the control line
/// is right.
#[derive(Clone, Debug)]
pub struct Whole {
    pub lines: u64,
    /// The control total of the last line, and where it stands.
    pub control: (i64, u64),
    /// Which of several files of a delivery it is.
    pub part: Option<DeliveryPart>,
    pub warnings: Warnings,
}

impl Whole {
    /// The control total must be the one that was counted.
    pub fn check_total(&self, name: &str, counted: i64) -> Result<(), FileError> {
        let (total, line) = self.control;
        if total == counted {
            return Ok(());
        }
        Err(FileError::new(format!(
            "合計行の合計値 {total} と{name} {counted} が違います"
        ))
        .at_line(line))
    }
}

/// 分割配信: `#合計,件数,合計値,配信番号,何番目,全部で`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPart {
    pub delivery: String,
    pub part: i64,
    pub parts: i64,
}

/// Reads a file in the form of its layout and shows each line, keeping none. A line is shown when the next one
/// is there: the last one is no data.
pub fn scan(
    source: Source<'_>,
    layout: &Layout,
    each: &mut dyn FnMut(&Row<'_>) -> Result<(), FileError>,
) -> Result<Whole, FileError> {
    let mut shape: Option<Shape<'_>> = None;
    let mut held: Option<(u64, StringRecord)> = None;
    let mut lines = 0;
    codec::read(source, layout, &mut |line, record| {
        let Some(shape) = &shape else {
            shape = Some(Shape::of(record, layout)?);
            return Ok(());
        };
        if let Some((line, record)) = held.replace((line, record.clone())) {
            shape.refuse_other_width(line, &record)?;
            lines += 1;
            each(&Row::of(shape, line, &record))?;
        }
        Ok(())
    })?;
    let shape = shape.ok_or_else(|| FileError::new("ファイルが空です").at_line(1))?;
    let last = held.as_ref().map_or(1, |(line, _)| *line);
    let missing = || {
        FileError::new("最後の合計行（#合計,件数,合計値）がありません。途中で切れていませんか")
            .at_line(last)
    };
    let (line, control) = held
        .filter(|(_, record)| record.get(0) == Some(CONTROL))
        .ok_or_else(missing)?;
    let number = |place: usize, name: &str| {
        let value = control
            .get(place)
            .and_then(|text| text.trim().parse::<i64>().ok());
        value.ok_or_else(|| {
            FileError::new(format!("合計行の{name}が数字ではありません")).at_line(line)
        })
    };
    let (count, total) = (number(1, "件数")?, number(2, "合計値")?);
    if u64::try_from(count) != Ok(lines) {
        let message = format!("合計行の件数 {count} と実際の件数 {lines} が違います");
        return Err(FileError::new(message).at_line(line));
    }
    Ok(Whole {
        lines,
        control: (total, line),
        part: part(&control, line)?,
        warnings: shape.warnings.into_inner(),
    })
}

impl<'a> Shape<'a> {
    fn of(header: &StringRecord, layout: &'a Layout) -> Result<Shape<'a>, FileError> {
        Ok(Shape {
            layout,
            places: column_indexes(header, layout)?,
            columns: header.len(),
            widths: RefCell::default(),
            warnings: RefCell::default(),
        })
    }

    fn refuse_other_width(&self, line: u64, record: &StringRecord) -> Result<(), FileError> {
        if record.len() == self.columns {
            return Ok(());
        }
        let message = format!(
            "項目が {} 個あります（見出しは {} 個）",
            record.len(),
            self.columns
        );
        Err(FileError::new(message).at_line(line))
    }
}

/// A delivery has at most so many files.
const MOST_PARTS: i64 = 999;

fn part(control: &StringRecord, line: u64) -> Result<Option<DeliveryPart>, FileError> {
    let delivery = control.get(3).unwrap_or("").trim();
    if delivery.is_empty() {
        return Ok(None);
    }
    let number = |place: usize| {
        let cell = control.get(place).unwrap_or("").trim();
        cell.parse::<i64>()
            .ok()
            .filter(|number| (1..=MOST_PARTS).contains(number))
    };
    let plain = super::fields::check(None, delivery).is_ok() && delivery.chars().count() <= 40;
    match (number(4), number(5)) {
        (Some(part), Some(parts)) if part <= parts && plain => Ok(Some(DeliveryPart {
            delivery: delivery.to_owned(),
            part,
            parts,
        })),
        _ => Err(FileError::new(
            "合計行の配信番号・何番目・全部で が正しくありません（例: 20260601,1,2）",
        )
        .at_line(line)),
    }
}

fn column_indexes<'a>(
    header: &StringRecord,
    layout: &'a Layout,
) -> Result<BTreeMap<&'a str, usize>, FileError> {
    let mut places = BTreeMap::new();
    for (field, column) in &layout.columns {
        let place = header.iter().position(|name| name.trim() == column);
        let missing = || {
            FileError::new(format!("項目「{column}」がありません"))
                .at_line(1)
                .at_column(column)
        };
        match place {
            None if layout.optional.contains(field) => {}
            place => {
                places.insert(field.as_str(), place.ok_or_else(missing)?);
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests;
