//! The real program, run as an office runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A file with the key of the tests' offices; written once, because others read it meanwhile.
pub fn key_file() -> String {
    static FILE: OnceLock<String> = OnceLock::new();
    let written = FILE.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("kokuho-keys-{}", std::process::id()));
        std::fs::write(&path, "07".repeat(32)).unwrap();
        path.to_string_lossy().into_owned()
    });
    written.clone()
}

/// `kokuho` with a database on 10 June 2026, in this checkout.
pub fn kokuho(database: &str, words: &[&str]) -> Command {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kokuho"));
    command
        .current_dir(checkout)
        .args(["--database", database, "--today", "2026-06-10", "--keys"])
        .arg(key_file())
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end and returns what it printed; it must succeed.
pub fn output(database: &str, words: &[&str]) -> String {
    let output = kokuho(database, words).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs it with lines of input; its status and what it said.
pub fn told(database: &str, words: &[&str], lines: &str) -> (bool, String) {
    let mut child = kokuho(database, words)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses before it reads closes its input.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// Password and code of somebody of the demonstration.
pub fn credential(database: &str, login: &str) -> String {
    let code = output(database, &["admin", "code", login]);
    format!("kokuho-demo\n{code}\n")
}

/// Somebody other than the operator has looked at the check of a run.
pub fn released(database: &str, run: &str) {
    let words = ["release", run, "--by", "clerk", "--note", "確認済み"];
    let (done, text) = told(database, &words, &credential(database, "clerk"));
    assert!(done, "{text}");
}
