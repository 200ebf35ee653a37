//! CSV: one record a line.

use super::{CONTROL, Records};
use crate::exchange::FileError;
use csv::{Position, ReaderBuilder, Terminator, WriterBuilder};

pub fn read(text: &str) -> Result<Records, FileError> {
    // The reader sees the end of a CRLF only with the next record, and would count a line less.
    let text = text.replace("\r\n", "\n");
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, Position::line);
            FileError::new("CSV として読めない行です").at_line(line)
        })?;
        let line = record.position().map_or(0, Position::line);
        records.push((line, record));
    }
    Ok(records)
}

pub fn write(columns: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
    let wrong = |why: String| FileError::new(format!("CSV を書けません: {why}"));
    let mut out = WriterBuilder::new()
        .flexible(true)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    out.write_record(columns)
        .map_err(|why| wrong(why.to_string()))?;
    for row in rows {
        out.write_record(row)
            .map_err(|why| wrong(why.to_string()))?;
    }
    let count = rows.len().to_string();
    out.write_record([CONTROL, &count, &count])
        .map_err(|why| wrong(why.to_string()))?;
    let bytes = out.into_inner().map_err(|why| wrong(why.to_string()))?;
    String::from_utf8(bytes).map_err(|why| wrong(why.to_string()))
}
