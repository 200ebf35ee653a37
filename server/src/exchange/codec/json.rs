//! JSON: rows of named cells, and a control. Rows are handed on one by one.

use super::{Named, Sink};
use crate::exchange::FileError;
use crate::exchange::charset;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use csv::StringRecord;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Serialize)]
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
        let mut record = super::control(&self.count.to_string(), &self.total.to_string());
        if let Some((delivery, part, parts)) = &self.delivery {
            record.push_field(delivery);
            record.push_field(&part.to_string());
            record.push_field(&parts.to_string());
        }
        record
    }
}

pub fn read(source: Source<'_>, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), FileError> {
    let text = charset::utf8_only(source, "JSON")?;
    let mut named = Named::new(layout, sink)?;
    let mut refused = None;
    let file = File {
        named: &mut named,
        refused: &mut refused,
    };
    let mut reader = serde_json::Deserializer::from_reader(text);
    let read = file
        .deserialize(&mut reader)
        .and_then(|control| reader.end().map(|()| control));
    if let Some(refused) = refused {
        return Err(refused);
    }
    let control = read.map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(1);
        FileError::new(format!("JSON として読めません: {error}")).at_line(line)
    })?;
    named.end(&control.record())
}

/// The file as it is read; what a row is refused for goes past the reader.
struct File<'f, 'n, 's> {
    named: &'f mut Named<'n, 's>,
    refused: &'f mut Option<FileError>,
}

impl<'de> DeserializeSeed<'de> for File<'_, '_, '_> {
    type Value = JsonControl;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<JsonControl, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_, '_, '_> {
    type Value = JsonControl;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows and control")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonControl, A::Error> {
        let (mut control, mut rows) = (None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "rows" if !rows => {
                    rows = true;
                    map.next_value_seed(Rows {
                        named: &mut *self.named,
                        refused: &mut *self.refused,
                    })?;
                }
                "control" if control.is_none() => control = Some(map.next_value()?),
                other => return Err(Error::unknown_field(other, &["rows", "control"])),
            }
        }
        if !rows {
            return Err(Error::missing_field("rows"));
        }
        control.ok_or_else(|| Error::missing_field("control"))
    }
}

struct Rows<'f, 'n, 's> {
    named: &'f mut Named<'n, 's>,
    refused: &'f mut Option<FileError>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element::<BTreeMap<String, String>>()? {
            if let Err(refused) = self.named.row(&row) {
                *self.refused = Some(refused);
                // The rest is not read.
                return Err(Error::custom("refused"));
            }
        }
        Ok(())
    }
}

fn counted(rows: &[Vec<String>]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

pub fn write(columns: &[&str], rows: &[Vec<String>]) -> Result<String, FileError> {
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
