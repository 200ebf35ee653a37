//! JSON: rows of named cells, and a control.

use super::{CONTROL, Records, named};
use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use csv::StringRecord;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

pub fn read(text: &str, layout: &Layout) -> Result<Records, FileError> {
    let file: JsonFile = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(1);
        FileError::new(format!("JSON として読めません: {error}")).at_line(line)
    })?;
    let rows = file.rows.into_iter();
    named(layout, rows, file.control.record())
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
