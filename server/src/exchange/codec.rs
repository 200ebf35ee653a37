//! 形式: a file's bytes become records and back, as CSV, fixed length, JSON or XML. Whatever the
//! form, the first record names the columns and the last one proves that the file is whole.

use super::layout::{Charset, Format, Layout};
use super::{FileError, charset};
use csv::{ReaderBuilder, StringRecord};
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first cell of the record that closes a file.
pub const CONTROL: &str = "#合計";

/// Records with the lines on which they stand; of JSON and XML the place of the record, counted as
/// if each stood on a line below the header.
pub type Records = Vec<(u64, StringRecord)>;

/// Reads a file in the form that its layout names.
pub fn read(bytes: &[u8], layout: &Layout) -> Result<Records, FileError> {
    let text = charset::decode(bytes)?;
    match layout.format {
        Format::Csv => csv(&text),
        Format::Fixed => fixed(&text, layout),
        Format::Json => json(&text, layout),
        Format::Xml => xml(&text, layout),
    }
}

fn csv(text: &str) -> Result<Records, FileError> {
    // The reader sees the end of a CRLF only with the next record, and would count a line less.
    let text = text.replace("\r\n", "\n");
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            FileError::new("CSV として読めない行です").at_line(line)
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        records.push((line, record));
    }
    Ok(records)
}

/// The columns of a layout in the order of its file.
fn header(layout: &Layout) -> StringRecord {
    let ordered = layout.fixed.iter().map(|column| column.field.as_str());
    let rest = layout
        .columns
        .keys()
        .map(String::as_str)
        .filter(|field| !layout.fixed.iter().any(|column| column.field == **field));
    ordered
        .chain(rest)
        .map(|field| layout.column(field))
        .collect()
}

/// 固定長: widths are bytes of CP932, whatever the charset of the file.
fn fixed(text: &str, layout: &Layout) -> Result<Records, FileError> {
    let names: StringRecord = layout
        .fixed
        .iter()
        .map(|column| layout.column(&column.field))
        .collect();
    let mut records = vec![(0, names)];
    for (line, content) in (1..).zip(text.lines()) {
        if content.starts_with(CONTROL) {
            records.push((line, content.split(',').collect()));
            continue;
        }
        records.push((line, cells(content, layout, line)?));
    }
    Ok(records)
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

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct JsonFile {
    rows: Vec<BTreeMap<String, String>>,
    control: JsonControl,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct JsonControl {
    count: i64,
    total: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<(String, i64, i64)>,
}

impl JsonControl {
    fn record(&self) -> StringRecord {
        let mut record = StringRecord::from(vec![
            CONTROL.to_owned(),
            self.count.to_string(),
            self.total.to_string(),
        ]);
        if let Some((delivery, part, parts)) = &self.delivery {
            record.push_field(delivery);
            record.push_field(&part.to_string());
            record.push_field(&parts.to_string());
        }
        record
    }
}

fn json(text: &str, layout: &Layout) -> Result<Records, FileError> {
    let file: JsonFile = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(1);
        FileError::new(format!("JSON として読めません: {error}")).at_line(line)
    })?;
    let rows = file.rows.into_iter();
    named(layout, rows, file.control.record())
}

/// Records whose cells carry the names of their columns.
fn named(
    layout: &Layout,
    rows: impl Iterator<Item = BTreeMap<String, String>>,
    control: StringRecord,
) -> Result<Records, FileError> {
    let header = header(layout);
    let mut records = vec![(1, header.clone())];
    for (line, row) in (2..).zip(rows) {
        let unknown = row
            .keys()
            .find(|name| !header.iter().any(|one| one == *name));
        if let Some(name) = unknown {
            return Err(FileError::new(format!("知らない項目「{name}」があります"))
                .at_line(line)
                .at_column(name));
        }
        let mut record = StringRecord::new();
        for (field, name) in fields(layout, &header) {
            let missing = !layout.optional.iter().any(|one| one == field);
            match row.get(name) {
                Some(cell) => record.push_field(cell),
                None if missing => {
                    let error = FileError::new(format!("項目「{name}」がありません"));
                    return Err(error.at_line(line).at_column(name));
                }
                None => record.push_field(""),
            }
        }
        records.push((line, record));
    }
    let last = u64::try_from(records.len()).unwrap_or(0) + 1;
    records.push((last, control));
    Ok(records)
}

