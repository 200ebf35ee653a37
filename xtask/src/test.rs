//! `cargo xtask test`: every check and test, one line of counts at the end.

use crate::count::{self, Count};
use crate::process::{cargo, command, root, step};
use crate::{machine, pages, tools};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

#[derive(Args)]
pub struct Options {
    /// Only these, named openly: checks, unit, sqlite, postgres, browser.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Suite>,
    /// The long run: a hundred times the cases of the ordinary one.
    #[arg(long)]
    long: bool,
    /// Of the browser's tests only those whose name matches, such as `flow_1_15`.
    #[arg(long, value_name = "PATTERN")]
    grep: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Format, lints, licences and sources of the dependencies.
    Checks,
    /// Rules and everything else that needs no database.
    Unit,
    /// The server on SQLite.
    Sqlite,
    /// The server on a private PostgreSQL.
    Postgres,
    /// The pages in Chromium.
    Browser,
}

const ALL: [Suite; 5] = [
    Suite::Checks,
    Suite::Unit,
    Suite::Sqlite,
    Suite::Postgres,
    Suite::Browser,
];

pub fn test(options: &Options) -> Result<bool> {
    let suites: Vec<Suite> = ALL
        .into_iter()
        .filter(|suite| options.only.is_empty() || options.only.contains(suite))
        .collect();
    if options.long {
        // Read by the tests that generate their cases; no test of this process reads it.
        eprintln!("→ the long run");
    }
    let mut all = Count::default();
    for suite in &suites {
        let started = Instant::now();
        eprintln!("\n== {suite:?}");
        // A suite that cannot be started has failed; the others are still run.
        let count = run(*suite, options).unwrap_or_else(|error| {
            eprintln!("{suite:?}: {error:#}");
            Count::one(false)
        });
        eprintln!(
            "== {suite:?}: {} passed, {} failed in {} s",
            count.passed,
            count.failed,
            started.elapsed().as_secs()
        );
        all += count;
    }
    if suites.len() < ALL.len() {
        println!("only {suites:?} of {ALL:?}");
    }
    if let Some(pattern) = &options.grep {
        println!("of the browser only {pattern}");
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    Ok(all.failed == 0 && all.passed > 0)
}

fn run(suite: Suite, options: &Options) -> Result<Count> {
    let long = options.long;
    match suite {
        Suite::Checks => checks(),
        Suite::Unit => unit(long),
        Suite::Sqlite => server(&["--skip", "postgres"], long),
        Suite::Postgres => {
            machine::postgres()?;
            server(&["postgres"], long)
        }
        Suite::Browser => browser(options),
    }
}

/// Every package, and of the server what needs no database.
fn unit(long: bool) -> Result<Count> {
    // The letters are set in the fonts that come with the packages.
    machine::node()?;
    tools::npm()?;
    let mut count = Count::default();
    for program in built()?.iter().filter(|program| program.name != ROUTES) {
        count += rust(&mut program.command(), long)?;
    }
    Ok(count)
}

/// The server through its routes.
fn server(filter: &[&str], long: bool) -> Result<Count> {
    let programs = built()?;
    let routes = programs.iter().find(|program| program.name == ROUTES);
    let routes = routes.context("the server has no tests")?;
    rust(routes.command().args(filter), long)
}

/// The name of the server's tests that need a database.
const ROUTES: &str = "it";

/// A program of tests, and where it expects to be run.
struct Program {
    name: String,
    file: PathBuf,
    folder: PathBuf,
}

impl Program {
    fn command(&self) -> Command {
        eprintln!("→ {} of {}", self.name, self.folder.display());
        let mut command = Command::new(&self.file);
        command.current_dir(&self.folder);
        command
    }
}

/// All tests of all packages, built at once: for another choice of packages or targets cargo
/// would compile the same libraries again.
fn built() -> Result<Vec<Program>> {
    let mut build = cargo();
    let packages = PACKAGES.iter().flat_map(|name| ["--package", name]);
    build.arg("test").args(FEATURES).args(packages);
    build.args(["--no-run", "--lib", "--bins", "--test", "*"]);
    build.args(["--message-format", "json-render-diagnostics"]);
    let output = build.stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(output.status.success(), "the tests do not build");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let programs = messages.filter_map(|message| {
        let text = |path: &str| Some(message.pointer(path)?.as_str()?.to_owned());
        let is_test = message.pointer("/profile/test")?.as_bool()?;
        let manifest = PathBuf::from(text("/manifest_path")?);
        is_test.then_some(())?;
        Some(Program {
            name: text("/target/name")?,
            file: PathBuf::from(text("/executable")?),
            folder: manifest.parent()?.to_owned(),
        })
    });
    Ok(programs.collect())
}

/// Doors that a city may leave out are tested as well.
const FEATURES: [&str; 2] = ["--features", "kokuho-server/oidc"];

const PACKAGES: [&str; 7] = [
    "kokuho-shared",
    "kokuho-second",
    "kokuho-households",
    "kokuho-ui",
    "kokuho-letters",
    "kokuho-server",
    "xtask",
];

/// Everything but the pages, which are compiled for the browser only.
const NATIVE: [&str; 11] = [
    "--quiet",
    "--all-targets",
    "--workspace",
    "--exclude",
    "kokuho-ui",
    "--exclude",
    "kokuho-app",
    "--exclude",
    "kokuho-citizen",
    "--exclude",
    "kokuho-bare",
];

fn checks() -> Result<Count> {
    tools::rust()?;
    tools::deny()?;
    let wasm = [
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        "kokuho-ui",
        "--package",
        "kokuho-app",
        "--package",
        "kokuho-citizen",
    ];
    let strict = ["--", "-D", "warnings"];
    let mut count = Count::default();
    let mut check = |name: &str, first: &str, rest: &[&str]| -> Result<()> {
        let passed = cargo()
            .arg(first)
            .args(rest)
            .status()
            .with_context(|| name.to_owned())?
            .success();
        eprintln!("{name} ... {}", if passed { "ok" } else { "FAILED" });
        count += Count::one(passed);
        Ok(())
    };
    check("format", "fmt", &["--all", "--check"])?;
    check(
        "lints",
        "clippy",
        &[&NATIVE[..], &FEATURES, &strict[..]].concat(),
    )?;
    check(
        "lints of the pages",
        "clippy",
        &[&["--quiet"][..], &wasm[..], &strict[..]].concat(),
    )?;
    check(
        "licences and sources",
        "deny",
        &["--all-features", "check", "licenses", "bans", "sources"],
    )?;
    Ok(count)
}

/// Runs Rust tests, passing their output on, and adds up their closing lines.
fn rust(command: &mut Command, long: bool) -> Result<Count> {
    cases(command, long);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be started")?;
    let mut count = Count::default();
    let output = child.stdout.take().context("no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        if let Some(closing) = count::rust(&line) {
            count += closing;
        }
    }
    let succeeded = child.wait()?.success();
    if !succeeded && count.failed == 0 {
        eprintln!("the tests did not build or did not run to their end");
        count += Count::one(false);
    }
    Ok(count)
}

