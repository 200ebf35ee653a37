//! 形式: a file's bytes become records and back, as CSV, fixed length, JSON or XML. Whatever the
//! form, the first record names the columns and the last one proves that the file is whole.

mod csv;
mod fixed;
mod json;
mod xml;

use super::FileError;
use super::characters;
use super::layout::{Format, Layout};
use super::source::Source;
use ::csv::StringRecord;
use std::collections::BTreeMap;

/// The first cell of the record that closes a file.
pub const CONTROL: &str = "#合計";

/// Takes records with the lines on which they stand; of JSON and XML the place of the record, counted
/// as if each stood on a line below the header.
pub type Sink<'s> = dyn FnMut(u64, &StringRecord) -> Result<(), FileError> + 's;

/// Reads a file in the form that its layout names, record by record.
pub fn read(source: Source<'_>, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), FileError> {
    match layout.format {
        Format::Csv => csv::read(source, sink),
        Format::Fixed => fixed::read(source, layout, sink),
        Format::Json => json::read(source, layout, sink),
        Format::Xml => xml::read(source, layout, sink),
    }
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

/// Records whose cells carry the names of their columns.
struct Named<'n, 's> {
    layout: &'n Layout,
    header: StringRecord,
    sink: &'n mut Sink<'s>,
    line: u64,
}

impl<'n, 's> Named<'n, 's> {
    fn new(layout: &'n Layout, sink: &'n mut Sink<'s>) -> Result<Named<'n, 's>, FileError> {
        let header = header(layout);
        sink(1, &header)?;
        Ok(Named {
            layout,
            header,
            sink,
            line: 1,
        })
    }

    fn next_line(&self) -> u64 {
        self.line + 1
    }

    fn row(&mut self, row: &BTreeMap<String, String>) -> Result<(), FileError> {
        self.line += 1;
        let line = self.line;
        let unknown = row
            .keys()
            .find(|name| !self.header.iter().any(|one| one == *name));
        if let Some(name) = unknown {
            return Err(FileError::new(format!("知らない項目「{name}」があります"))
                .at_line(line)
                .at_column(name));
        }
        let mut record = StringRecord::new();
        for (field, name) in fields(self.layout, &self.header) {
            let missing = !self.layout.optional.iter().any(|one| one == field);
            match row.get(name) {
                Some(cell) => record.push_field(cell),
                None if missing => {
                    let error = FileError::new(format!("項目「{name}」がありません"));
                    return Err(error.at_line(line).at_column(name));
                }
                None => record.push_field(""),
            }
        }
        (self.sink)(line, &record)
    }

    fn end(mut self, control: &StringRecord) -> Result<(), FileError> {
        self.line += 1;
        (self.sink)(self.line, control)
    }
}

fn control(count: &str, total: &str) -> StringRecord {
    StringRecord::from(vec![CONTROL, count, total])
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

/// Writes rows with the columns of `names` and a control of their count. A character that the
/// partner does not have becomes its fallback, so one name cannot block the whole file.
pub fn write(layout: &Layout, names: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, FileError> {
    let reads = layout.reads();
    let cell = |cell: &String| characters::for_partner(cell, reads, &layout.fallbacks);
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let columns: Vec<&str> = names.iter().map(|field| layout.column(field)).collect();
    let text = match layout.format {
        Format::Csv => csv::write(&columns, &rows)?,
        Format::Fixed => fixed::write(layout, names, &rows)?,
        Format::Json => json::write(&columns, &rows)?,
        Format::Xml => xml::write(&columns, &rows),
    };
    if !reads.cp932 {
        return Ok(text.into_bytes());
    }
    characters::encode(&text, reads)
        .ok_or_else(|| FileError::new("CP932 にない文字があるため書けません"))
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

    /// All records of a file.
    fn all(bytes: &[u8], layout: &Layout) -> Result<Vec<Vec<String>>, FileError> {
        let mut all = Vec::new();
        read(Source::Bytes(bytes), layout, &mut |_, record| {
            all.push(record.iter().map(str::to_owned).collect());
            Ok(())
        })?;
        Ok(all)
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
                let records = all(&bytes, &layout).unwrap();
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
                let told = all(&bytes, &layout(format, charset));
                prop_assert!(told.is_ok() || !told.unwrap_err().message.is_empty());
            }
        }
    }

    #[test]
    fn lines_that_are_too_short_too_long_or_cut_a_character_are_named() {
        let layout = layout("fixed", "utf8");
        let refused = |text: &str| all(text.as_bytes(), &layout).unwrap_err();
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
        let missing = all(text.as_bytes(), &json).unwrap_err();
        assert_eq!(
            (missing.line, missing.column.as_deref()),
            (Some(3), Some("氏名"))
        );
        let xml = layout("xml", "utf8");
        let text = "<file><row><column name=\"番号\">1</column><column name=\"氏名\">&lt;&#x898B;&#36794;</column></row>\
            <row><column name=\"住所\"/></row><control count=\"2\" total=\"2\"/></file>";
        let unknown = all(text.as_bytes(), &xml).unwrap_err();
        assert_eq!(
            (unknown.line, unknown.column.as_deref()),
            (Some(3), Some("住所"))
        );
        let good = text.replace("<row><column name=\"住所\"/></row>", "");
        let records = all(good.as_bytes(), &xml).unwrap();
        assert!(
            records.iter().any(|row| row.contains(&"<見辺".to_owned())),
            "{records:?}"
        );
        let open = all(b"<file></file>", &xml).unwrap_err();
        assert!(open.message.contains("control がありません"));
        let evil = all(b"<!DOCTYPE x [<!ENTITY a \"b\">]><file/>", &xml).unwrap_err();
        assert!(evil.message.contains("DOCTYPE"));
    }
}