/// Our field of each column of a header.
fn fields<'a>(
    layout: &'a Layout,
    header: &'a StringRecord,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    header.iter().map(|name| {
        let found = layout.columns.iter().find(|(_, column)| *column == name);
        (found.map_or("", |(field, _)| field.as_str()), name)
    })
}

fn xml(text: &str, layout: &Layout) -> Result<Records, FileError> {
    let mut reader = Reader::from_str(text);
    let (mut rows, mut row) = (Vec::new(), BTreeMap::new());
    let (mut column, mut cell) = (None::<String>, String::new());
    let mut control = None;
    loop {
        let line = |rows: &Vec<_>| u64::try_from(rows.len()).unwrap_or(0) + 2;
        let wrong = |why: String| FileError::new(format!("XML として読めません: {why}"));
        let event = reader
            .read_event()
            .map_err(|why| wrong(why.to_string()).at_line(line(&rows)))?;
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
                rows.push(std::mem::take(&mut row));
            }
            _ => {}
        }
    }
    let missing = || FileError::new("control がありません。途中で切れていませんか");
    let control = control.ok_or_else(missing)?;
    named(layout, rows.into_iter(), control)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<String, FileError> {
    let wrong = || FileError::new(format!("XML の属性 {name} がありません"));
    let found = tag.try_get_attribute(name).map_err(|_| wrong())?;
    let value = found.ok_or_else(wrong)?;
    let text = value.unescape_value().map_err(|_| wrong())?;
    Ok(text.into_owned())
}

