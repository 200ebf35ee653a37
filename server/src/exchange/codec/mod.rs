//! 形式: a file's bytes become records and back, as CSV, fixed length, JSON or XML. Whatever the
//! form, the first record names the columns and the last one proves that the file is whole.

mod csv;
mod fixed;
mod json;
mod xml;

use super::layout::{Charset, Format, Layout};
use super::{FileError, charset};
use ::csv::StringRecord;
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
        Format::Csv => csv::read(&text),
        Format::Fixed => fixed::read(&text, layout),
        Format::Json => json::read(&text, layout),
        Format::Xml => xml::read(&text, layout),
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

/// Writes rows with the columns of `fields` and a control of their count.
pub fn write(layout: &Layout, names: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, FileError> {
    let columns: Vec<&str> = names.iter().map(|field| layout.column(field)).collect();
    let text = match layout.format {
        Format::Csv => csv::write(&columns, rows)?,
        Format::Fixed => fixed::write(layout, names, rows)?,
        Format::Json => json::write(&columns, rows)?,
        Format::Xml => xml::write(&columns, rows),
    };
    if layout.charset == Charset::Utf8 || matches!(layout.format, Format::Json | Format::Xml) {
        return Ok(text.into_bytes());
    }
    let bytes = charset::encode_cp932(&text)
        .ok_or_else(|| FileError::new("CP932 にない文字があるため書けません"))?;
    Ok(bytes.into_owned())
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
