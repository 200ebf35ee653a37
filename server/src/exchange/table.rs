//! 表形式のファイル: a header, data lines, and a last line `#合計,件数,合計値` that proves the
//! file is whole.

use super::FileError;
use super::codec::{self, CONTROL};
use super::layout::Layout;
use chrono::NaiveDate;
use csv::StringRecord;
use kokuho_shared::text::half_width;
use std::collections::BTreeMap;

/// A whole file: every line has all columns, and the count of the control line is right.
pub struct Table<'a> {
    layout: &'a Layout,
    /// Our field → place in the line.
    places: BTreeMap<&'a str, usize>,
    lines: Vec<(u64, StringRecord)>,
    /// The control total of the last line, and where it stands.
    pub control: (i64, u64),
    /// Which of several files of a delivery it is.
    pub part: Option<Part>,
}

/// 分割配信: `#合計,件数,合計値,配信番号,何番目,全部で`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub delivery: String,
    pub part: i64,
    pub parts: i64,
}

/// One data line.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table<'a>,
    pub line: u64,
    record: &'a StringRecord,
}

impl<'a> Table<'a> {
    /// Reads a file in the form of its layout.
    pub fn read(bytes: &[u8], layout: &'a Layout) -> Result<Table<'a>, FileError> {
        let records = codec::read(bytes, layout)?;
        let mut records = records.into_iter();
        let (_, header) = records
            .next()
            .ok_or_else(|| FileError::new("ファイルが空です").at_line(1))?;
        let places = places(&header, layout)?;
        let mut lines: Vec<_> = records.collect();
        let last = lines.last().map_or(1, |(line, _)| *line);
        let missing = || {
            FileError::new("最後の合計行（#合計,件数,合計値）がありません。途中で切れていませんか")
                .at_line(last)
        };
        let (line, control) = lines
            .pop()
            .filter(|(_, record)| record.get(0) == Some(CONTROL))
            .ok_or_else(missing)?;
        if let Some((line, record)) = lines
            .iter()
            .find(|(_, record)| record.len() != header.len())
        {
            let message = format!(
                "項目が {} 個あります（見出しは {} 個）",
                record.len(),
                header.len()
            );
            return Err(FileError::new(message).at_line(*line));
        }
        let number = |place: usize, name: &str| {
            let value = control
                .get(place)
                .and_then(|text| text.trim().parse::<i64>().ok());
            value.ok_or_else(|| {
                FileError::new(format!("合計行の{name}が数字ではありません")).at_line(line)
            })
        };
        let (count, total) = (number(1, "件数")?, number(2, "合計値")?);
        if usize::try_from(count) != Ok(lines.len()) {
            let message = format!(
                "合計行の件数 {count} と実際の件数 {} が違います",
                lines.len()
            );
            return Err(FileError::new(message).at_line(line));
        }
        Ok(Table {
            layout,
            places,
            lines,
            control: (total, line),
            part: part(&control, line)?,
        })
    }

    pub fn rows(&'a self) -> impl Iterator<Item = Row<'a>> {
        self.lines.iter().map(move |(line, record)| Row {
            table: self,
            line: *line,
            record,
        })
    }

    /// Whether the file has the column of a field.
    pub fn has(&self, field: &str) -> bool {
        self.places.contains_key(field)
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

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

/// A delivery has at most so many files.
const MOST_PARTS: i64 = 999;

fn part(control: &StringRecord, line: u64) -> Result<Option<Part>, FileError> {
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
    match (number(4), number(5)) {
        (Some(part), Some(parts)) if part <= parts && delivery.chars().count() <= 40 => {
            Ok(Some(Part {
                delivery: delivery.to_owned(),
                part,
                parts,
            }))
        }
        _ => Err(FileError::new(
            "合計行の配信番号・何番目・全部で が正しくありません（例: 20260601,1,2）",
        )
        .at_line(line)),
    }
}

fn places<'a>(
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

/// No amount of a file is larger, in yen.
const MOST: i64 = 999_999_999_999;

impl<'a> Row<'a> {
    /// An error in a field of this line.
    pub fn wrong(&self, field: &str, message: impl Into<String>) -> FileError {
        FileError::new(message)
            .at_line(self.line)
            .at_column(self.table.layout.column(field))
    }

    /// The field without spaces around it; may be empty.
    pub fn text(&self, field: &str) -> &'a str {
        let place = self.table.places.get(field).copied();
        place
            .and_then(|place| self.record.get(place))
            .unwrap_or("")
            .trim_matches([' ', '\u{3000}'])
    }

    pub fn required(&self, field: &str) -> Result<&'a str, FileError> {
        match self.text(field) {
            "" => Err(self.wrong(field, "空です")),
            text => Ok(text),
        }
    }

    /// A number of exactly or at most so many digits, kept as text with its leading zeros.
    pub fn digits(&self, field: &str, most: usize) -> Result<String, FileError> {
        let text = half_width(self.required(field)?);
        if text.len() > most || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.wrong(
                field,
                format!("「{text}」は{most}桁までの数字ではありません"),
            ));
        }
        Ok(text)
    }

    /// `YYYY-MM-DD` or `YYYYMMDD`; empty is none.
    pub fn date(&self, field: &str) -> Result<Option<NaiveDate>, FileError> {
        let text = half_width(self.text(field));
        if text.is_empty() {
            return Ok(None);
        }
        let date = text
            .parse()
            .ok()
            .or_else(|| NaiveDate::parse_from_str(&text, "%Y%m%d").ok());
        let date =
            date.ok_or_else(|| self.wrong(field, format!("「{text}」は日付ではありません")))?;
        Ok(Some(date))
    }

    pub fn required_date(&self, field: &str) -> Result<NaiveDate, FileError> {
        self.date(field)?.ok_or_else(|| self.wrong(field, "空です"))
    }

    /// Whole yen, at least 0; empty is none.
    pub fn yen(&self, field: &str) -> Result<Option<i64>, FileError> {
        self.amount(field, 0, "0 以上 1兆円以下")
    }

    /// An amount that may be a loss.
    pub fn signed_yen(&self, field: &str) -> Result<Option<i64>, FileError> {
        self.amount(field, -MOST, "−1兆円以上 1兆円以下")
    }

    fn amount(&self, field: &str, least: i64, range: &str) -> Result<Option<i64>, FileError> {
        let text = half_width(self.text(field));
        if text.is_empty() {
            return Ok(None);
        }
        let amount = text
            .parse()
            .ok()
            .filter(|amount| (least..=MOST).contains(amount));
        let wrong = || self.wrong(field, format!("「{text}」は {range}の整数ではありません"));
        amount.map(Some).ok_or_else(wrong)
    }

    /// One of the codes.
    pub fn code(&self, field: &str, known: &[&'static str]) -> Result<&'static str, FileError> {
        let text = half_width(self.text(field));
        let found = known.iter().find(|code| **code == text);
        let wrong = || {
            self.wrong(
                field,
                format!("「{text}」は使えません（{}）", known.join("・")),
            )
        };
        found.copied().ok_or_else(wrong)
    }
}
