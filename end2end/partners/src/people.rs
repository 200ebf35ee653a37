//! Who is asked for: the people of the demonstration.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug)]
pub struct Person {
    pub kana: String,
    pub birth_date: String,
    pub sex: String,
    pub head: bool,
    pub relation: String,
    pub head_name: String,
}

#[derive(Clone, Debug, Default)]
pub struct People {
    by_number: BTreeMap<String, Person>,
}

impl People {
    /// From the residents' file of the demonstration.
    pub fn read(file: &Path) -> Result<People> {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::SHIFT_JIS.decode(&bytes).0.into_owned(),
        };
        People::parse(&text)
    }

    pub fn parse(text: &str) -> Result<People> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers()?.clone();
        let place = |name| crate::column(&header, name);
        let number = place("宛名番号")?;
        let household = place("世帯番号")?;
        let columns = ["世帯主区分", "続柄", "氏名", "氏名カナ", "生年月日", "性別"].map(place);
        let [head, relation, name, kana, birth, sex] = columns;
        let (head, relation, name) = (head?, relation?, name?);
        let (kana, birth, sex) = (kana?, birth?, sex?);
        let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
        let text =
            |record: &csv::StringRecord, at: usize| record.get(at).unwrap_or_default().to_owned();
        let heads: BTreeMap<String, String> = records
            .iter()
            .filter(|record| record.get(head) == Some("1"))
            .map(|record| (text(record, household), text(record, name)))
            .collect();
        let person = |record: &csv::StringRecord| Person {
            kana: text(record, kana),
            birth_date: text(record, birth),
            sex: text(record, sex),
            head: record.get(head) == Some("1"),
            relation: text(record, relation),
            head_name: heads
                .get(&text(record, household))
                .cloned()
                .unwrap_or_default(),
        };
        let own = records
            .iter()
            .filter(|record| !text(record, 0).starts_with('#'));
        Ok(People {
            by_number: own
                .map(|record| (text(record, number), person(record)))
                .collect(),
        })
    }

    pub fn find(&self, number: &str) -> Option<&Person> {
        self.by_number.get(number)
    }
}
