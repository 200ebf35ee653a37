//! What is measured without a browser: the whole city, and the start of the server.

use super::{Row, number, report};
use crate::pages;
use crate::process::{cargo, command, output, root, step};
use anyhow::{Context, Result};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

/// P3: 340,000 households.
pub fn city() -> Result<Vec<Row>> {
    eprintln!("→ a city of 340,000 households");
    let mut bench = cargo();
    bench.args([
        "bench",
        "--quiet",
        "--package",
        "kokuho-shared",
        "--bench",
        "city",
    ]);
    let report = report(&output(&mut bench).context("the city's measurement failed")?)?;
    let ns = |key| number(&report, key);
    let row = |what, figure, floor, goal| Row {
        id: "P3",
        what,
        figure,
        unit: "ns",
        floor: Some(floor),
        goal,
    };
    Ok(vec![
        row(
            "amounts with months, reliefs, instalments / simple checker",
            ns("amounts_ns")?,
            ns("checker_ns")?,
            2.0,
        ),
        row(
            "with full result and explanation / simple checker",
            ns("explained_ns")?,
            ns("checker_ns")?,
            8.0,
        ),
        // 1.8 times as fast on two cores is at most 0.556 of the time.
        row(
            "amounts on two cores / on one",
            ns("two_cores_ns")?,
            ns("amounts_ns")?,
            0.556,
        ),
        Row {
            id: "P3",
            what: "the bare loop over four parts (for the feel)",
            figure: ns("bare_ns")?,
            unit: "ns",
            floor: None,
            goal: f64::INFINITY,
        },
    ])
}

/// P5: 200 clerks on one machine, with PostgreSQL and with SQLite.
pub fn clerks() -> Result<Vec<Row>> {
    eprintln!("→ 200 clerks");
    crate::machine::postgres()?;
    let mut bench = cargo();
    bench.args(["bench", "--quiet", "--profile", "release"]);
    bench.args(["--package", "kokuho-server", "--bench", "clerks"]);
    let report = report(&output(&mut bench).context("the clerks' measurement failed")?)?;
    let (city, town) = (&report["postgres"], &report["sqlite"]);
    // 60 % of what the database itself does of the same statements are a ratio of 1.667.
    let mut rows = vec![
        row(
            "pgbench with our statements / households read, both as fast as it goes",
            number(city, "select_per_second")?,
            "/s",
            Some(number(city, "reads_per_second")?),
            1.667,
        ),
        row(
            "pgbench with our statements / changes saved, both as fast as it goes",
            number(city, "update_per_second")?,
            "/s",
            Some(number(city, "writes_per_second")?),
            1.667,
        ),
    ];
    rows.extend(looked(city, &CITY)?);
    rows.extend(looked(town, &TOWN)?);
    Ok(rows)
}

fn row(what: &'static str, figure: f64, unit: &'static str, floor: Option<f64>, goal: f64) -> Row {
    Row {
        id: "P5",
        what,
        figure,
        unit,
        floor,
        goal,
    }
}

/// How the lines of one database are called.
struct Named {
    median: &'static str,
    look: &'static str,
    save: &'static str,
    errors: &'static str,
    yearly: &'static str,
    changed: &'static str,
    import: &'static str,
}

const CITY: Named = Named {
    median: "reading a household, median (PostgreSQL, 340,000)",
    look: "reading a household, 99 %",
    save: "saving a change, 99 %",
    errors: "looks without an answer, and saves that failed; also beside run and file",
    yearly: "reading beside the yearly run / without, 99 %",
    changed: "reading beside the file of all residents, one in ten changed / without, 99 %",
    import: "reading beside the file of all residents, all changed / without, 99 %",
};

const TOWN: Named = Named {
    median: "reading a household, median (SQLite, 34,000)",
    look: "SQLite: reading a household, 99 %",
    save: "SQLite: saving a change, 99 %",
    errors: "SQLite: looks without an answer, and saves that failed",
    yearly: "SQLite: reading beside the yearly run / without, 99 %",
    changed: "SQLite: reading beside the file, one in ten changed / without, 99 %",
    import: "SQLite: reading beside the file, all changed / without, 99 %",
};

#[expect(clippy::float_arithmetic, reason = "a count of errors")]
fn looked(report: &serde_json::Value, named: &Named) -> Result<Vec<Row>> {
    let of = |phase: &str, key| number(&report[phase], key);
    let mut errors = 0.0;
    for phase in ["calm", "yearly", "changed", "import"] {
        errors += of(phase, "errors")? + of(phase, "failed")?;
        // Only beside a file may a save be told to wait, or find that the file was faster.
        if !["changed", "import"].contains(&phase) {
            errors += of(phase, "told_to_wait")? + of(phase, "overtaken")?;
        }
    }
    let look = of("calm", "read_p99_us")?;
    Ok(vec![
        row(
            named.median,
            of("calm", "read_p50_us")?,
            "µs",
            None,
            3_000.0,
        ),
        row(named.look, look, "µs", None, 20_000.0),
        row(
            named.save,
            of("calm", "write_p99_us")?,
            "µs",
            None,
            40_000.0,
        ),
        row(named.errors, errors, "", None, 0.0),
        row(
            named.yearly,
            of("yearly", "read_p99_us")?,
            "µs",
            Some(look),
            3.0,
        ),
        row(
            named.changed,
            of("changed", "read_p99_us")?,
            "µs",
            Some(look),
            3.0,
        ),
        row(
            named.import,
            of("import", "read_p99_us")?,
            "µs",
            Some(look),
            3.0,
        ),
    ])
}