fn control_of(tag: &BytesStart<'_>) -> Result<StringRecord, FileError> {
    let mut record = StringRecord::from(vec![
        CONTROL.to_owned(),
        attribute(tag, "count")?,
        attribute(tag, "total")?,
    ]);
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

/// Writes rows with the columns of `fields` and a control of their count.
pub fn write(layout: &Layout, names: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, FileError> {
    let columns: Vec<&str> = names.iter().map(|field| layout.column(field)).collect();
    let text = match layout.format {
        Format::Csv => to_csv(&columns, rows)?,
        Format::Fixed => to_fixed(layout, names, rows)?,
        Format::Json => to_json(&columns, rows)?,
        Format::Xml => to_xml(&columns, rows),
    };
    if layout.charset == Charset::Utf8 || matches!(layout.format, Format::Json | Format::Xml) {
        return Ok(text.into_bytes());
    }
    let bytes = charset::encode_cp932(&text)
        .ok_or_else(|| FileError::new("CP932 にない文字があるため書けません"))?;
    Ok(bytes.into_owned())
}

fn to_csv(columns: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
    let wrong = |why: String| FileError::new(format!("CSV を書けません: {why}"));
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
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

fn to_fixed(layout: &Layout, names: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
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

fn counted(rows: &[Vec<String>]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

fn to_json(columns: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
    let row = |cells: &Vec<String>| {
        let named = columns.iter().zip(cells);
        named
            .map(|(name, cell)| ((*name).to_owned(), cell.clone()))
            .collect()
    };
    let file = JsonFile {
        rows: rows.iter().map(row).collect(),
        control: JsonControl {
            count: counted(rows),
            total: counted(rows),
            delivery: None,
        },
    };
    serde_json::to_string(&file).map_err(|why| FileError::new(format!("JSON を書けません: {why}")))
}

fn to_xml(columns: &[&str], rows: &[Vec<String>]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(format: &str, charset: &str) -> Layout {
        let text = format!(
            "file = \"試験\"\nformat = \"{format}\"\ncharset = \"{charset}\"\n\
             fixed = [{{ field = \"number\", width = 6 }}, {{ field = \"name\", width = 20 }}]\n\
             [columns]\nname = \"氏名\"\nnumber = \"番号\"\n"
        );
        toml::from_str(&text).unwrap()
    }

    fn cells(records: &Records) -> Vec<Vec<String>> {
        let of = |record: &StringRecord| record.iter().map(str::to_owned).collect();
        records.iter().map(|(_, record)| of(record)).collect()
    }

    const FORMS: [(&str, &str); 6] = [
        ("csv", "cp932"),
        ("csv", "utf8"),
        ("fixed", "cp932"),
        ("fixed", "utf8"),
        ("json", "utf8"),
        ("xml", "utf8"),
    ];

    proptest! {
        #[test]
        fn what_is_written_in_any_form_is_read_again(
            rows in proptest::collection::vec(("[0-9]{1,6}", "[ァ-ヶ&<>\"',ｱ-ﾝa-z]{0,10}"), 0..6)
        ) {
            for (format, charset) in FORMS {
                let layout = layout(format, charset);
                let wanted: Vec<Vec<String>> = rows.iter().map(|(number, name)| vec![number.clone(), name.clone()]).collect();
                let bytes = write(&layout, &["number", "name"], &wanted).unwrap();
                let records = cells(&read(&bytes, &layout).unwrap());
                let (first, rest) = records.split_first().unwrap();
                let (last, rest) = rest.split_last().unwrap();
                prop_assert_eq!(first, &["番号", "氏名"], "{}", format);
                prop_assert_eq!(rest, wanted.as_slice(), "{}", format);
                let count = rows.len().to_string();
                prop_assert_eq!(last, &[CONTROL.to_owned(), count.clone(), count]);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused_but_never_end_the_program(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for (format, charset) in FORMS {
                let told = read(&bytes, &layout(format, charset));
                prop_assert!(told.is_ok() || !told.unwrap_err().message.is_empty());
            }
        }
    }

    #[test]
    fn lines_that_are_too_short_too_long_or_cut_a_character_are_named() {
        let layout = layout("fixed", "utf8");
        let refused = |text: &str| read(text.as_bytes(), &layout).unwrap_err();
        let short = refused("000001見辺\r\n");
        assert_eq!(
            (short.line, short.column.as_deref()),
            (Some(1), Some("氏名"))
        );
        let good = format!("000001{:20}", "abc");
        let long = refused(&format!("{good}\r\n{good} \r\n"));
        assert_eq!(
            (long.line, long.message.as_str()),
            (Some(2), "行が長すぎます")
        );
        let cut = refused(&format!("00000見{:19}\r\n", ""));
        assert!(cut.message.contains("全角文字が分かれています"), "{cut:?}");
    }

    #[test]
    fn a_missing_or_unknown_column_of_json_or_xml_is_named_with_its_place() {
        let json = layout("json", "utf8");
        let text = "{\"rows\":[{\"番号\":\"1\",\"氏名\":\"a\"},{\"番号\":\"2\"}],\"control\":{\"count\":2,\"total\":2}}";
        let missing = read(text.as_bytes(), &json).unwrap_err();
        assert_eq!(
            (missing.line, missing.column.as_deref()),
            (Some(3), Some("氏名"))
        );
        let xml = layout("xml", "utf8");
        let text = "<file><row><column name=\"番号\">1</column><column name=\"氏名\">&lt;&#x898B;&#36794;</column></row>\
            <row><column name=\"住所\"/></row><control count=\"2\" total=\"2\"/></file>";
        let unknown = read(text.as_bytes(), &xml).unwrap_err();
        assert_eq!(
            (unknown.line, unknown.column.as_deref()),
            (Some(3), Some("住所"))
        );
        let good = text.replace("<row><column name=\"住所\"/></row>", "");
        let records = cells(&read(good.as_bytes(), &xml).unwrap());
        assert!(
            records.iter().any(|row| row.contains(&"<見辺".to_owned())),
            "{records:?}"
        );
        let open = read(b"<file><row></row></file>", &xml).unwrap_err();
        assert!(open.message.contains("control がありません"));
        let evil = read(b"<!DOCTYPE x [<!ENTITY a \"b\">]><file/>", &xml).unwrap_err();
        assert!(evil.message.contains("DOCTYPE"));
    }
}
