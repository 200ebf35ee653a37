//! 国保連合会, 本市住基 and 本市税務: what they say of the records they get.

use crate::{Fault, Partners, column};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A register of the city, as its file stands.
#[derive(Clone, Debug, Default)]
pub struct Register {
    header: Vec<String>,
    rows: BTreeMap<String, Vec<Vec<String>>>,
}

impl Register {
    pub fn read(file: &Path) -> Result<Register> {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::SHIFT_JIS.decode(&bytes).0.into_owned(),
        };
        Register::parse(&text)
    }

    pub fn parse(text: &str) -> Result<Register> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers()?.clone();
        let number = column(&header, "宛名番号")?;
        let mut register = Register {
            header: header.iter().map(str::to_owned).collect(),
            rows: BTreeMap::new(),
        };
        for record in reader.records() {
            let record = record?;
            if record.get(0).unwrap_or_default().starts_with('#') {
                continue;
            }
            let key = record.get(number).unwrap_or_default().to_owned();
            let row = record.iter().map(str::to_owned).collect();
            register.rows.entry(key).or_default().push(row);
        }
        Ok(register)
    }

    /// The lines of some people with their control line; none where nobody is known.
    fn answer(&self, numbers: &[String], total: impl Fn(&[Vec<String>]) -> i64) -> Option<String> {
        let found = numbers.iter().filter_map(|number| self.rows.get(number));
        let rows: Vec<Vec<String>> = found.flatten().cloned().collect();
        if rows.is_empty() {
            return None;
        }
        let mut text = format!("{}\r\n", self.header.join(","));
        for row in &rows {
            text.push_str(&row.join(","));
            text.push_str("\r\n");
        }
        text.push_str(&format!("#合計,{},{}\r\n", rows.len(), total(&rows)));
        Some(text)
    }

    fn place(&self, name: &str) -> usize {
        let found = self.header.iter().position(|column| column == name);
        found.unwrap_or(usize::MAX)
    }
}

/// The lines of a file in CP932, by the names of the columns.
fn lines(path: &Path) -> Result<Vec<BTreeMap<String, String>>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let (text, _, _) = encoding_rs::SHIFT_JIS.decode(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record?;
        if record.get(0).unwrap_or_default().starts_with('#') {
            continue;
        }
        let cells = header.iter().zip(&record);
        all.push(
            cells
                .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
                .collect(),
        );
    }
    Ok(all)
}

fn cell(line: &BTreeMap<String, String>, name: &str) -> String {
    line.get(name).cloned().unwrap_or_default()
}

impl Partners {
    /// Answers a file of the daily exchange; `None` where it is none.
    pub(crate) fn link(&mut self, name: &str, path: &Path) -> Result<Option<usize>> {
        let is = |start: &str| name.starts_with(start);
        Ok(Some(if is("federation_") {
            self.result("federation_result", path)?
        } else if is("resident_mark_") {
            self.result("resident_mark_result", path)?
        } else if is("residents_request_") {
            self.residents(path)?
        } else if is("incomes_request_") {
            self.incomes(path)?
        } else if is("pension_request_") {
            self.pension_results(path)?
        } else if is("income_report_") {
            lines(path)?.len()
        } else {
            return Ok(None);
        }))
    }

    fn result(&mut self, kind: &str, path: &Path) -> Result<usize> {
        let mut text = String::from("通番,宛名番号,結果,コード,内容\r\n");
        let mut count = 0;
        for line in lines(path)? {
            let number = cell(&line, "宛名番号");
            let told = match self.fault_of(&number) {
                Some(Fault::Silent) => continue,
                Some(Fault::Error) => "1,E12,他の市町村の資格期間と重なっています",
                _ => "0,,",
            };
            text.push_str(&format!("{},{number},{told}\r\n", cell(&line, "通番")));
            count += 1;
        }
        if count > 0 {
            text.push_str(&format!("#合計,{count},{count}\r\n"));
            self.put_in(kind, &text)?;
        }
        Ok(count)
    }

