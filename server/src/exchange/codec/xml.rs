//! XML: rows of named columns, and a control. No DOCTYPE, so that nothing is expanded.

use super::{Named, Sink};
use crate::exchange::FileError;
use crate::exchange::charset;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use csv::StringRecord;
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

pub fn read(source: Source<'_>, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), FileError> {
    let mut reader = Reader::from_reader(charset::utf8_only(source, "XML")?);
    let mut named = Named::new(layout, sink)?;
    let (mut buffer, mut row) = (Vec::new(), BTreeMap::new());
    let (mut column, mut cell) = (None::<String>, String::new());
    let mut control = None;
    loop {
        buffer.clear();
        let line = named.next_line();
        let wrong = |why: String| FileError::new(format!("XML として読めません: {why}"));
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|why| wrong(why.to_string()).at_line(line))?;
        match event {
            Event::Eof => break,
            Event::DocType(_) => return Err(wrong("DOCTYPE は使えません".into()).at_line(1)),
            Event::Start(tag) if tag.name().as_ref() == b"row" => row = BTreeMap::new(),
            Event::Start(tag) if tag.name().as_ref() == b"column" => {
                column = Some(attribute(&tag, "name")?);
                cell = String::new();
            }
            Event::Empty(tag) if tag.name().as_ref() == b"column" => {
                row.insert(attribute(&tag, "name")?, String::new());
            }
            Event::Empty(tag) | Event::Start(tag) if tag.name().as_ref() == b"control" => {
                control = Some(control_of(&tag)?);
            }
            Event::Text(content) if column.is_some() => {
                let content = content.decode().map_err(|why| wrong(why.to_string()))?;
                cell.push_str(&content);
            }
            Event::GeneralRef(name) if column.is_some() => cell.push(entity(&name)?),
            Event::End(tag) if tag.name().as_ref() == b"column" => {
                if let Some(name) = column.take() {
                    row.insert(name, std::mem::take(&mut cell));
                }
            }
            Event::End(tag) if tag.name().as_ref() == b"row" => {
                named.row(&std::mem::take(&mut row))?;
            }
            _ => {}
        }
    }
    let missing = || FileError::new("control がありません。途中で切れていませんか");
    let control = control.ok_or_else(missing)?;
    named.end(&control)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<String, FileError> {
    let wrong = || FileError::new(format!("XML の属性 {name} がありません"));
    let found = tag.try_get_attribute(name).map_err(|_| wrong())?;
    let value = found.ok_or_else(wrong)?;
    let text = value.unescape_value().map_err(|_| wrong())?;
    Ok(text.into_owned())
}

fn control_of(tag: &BytesStart<'_>) -> Result<StringRecord, FileError> {
    let mut record = super::control(&attribute(tag, "count")?, &attribute(tag, "total")?);
    for name in ["delivery", "part", "parts"] {
        if let Ok(text) = attribute(tag, name) {
            record.push_field(&text);
        }
    }
    Ok(record)
}

/// The five entities of XML, and characters by their number.
fn entity(name: &[u8]) -> Result<char, FileError> {
    let known = match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        other => std::str::from_utf8(other).ok().and_then(numbered),
    };
    known.ok_or_else(|| FileError::new("XML の実体参照を読めません"))
}

fn numbered(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|one| *one != '\0')
}

pub fn write(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<file>\n");
    for row in rows {
        text.push_str("<row>");
        for (name, cell) in columns.iter().zip(row) {
            text.push_str(&format!(
                "<column name=\"{}\">{}</column>",
                escape(*name),
                escape(cell.as_str())
            ));
        }
        text.push_str("</row>\n");
    }
    let count = rows.len();
    text.push_str(&format!(
        "<control count=\"{count}\" total=\"{count}\"/>\n</file>\n"
    ));
    text
}
