//! What the measurements share: the program itself, and a server to call.

#[path = "../../tests/it/cluster.rs"]
#[allow(
    dead_code,
    reason = "only the private PostgreSQL is used here, and not all of it everywhere"
)]
pub mod cluster;

#[allow(dead_code, reason = "used by the measurement of clerks")]
pub mod statements;

#[allow(dead_code, reason = "used by the measurement of clerks")]
pub mod clerks;

use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// `kokuho` on a database, on a fixed day.
pub fn kokuho(database: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kokuho"));
    let keys = std::env::temp_dir().join(format!("kokuho-bench-keys-{}", std::process::id()));
    command
        .args(["--database", database, "--today", "2026-06-10", "--keys"])
        .arg(keys)
        .args(words)
        // Fonts are looked for from here.
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Runs it to its end and returns what it printed.
pub fn run(database: &str, words: &[&str]) -> String {
    let output = kokuho(database, words).output().expect("kokuho starts");
    assert!(output.status.success(), "{words:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[allow(dead_code, reason = "used by the measurement of the run")]
/// Releases a run as somebody of the demonstration, with password and code.
pub fn release(database: &str, run_number: &str) {
    let code = run(database, &["admin", "code", "clerk"]);
    let words = ["release", run_number, "--by", "clerk", "--note", "測定"];
    let mut child = kokuho(database, &words)
        .stdin(Stdio::piped())
        .spawn()
        .expect("kokuho starts");
    let told = format!("kokuho-demo\n{code}\n");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(told.as_bytes()).expect("password and code");
    drop(input);
    assert!(child.wait().expect("kokuho ends").success(), "{words:?}");
}

/// Generates a city of so many households and takes it in.
pub fn demo(database: &str, households: u32) {
    let folder = std::env::temp_dir().join(format!("kokuho-bench-demo-{}", std::process::id()));
    let (count, out) = (
        households.to_string(),
        folder.to_string_lossy().into_owned(),
    );
    run(
        database,
        &["demo", "--import", "--households", &count, "--out", &out],
    );
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
}

#[allow(dead_code, reason = "used by the measurement of clerks")]
/// The demonstration city's residents as their file, one in so many with another reading of the name.
pub fn residents(database: &str, households: u32, one_in: usize) -> Vec<u8> {
    const KANA: usize = 5;
    let folder = std::env::temp_dir().join(format!("kokuho-bench-incomes-{}", std::process::id()));
    let (count, out) = (
        households.to_string(),
        folder.to_string_lossy().into_owned(),
    );
    run(database, &["demo", "--households", &count, "--out", &out]);
    let own = std::fs::read(folder.join("residents.csv")).expect("the residents");
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
    let mut text: Vec<u8> = Vec::with_capacity(own.len() * 2);
    for (place, line) in own.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let mut fields: Vec<Vec<u8>> = line
            .split(|byte| *byte == b',')
            .map(<[u8]>::to_vec)
            .collect();
        let person = line.first().is_some_and(u8::is_ascii_digit) && place.is_multiple_of(one_in);
        if let Some(field) = fields.get_mut(KANA).filter(|_| person) {
            field.extend(KANA_MORE);
        }
        text.extend(fields.join(&b','));
    }
    text
}

/// ア in CP932.
const KANA_MORE: [u8; 2] = [0x83, 0x41];

/// Starts a server without workers and returns its address.
pub fn serve(database: &str) -> (Child, String) {
    serve_with(database, None)
}

/// The same with so many connections to the database.
pub fn serve_with(database: &str, connections: Option<u32>) -> (Child, String) {
    let count = connections.map(|count| count.to_string());
    let mut words: Vec<&str> = Vec::new();
    if let Some(count) = &count {
        words.extend(["--database-connections", count.as_str()]);
    }
    words.extend([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--workers",
        "0",
        "--dist",
    ]);
    let dist = std::env::temp_dir().join(format!("kokuho-bench-dist-{}", std::process::id()));
    for page in ["clerk", "citizen"] {
        std::fs::create_dir_all(dist.join(page)).expect("a folder");
        std::fs::write(dist.join(page).join("index.html"), "<!doctype html>").expect("a page");
    }
    let mut child = kokuho(database, &words)
        .arg(dist)
        .spawn()
        .expect("the server starts");
    let mut url = String::new();
    let output = child.stdout.take().expect("its output");
    BufReader::new(output)
        .read_line(&mut url)
        .expect("its address");
    (child, url.trim().to_owned())
}

/// The token of a clerk's session.
pub fn token(clerk: usize) -> String {
    format!("bench-{clerk}")
}

/// A session as the sign-in makes it: only the hash is stored.
pub fn session(clerk: usize) -> String {
    let sha256: String = Sha256::digest(token(clerk).as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let far = i64::MAX / 2;
    format!(
        "INSERT INTO session (id, token_sha256, login, expires_at, seen_at, both_factors) \
         VALUES ({clerk}, '{sha256}', 'clerk', {far}, {far}, 1)"
    )
}

/// The time below which so many of a hundred are.
pub fn at(all: &[u128], percent: usize) -> u128 {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(0)
}
