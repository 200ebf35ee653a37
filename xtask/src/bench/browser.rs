//! What is measured in Chromium: the preview's time against native code, and what a visit loads.

use super::{Row, number, report};
use crate::process::{cargo, command, output, root, step};
use crate::{machine, pages, tools};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const TIMES: &str = "20000";
/// 280 kB and 900 kB for the first visit, 20 kB for a later one.
const CITIZEN: f64 = 280_000.0;
const CLERK: f64 = 900_000.0;
const AGAIN: f64 = 20_000.0;

pub fn pages() -> Result<Vec<Row>> {
    machine::node()?;
    let chromium = machine::chromium()?;
    tools::npm()?;
    pages::build()?;
    pages::identity()?;
    pages::one(
        "bare",
        "end2end/bare/index.html",
        "./",
        &["end2end/bare", "Cargo.lock"],
    )?;
    step(
        "build the preview natively",
        cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package",
            "kokuho-identity",
            "--bins",
        ]),
    )?;
    // The pages run in the browser: which build serves them does not matter.
    step(
        "build the server",
        cargo().args(["build", "--quiet", "--package", "kokuho-server", "--bins"]),
    )?;
    let native = report(
        &output(command("target/release/kokuho-identity").arg(TIMES)).context("native preview")?,
    )?;
    eprintln!("→ Chromium");
    let mut node = command("node");
    node.arg("end2end/bench.js")
        .arg(TIMES)
        .env("CHROMIUM", chromium);
    let seen = report(&output(&mut node).context("the browser's measurement failed")?)?;
    let dist = root().join("dist");
    let row = |id, what, figure, unit, floor, goal| Row {
        id,
        what,
        figure,
        unit,
        floor,
        goal,
    };
    let bare = brotli(&dist.join("bare"))?;
    let citizen = brotli(&dist.join("citizen"))?;
    let (wasm, own) = (
        number(&seen, "preview_ns")?,
        number(&native, "nanoseconds")?,
    );
    Ok(vec![
        row(
            "P1",
            "preview of six persons in the browser / natively",
            wasm,
            "ns",
            Some(own),
            4.0,
        ),
        row(
            "P1",
            "preview of six persons in the browser",
            number(&seen, "preview_ms")?,
            "ms",
            None,
            1.0,
        ),
        row(
            "P1",
            "keystroke until the page shows the new amount (p95)",
            number(&seen, "keystroke_ms")?,
            "ms",
            None,
            16.0,
        ),
        row(
            "P2",
            "citizen's first load, brotli",
            citizen,
            "B",
            None,
            CITIZEN,
        ),
        row(
            "P2",
            "citizen's first load / a bare counter",
            citizen,
            "B",
            Some(bare),
            6.0,
        ),
        row(
            "P2",
            "clerk's first load, brotli",
            brotli(&dist.join("clerk"))?,
            "B",
            None,
            CLERK,
        ),
        row(
            "P2",
            "citizen's repeated visit",
            number(&seen, "again_bytes")?,
            "B",
            None,
            AGAIN,
        ),
        row(
            "P2",
            "citizen usable on slow 4G, processor slowed four times",
            number(&seen, "usable_ms")?,
            "ms",
            None,
            3000.0,
        ),
    ])
}

/// Bytes of a page as they are sent.
fn brotli(folder: &Path) -> Result<f64> {
    let files = pages::files(folder)?;
    let mut bytes = 0;
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "br"))
    {
        bytes += u32::try_from(fs::metadata(file)?.len())?;
    }
    Ok(f64::from(bytes))
}
