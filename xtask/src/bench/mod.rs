//! `cargo xtask bench`: our figure, the floor of the same run, their ratio, and the goal.

mod browser;
mod native;

use crate::process::root;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub struct Options {
    /// Only these, for example P1,P3.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Also write the table as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// One line of the table.
pub struct Row {
    pub id: &'static str,
    pub what: &'static str,
    pub figure: f64,
    pub unit: &'static str,
    /// What it is measured against, where there is something.
    pub floor: Option<f64>,
    /// The highest figure, or the highest ratio where there is a floor.
    pub goal: f64,
}

impl Row {
    /// Figure ÷ floor.
    #[expect(clippy::float_arithmetic, reason = "measured times, not money")]
    fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.figure / floor)
    }

    fn holds(&self) -> bool {
        self.ratio().unwrap_or(self.figure) <= self.goal
    }

    fn json(&self) -> Value {
        json!({"id": self.id, "what": self.what, "figure": self.figure, "unit": self.unit, "floor": self.floor,
               "ratio": self.ratio(), "goal": self.goal, "holds": self.holds()})
    }
}

/// Whether every measured goal holds.
pub fn bench(options: &Options) -> Result<bool> {
    let wanted = |id: &str| {
        options.only.is_empty()
            || options
                .only
                .iter()
                .any(|only| only.eq_ignore_ascii_case(id))
    };
    let mut rows = Vec::new();
    if wanted("P3") {
        rows.extend(native::city()?);
    }
    if wanted("P4") || wanted("P8") || wanted("P9") {
        rows.extend(native::yearly()?);
    }
    if wanted("P5") {
        rows.extend(native::clerks()?);
    }
    if wanted("P6") {
        rows.extend(native::letters()?);
    }
    if wanted("P10") {
        rows.extend(native::start()?);
    }
    if wanted("P1") || wanted("P2") {
        rows.extend(browser::pages()?.into_iter().filter(|row| wanted(row.id)));
    }
    rows.sort_by_key(|row| row.id.trim_start_matches('P').parse::<u32>().unwrap_or(0));
    println!(
        "{:<4} {:<58} {:>12} {:<5} {:>12} {:>7} {:>7}  holds",
        "id", "what", "figure", "unit", "floor", "ratio", "goal"
    );
    for row in &rows {
        let number =
            |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        println!(
            "{:<4} {:<58} {:>12.2} {:<5} {:>12} {:>7} {:>7}  {}",
            row.id,
            row.what,
            row.figure,
            row.unit,
            number(row.floor),
            number(row.ratio()),
            row.goal,
            if row.holds() { "yes" } else { "NO" }
        );
    }
    if let Some(file) = &options.json {
        let all: Vec<Value> = rows.iter().map(Row::json).collect();
        let to = root().join(file);
        std::fs::write(&to, serde_json::to_string_pretty(&all)?)
            .with_context(|| to.display().to_string())?;
    }
    Ok(rows.iter().all(Row::holds))
}

/// A number of a report, by its name.
fn number(report: &Value, key: &str) -> Result<f64> {
    report
        .get(key)
        .and_then(Value::as_f64)
        .with_context(|| format!("the report has no {key}: {report}"))
}

/// The last line that is JSON.
fn report(text: &str) -> Result<Value> {
    let line = text.lines().rev().find(|line| line.starts_with('{'));
    Ok(serde_json::from_str(line.context("no report")?)?)
}