fn cases(command: &mut Command, long: bool) {
    if long {
        command.env("KOKUHO_LONG", "1");
    }
}

/// The pages, served by the real program, in real Chromium.
fn browser(options: &Options) -> Result<Count> {
    machine::node()?;
    let chromium = machine::chromium()?;
    tools::npm()?;
    pages::build()?;
    pages::identity()?;
    // The program is the one that the server's tests have built.
    eprintln!("→ build the server");
    built()?;
    let others = [
        "--package",
        "kokuho-identity",
        "--package",
        "kokuho-partners",
    ];
    step(
        "build the native side of the comparison and the other offices",
        cargo().args(["build", "--quiet", "--bins"]).args(others),
    )?;
    let report = root().join("target/browser-report.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = command("npx");
    playwright
        .current_dir(root().join("end2end"))
        .args(["--no-install", "playwright", "test", "--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("CHROMIUM", chromium);
    if let Some(pattern) = &options.grep {
        playwright.args(["--grep", pattern]);
    }
    cases(&mut playwright, options.long);
    let succeeded = playwright
        .status()
        .context("playwright cannot be started")?
        .success();
    let text = fs::read_to_string(&report).context("the browser tests left no report")?;
    let mut count =
        count::playwright(&serde_json::from_str(&text)?).context("the report has no counts")?;
    if !succeeded && count.failed == 0 {
        count += Count::one(false);
    }
    Ok(count)
}
