//! A file ten times as large needs no more memory: the program is measured as it runs.

use crate::office::{Kind, new_database};
use crate::program::kokuho;
use kokuho_server::demo::{DemoSettings, generate};
use kokuho_shared::calendar::FiscalYear;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// The most memory of a run, in KiB, as the system counts it.
fn most_memory(database: &str, words: &[&str]) -> u64 {
    let mut child = kokuho(database, words).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        // It only grows, and is gone once the program has ended.
        most = most.max(now.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(ended.success(), "{words:?}: {told}");
    most
}

/// The city's three files in a folder.
fn city(folder: &Path, households: u32) -> [(&'static str, String); 3] {
    let files = generate(&DemoSettings {
        seed: 1,
        households,
        fiscal_year: FiscalYear(2026),
        municipality_code: "27100".into(),
    });
    let texts = [
        ("residents", files.residents),
        ("incomes", files.incomes),
        ("eligibility", files.eligibility),
    ];
    texts.map(|(kind, text)| {
        let path = folder.join(format!("{kind}-{households}.csv"));
        fs::write(&path, text).unwrap();
        (kind, path.to_string_lossy().into_owned())
    })
}

/// Takes a city in, and once more with one line changed, so that all others are compared.
fn most_of(kind: Kind, households: u32) -> u64 {
    let folder = std::env::temp_dir().join(format!(
        "kokuho-memory-{}-{kind:?}-{households}",
        std::process::id()
    ));
    fs::create_dir_all(&folder).unwrap();
    let database = new_database(kind);
    most_memory(&database, &["migrate"]);
    let mut most = 0;
    for (word, path) in city(&folder, households) {
        most = most.max(most_memory(&database, &["import", word, &path]));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("\r\n", "\n", 1)).unwrap();
        most = most.max(most_memory(&database, &["import", word, &path]));
    }
    fs::remove_dir_all(&folder).unwrap();
    most
}

/// 64 MiB.
const MOST: u64 = 64 * 1024;

fn a_city_needs_no_memory_of_its_size(kind: Kind) {
    let idle = most_memory(&new_database(kind), &["migrate"]);
    let (small, large) = (most_of(kind, 400), most_of(kind, 4_000));
    println!("{kind:?}: idle {idle} KiB, 400 households {small} KiB, 4,000 households {large} KiB");
    assert!(large < idle + MOST, "{idle} {large}");
    // What is left of growth is a few bytes a person.
    assert!(large < small + MOST / 4, "{small} {large}");
}

#[test]
fn a_file_ten_times_as_large_needs_no_more_memory_sqlite() {
    a_city_needs_no_memory_of_its_size(Kind::Sqlite);
}

#[test]
fn a_file_ten_times_as_large_needs_no_more_memory_postgres() {
    a_city_needs_no_memory_of_its_size(Kind::Postgres);
}