/// P6: one-page notices.
pub fn letters() -> Result<Vec<Row>> {
    eprintln!("→ letters");
    crate::machine::node()?;
    crate::tools::npm()?;
    let mut speed = cargo();
    speed.args(["run", "--quiet", "--release", "--package", "kokuho-letters"]);
    let text = output(speed.args(["--example", "speed"])).context("letters")?;
    let first = text.lines().find(|line| line.starts_with('{'));
    let report = report(first.context("no figures")?)?;
    let row = |what, of: &str, unit, goal| -> Result<Row> {
        let figure = number(&report, of)?;
        Ok(Row {
            id: "P6",
            what,
            figure,
            unit,
            floor: None,
            goal,
        })
    };
    Ok(vec![
        row("a one-page notice, one core", "microseconds", "µs", 5_000.0)?,
        row("size of a notice in a batch", "bytes", "B", 8_000.0)?,
        row("memory of the typesetter", "megabytes", "MB", 300.0)?,
    ])
}

/// P4: the whole city decided, booked and audited, beside raw loads of the same rows.
pub fn yearly() -> Result<Vec<Row>> {
    eprintln!("→ the yearly run of a city, stored");
    crate::machine::postgres()?;
    let mut bench = cargo();
    bench.args(["bench", "--quiet", "--profile", "release"]);
    bench.args(["--package", "kokuho-server", "--bench", "yearly"]);
    let report = report(&output(&mut bench).context("the run's measurement failed")?)?;
    let row = |what, of: &str, goal| -> Result<Row> {
        let part = report.get(of).with_context(|| of.to_owned())?;
        Ok(Row {
            id: "P4",
            what,
            figure: number(part, "run_ms")?,
            unit: "ms",
            floor: Some(number(part, "floor_ms")?),
            goal,
        })
    };
    let city = report.get("postgres").context("postgres")?;
    let trial = city.get("trial").context("trial")?;
    let tried = |what, of: &str, unit, goal| -> Result<Row> {
        let figure = number(trial, of)?;
        Ok(Row {
            id: "P9",
            what,
            figure,
            unit,
            floor: None,
            goal,
        })
    };
    Ok(vec![
        tried(
            "other rates over the city: first figures",
            "first_ms",
            "ms",
            1_000.0,
        )?,
        tried("other rates over the city: all", "all_ms", "ms", 5_000.0)?,
        tried(
            "memory of the server that tries them",
            "megabytes",
            "MB",
            1_024.0,
        )?,
        row(
            "340,000 households on PostgreSQL / COPY of the same rows",
            "postgres",
            2.0,
        )?,
        row(
            "34,000 households on SQLite / prepared inserts",
            "sqlite",
            2.0,
        )?,
        Row {
            id: "P4",
            what: "memory of the workers",
            figure: number(city, "megabytes")?,
            unit: "MB",
            floor: None,
            goal: 1024.0,
        },
        Row {
            id: "P8",
            what: "the run of ten times the households, stored",
            figure: number(city, "run_ms")?,
            unit: "ms",
            floor: Some(number(report.get("tenth").context("tenth")?, "run_ms")?),
            goal: 12.5,
        },
    ])
}

/// P10: from the start of the program to its address, and the memory it then holds.
pub fn start() -> Result<Vec<Row>> {
    pages::build()?;
    step(
        "build the server",
        cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package",
            "kokuho-server",
            "--bin",
            "kokuho",
        ]),
    )?;
    let folder = root().join("target/bench-start");
    fs::create_dir_all(&folder)?;
    let database = format!("sqlite:{}/kokuho.db", folder.display());
    step(
        "create the database",
        command("target/release/kokuho").args(["--database", &database, "migrate"]),
    )?;
    let started = Instant::now();
    let mut server = command("target/release/kokuho");
    server
        .args([
            "--database",
            &database,
            "--keys",
            &format!("{}/keys", folder.display()),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--dist",
            "dist",
        ])
        .stdout(Stdio::piped());
    let mut child = server.spawn().context("the server cannot be started")?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
    let milliseconds = started.elapsed().as_millis() as f64;
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    child.kill()?;
    child.wait()?;
    fs::remove_dir_all(&folder)?;
    let kilobytes = status.lines().find_map(|line| {
        line.strip_prefix("VmRSS:")?
            .split_whitespace()
            .next()?
            .parse::<u32>()
            .ok()
    });
    let megabytes = f64::from(kilobytes.context("no memory figure")? / 1024);
    Ok(vec![
        Row {
            id: "P10",
            what: "server start",
            figure: milliseconds,
            unit: "ms",
            floor: None,
            goal: 1000.0,
        },
        Row {
            id: "P10",
            what: "memory of an idle server",
            figure: megabytes,
            unit: "MB",
            floor: None,
            goal: 300.0,
        },
    ])
}