    /// 日本年金機構: every request is taken, but for those of whom something is wrong.
    fn pension_results(&mut self, path: &Path) -> Result<usize> {
        let mut text = String::from("年度,宛名番号,区分,結果,コード\r\n");
        let mut count = 0;
        for line in lines(path)? {
            let number = cell(&line, "宛名番号");
            let told = match self.fault_of(&number) {
                Some(Fault::Silent) => continue,
                Some(Fault::Error) => "1,E21",
                _ => "0,",
            };
            let (year, kind) = (cell(&line, "年度"), cell(&line, "区分"));
            text.push_str(&format!("{year},{number},{kind},{told}\r\n"));
            count += 1;
        }
        if count > 0 {
            text.push_str(&format!("#合計,{count},{count}\r\n"));
            self.put_in("pension_result", &text)?;
        }
        Ok(count)
    }

    /// 日本年金機構 names whose pension can bear a premium: 宛名番号, birth, 年額 and 介護保険料 of a payment.
    pub fn list_pensions(&mut self, on: &str, people: &[(&str, &str, i64, i64)]) -> Result<()> {
        let mut text = String::from("作成年月日,宛名番号,生年月日,年金年額,介護保険料（1回）\r\n");
        for (number, birth, annual, care) in people {
            text.push_str(&format!("{on},{number},{birth},{annual},{care}\r\n"));
        }
        let sum: i64 = people.iter().map(|person| person.2).sum();
        text.push_str(&format!("#合計,{},{sum}\r\n", people.len()));
        self.put_in("pension_list", &text)
    }

    /// The same of every head of the register who is 66 to 74 in the year of the list.
    pub fn list_heads(&mut self, on: &str) -> Result<()> {
        let year: i32 = on.get(..4).unwrap_or_default().parse()?;
        let [head, number, birth] =
            ["世帯主区分", "宛名番号", "生年月日"].map(|name| self.residents.place(name));
        let cell = |row: &Vec<String>, place: usize| row.get(place).cloned().unwrap_or_default();
        let of_age = |row: &&Vec<String>| {
            let born = cell(row, birth).get(..4).and_then(|year| year.parse().ok());
            cell(row, head) == "1"
                && born.is_some_and(|born: i32| (66..=74).contains(&(year - born)))
        };
        let rows = self.residents.rows.values().flatten().filter(of_age);
        let people: Vec<(String, String)> = rows
            .map(|row| (cell(row, number), cell(row, birth)))
            .collect();
        let lines: Vec<(&str, &str, i64, i64)> = people
            .iter()
            .map(|(number, birth)| (number.as_str(), birth.as_str(), 1_800_000, 12_000))
            .collect();
        self.list_pensions(on, &lines)
    }

    fn residents(&mut self, path: &Path) -> Result<usize> {
        let numbers = self.asked(path)?;
        let household = self.residents.place("世帯番号");
        let distinct = |rows: &[Vec<String>]| {
            let all: BTreeSet<&String> = rows.iter().filter_map(|row| row.get(household)).collect();
            i64::try_from(all.len()).unwrap_or(0)
        };
        match self.residents.answer(&numbers, distinct) {
            Some(text) => self.put_in("residents", &text)?,
            None => return Ok(0),
        }
        Ok(numbers.len())
    }

    fn incomes(&mut self, path: &Path) -> Result<usize> {
        let numbers = self.asked(path)?;
        let total = self.incomes.place("合計所得");
        let sum = |rows: &[Vec<String>]| {
            let yen = rows
                .iter()
                .filter_map(|row| row.get(total)?.parse::<i64>().ok());
            yen.sum()
        };
        match self.incomes.answer(&numbers, sum) {
            Some(text) => self.put_in("incomes", &text)?,
            None => return Ok(0),
        }
        Ok(numbers.len())
    }

    fn asked(&self, path: &Path) -> Result<Vec<String>> {
        let all = lines(path)?;
        let numbers = all.iter().map(|line| cell(line, "宛名番号"));
        let silent = |number: &String| self.fault_of(number) == Some(Fault::Silent);
        Ok(numbers.filter(|number| !silent(number)).collect())
    }

    /// 本市税務 asks what people wrote on 所得申告書: its number, 宛名番号 and the year.
    pub fn ask_income_reports(&mut self, questions: &[(u64, &str, i32)]) -> Result<()> {
        let mut text = String::from("照会番号,宛名番号,所得年\r\n");
        for (number, resident, year) in questions {
            text.push_str(&format!("{number},{resident},{year}\r\n"));
        }
        let count = questions.len();
        text.push_str(&format!("#合計,{count},{count}\r\n"));
        self.put_in("income_report_request", &text)
    }
}
