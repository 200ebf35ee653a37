//! `cargo xtask bite`: takes the mechanism behind each incident's test away, one after the other, and
//! wants the test to fail. What was taken away is put back, whatever happens.

use crate::process::{command, root};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Options {
    /// Only these, such as `a14,x01`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// One file under `incidents/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    package: String,
    target: String,
    file: String,
    mechanism: String,
    removed: String,
}

/// All removals by the name of the incident.
pub fn removals(root: &Path) -> Result<Vec<(String, Removal)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(root.join("incidents"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let removal = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let name = path.file_stem().context("a name")?.to_string_lossy();
        all.push((name.into_owned(), removal));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(all)
}

/// The source without the mechanism; refused where it is not there exactly once.
pub fn without(removal: &Removal, source: &str) -> Result<String> {
    let times = source.matches(&removal.mechanism).count();
    ensure!(
        times == 1,
        "{}: the mechanism stands there {times} times",
        removal.file
    );
    Ok(source.replacen(&removal.mechanism, &removal.removed, 1))
}

/// Puts the source back when it is dropped.
struct Taken {
    path: PathBuf,
    source: String,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.path, &self.source) {
            eprintln!("{}: {error}", self.path.display());
        }
    }
}

pub fn bite(options: &Options) -> Result<bool> {
    let root = root();
    let wanted = |name: &String| options.only.is_empty() || options.only.contains(name);
    let all = removals(root)?;
    let unknown = options
        .only
        .iter()
        .find(|name| !all.iter().any(|(known, _)| known == *name));
    if let Some(unknown) = unknown {
        bail!("incidents/{unknown}.toml does not exist");
    }
    let (mut bites, mut missed) = (0, 0);
    for (name, removal) in all.iter().filter(|(name, _)| wanted(name)) {
        if bites_in(root, name, removal)? {
            println!("{name}: bites");
            bites += 1;
        } else {
            println!("{name}: DOES NOT BITE");
            missed += 1;
        }
    }
    println!("{bites} passed, {missed} failed");
    Ok(missed == 0 && bites > 0)
}

/// Whether the test passes with the mechanism and fails without it, in a program that compiles.
fn bites_in(root: &Path, name: &str, removal: &Removal) -> Result<bool> {
    let path = root.join(&removal.file);
    let source = fs::read_to_string(&path).with_context(|| removal.file.clone())?;
    let changed = without(removal, &source)?;
    ensure!(tests(name, removal)?, "{name}: fails as it is");
    let _taken = Taken {
        path: path.clone(),
        source,
    };
    fs::write(&path, changed)?;
    let mut built = cargo_test(removal);
    ensure!(
        built.arg("--no-run").status()?.success(),
        "{name}: does not compile without its mechanism"
    );
    Ok(!tests(name, removal)?)
}

fn cargo_test(removal: &Removal) -> std::process::Command {
    let mut cargo = command("cargo");
    cargo.args(["test", "--quiet", "--package", &removal.package]);
    if removal.package == "kokuho-server" {
        // As `cargo xtask test` builds it: nothing is built twice.
        cargo.args(["--features", "kokuho-server/oidc"]);
    }
    cargo.args(["--test", &removal.target]);
    cargo
}

fn tests(name: &str, removal: &Removal) -> Result<bool> {
    let mut cargo = cargo_test(removal);
    let run = cargo.arg("--").arg(format!("incident_{name}_")).output()?;
    let text = String::from_utf8_lossy(&run.stdout);
    ensure!(
        !text.contains("0 passed; 0 failed"),
        "incident_{name}_: there is no such test"
    );
    Ok(run.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_removal_finds_its_mechanism_once() {
        let root = root();
        let all = removals(root).unwrap();
        assert!(all.len() >= 20, "{}", all.len());
        for (name, removal) in all {
            let source = fs::read_to_string(root.join(&removal.file)).unwrap();
            let changed = without(&removal, &source).unwrap();
            assert_ne!(changed, source, "{name}");
        }
    }
}
