//! The outside parties of the office: they read the files of requests and answer with files. They
//! share nothing with the product but the folder.

mod answers;
mod faults;
pub mod http;
mod links;
mod people;

pub use faults::Fault;
pub use links::Register;
pub use people::{People, Person};

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One request, as it stands in the file.
#[derive(Clone, Debug)]
pub struct Request {
    pub number: String,
    pub resident_number: String,
    pub dataset: String,
    pub fiscal_year: i32,
}

/// All parties on one folder.
pub struct Partners {
    folder: PathBuf,
    people: People,
    residents: Register,
    incomes: Register,
    faults: BTreeMap<String, Fault>,
    /// Files of each kind.
    written: BTreeMap<String, u32>,
}

impl Partners {
    pub fn new(folder: &Path, people: People) -> Partners {
        Partners {
            folder: folder.to_owned(),
            people,
            residents: Register::default(),
            incomes: Register::default(),
            faults: BTreeMap::new(),
            written: BTreeMap::new(),
        }
    }

    /// The registers of the city's own offices.
    pub fn registers(&mut self, residents: Register, incomes: Register) {
        (self.residents, self.incomes) = (residents, incomes);
    }

    pub(crate) fn fault_of(&self, resident_number: &str) -> Option<Fault> {
        self.faults.get(resident_number).copied()
    }

    /// What goes wrong with a person from now on.
    pub fn fault(&mut self, resident_number: &str, fault: Fault) {
        self.faults.insert(resident_number.to_owned(), fault);
    }

    /// The same from a file of `宛名番号,fault`.
    pub fn faults(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (number, fault) = line.split_once(',').with_context(|| line.to_owned())?;
            self.fault(number.trim(), Fault::parse(fault.trim())?);
        }
        Ok(())
    }

    /// Answers every request that lies there; returns how many answers were written.
    pub fn round(&mut self) -> Result<usize> {
        let out = self.folder.join("out");
        if !out.exists() {
            return Ok(0);
        }
        let mut names: Vec<PathBuf> = fs::read_dir(&out)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
            .filter(|path| {
                !path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with('.'))
            })
            .collect();
        names.sort();
        let mut answered = 0;
        for path in names {
            let name = path.file_name().context("a name")?.to_string_lossy();
            answered += match self.link(&name, &path)? {
                Some(linked) => linked,
                None => self.file(&path)?,
            };
            let done = out.join("done");
            fs::create_dir_all(&done)?;
            fs::rename(&path, done.join(path.file_name().context("a name")?))?;
        }
        Ok(answered)
    }

    fn file(&mut self, path: &Path) -> Result<usize> {
        let mut by_dataset: BTreeMap<String, Vec<Request>> = BTreeMap::new();
        for request in requests(path)? {
            by_dataset
                .entry(request.dataset.clone())
                .or_default()
                .push(request);
        }
        let mut answered = 0;
        for (dataset, requests) in by_dataset {
            let (mut usual, mut alone) = (Vec::new(), Vec::new());
            for request in requests {
                match self.faults.get(&request.resident_number) {
                    Some(Fault::Silent) => {}
                    // What spoils a whole file spoils no other answer.
                    Some(fault) if fault.spoils_file() => alone.push((request, *fault)),
                    fault => usual.push((request, fault.copied())),
                }
            }
            answered += self.write(&dataset, &usual, None)?;
            for (request, fault) in alone {
                answered += self.write(&dataset, &[(request, None)], Some(fault))?;
            }
        }
        Ok(answered)
    }

    fn write(
        &mut self,
        dataset: &str,
        requests: &[(Request, Option<Fault>)],
        fault: Option<Fault>,
    ) -> Result<usize> {
        if requests.is_empty() {
            return Ok(0);
        }
        let text = answers::file(dataset, requests, &self.people)?;
        let bytes = faults::spoil(&text, fault);
        let times = if fault == Some(Fault::TwoFiles) { 2 } else { 1 };
        for _ in 0..times {
            match fault {
                Some(Fault::LongName) => {
                    let kind = format!("{dataset}_{}", "x".repeat(250 - dataset.len() - 12));
                    self.put_bytes(&kind, &bytes)?;
                }
                _ => self.put_bytes(dataset, &bytes)?,
            }
        }
        Ok(requests.len())
    }

    /// A file in CP932 for the office.
    pub(crate) fn put_in(&mut self, kind: &str, text: &str) -> Result<()> {
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        self.put_bytes(kind, &bytes)
    }

    /// It appears whole.
    fn put_bytes(&mut self, kind: &str, bytes: &[u8]) -> Result<()> {
        let number = self.written.entry(kind.to_owned()).or_default();
        *number += 1;
        let name = format!("{kind}_{number:06}.csv");
        let folder = self.folder.join("in");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!(".{name}")), bytes)?;
        fs::rename(folder.join(format!(".{name}")), folder.join(&name))?;
        Ok(())
    }
}

/// Where a column stands.
pub(crate) fn column(header: &csv::StringRecord, name: &str) -> Result<usize> {
    header
        .iter()
        .position(|column| column == name)
        .with_context(|| name.to_owned())
}

/// The requests of a file in CP932.
fn requests(path: &Path) -> Result<Vec<Request>> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let (text, _, _) = encoding_rs::SHIFT_JIS.decode(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let place = |name| column(&header, name);
    let (number, resident) = (place("照会番号")?, place("宛名番号")?);
    let (dataset, year) = (place("特定個人情報")?, place("年度")?);
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record?;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        if text(0).starts_with('#') {
            continue;
        }
        all.push(Request {
            number: text(number),
            resident_number: text(resident),
            dataset: text(dataset),
            fiscal_year: text(year).parse()?,
        });
    }
    Ok(all)
}
