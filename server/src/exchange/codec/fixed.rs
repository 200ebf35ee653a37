//! 固定長: columns by their width.

use super::{CONTROL, Sink};
use crate::exchange::FileError;
use crate::exchange::charset::Lines;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use csv::StringRecord;

/// 固定長: widths are bytes of CP932, whatever the charset of the file.
pub fn read(source: Source<'_>, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), FileError> {
    let names: StringRecord = layout
        .fixed
        .iter()
        .map(|column| layout.column(&column.field))
        .collect();
    sink(0, &names)?;
    let mut lines = Lines::of(source)?;
    while let Some((line, content)) = lines.next_line()? {
        let record = match content.starts_with(CONTROL) {
            true => content.split(',').collect(),
            false => cells(content, layout, line)?,
        };
        sink(line, &record)?;
    }
    Ok(())
}

fn cells(content: &str, layout: &Layout, line: u64) -> Result<StringRecord, FileError> {
    let mut chars = content.chars().peekable();
    let mut record = StringRecord::new();
    for column in &layout.fixed {
        let (mut cell, mut width) = (String::new(), 0);
        while width < column.width {
            let short = || {
                FileError::new("行が短すぎます")
                    .at_line(line)
                    .at_column(layout.column(&column.field))
            };
            let next = chars.next().ok_or_else(short)?;
            width += bytes_of(next);
            cell.push(next);
        }
        if width > column.width {
            let text = "項目の境目で全角文字が分かれています";
            let error = FileError::new(text).at_line(line);
            return Err(error.at_column(layout.column(&column.field)));
        }
        record.push_field(cell.trim_matches([' ', '\u{3000}']));
    }
    match chars.peek() {
        None => Ok(record),
        Some(_) => Err(FileError::new("行が長すぎます").at_line(line)),
    }
}

/// Bytes of a character in CP932.
fn bytes_of(one: char) -> usize {
    let half = one.is_ascii() || ('\u{FF61}'..='\u{FF9F}').contains(&one);
    if half { 1 } else { 2 }
}

pub fn write(layout: &Layout, names: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
    let mut text = String::new();
    for row in rows {
        for column in &layout.fixed {
            let place = names.iter().position(|name| *name == column.field);
            let cell = place.and_then(|place| row.get(place));
            let cell = cell.map_or("", String::as_str);
            let width: usize = cell.chars().map(bytes_of).sum();
            let room = column.width.checked_sub(width).ok_or_else(|| {
                let name = layout.column(&column.field);
                FileError::new(format!("「{name}」が{}バイトに収まりません", column.width))
                    .at_column(name)
            })?;
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', room));
        }
        text.push_str("\r\n");
    }
    let count = rows.len();
    text.push_str(&format!("{CONTROL},{count},{count}\r\n"));
    Ok(text)
}
