//! CSV: one record a line.

use super::{CONTROL, Sink};
use crate::exchange::FileError;
use crate::exchange::charset::Lines;
use crate::exchange::source::Source;
use csv::{StringRecord, Terminator, WriterBuilder};
use csv_core::{ReadRecordResult, Reader};

pub fn read(source: Source<'_>, sink: &mut Sink<'_>) -> Result<(), FileError> {
    let mut lines = Lines::of(source)?;
    let mut splitter = Splitter::new();
    while let Some((line, text)) = lines.next_line()? {
        if text.is_empty() {
            continue;
        }
        let wrong = || FileError::new("CSV として読めない行です").at_line(line);
        let record = splitter.split(text).ok_or_else(wrong)?;
        sink(line, record)?;
    }
    Ok(())
}

/// Makes fields of a line; a record that goes on after the end of its line is none.
struct Splitter {
    reader: Reader,
    input: Vec<u8>,
    output: Vec<u8>,
    ends: Vec<usize>,
    record: StringRecord,
}

impl Splitter {
    fn new() -> Splitter {
        Splitter {
            // Not its default, which knows no delimiter.
            reader: Reader::new(),
            input: Vec::new(),
            output: Vec::new(),
            ends: Vec::new(),
            record: StringRecord::new(),
        }
    }

    fn split(&mut self, line: &str) -> Option<&StringRecord> {
        self.reader.reset();
        self.input.clear();
        self.input.extend_from_slice(line.as_bytes());
        self.input.push(b'\n');
        // There are never more bytes or fields than this.
        self.output.resize(self.input.len() + 1, 0);
        let commas = line.bytes().filter(|byte| *byte == b',').count();
        self.ends.resize(commas + 2, 0);
        let (result, read, _, fields) =
            self.reader
                .read_record(&self.input, &mut self.output, &mut self.ends);
        if result != ReadRecordResult::Record || read != self.input.len() {
            return None;
        }
        self.record.clear();
        let mut from = 0;
        for end in self.ends.get(..fields)? {
            let field = self.output.get(from..*end)?;
            self.record.push_field(std::str::from_utf8(field).ok()?);
            from = *end;
        }
        Some(&self.record)
    }
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
