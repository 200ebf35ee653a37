//! Runs every published case under `tests/golden/`, or under `KOKUHO_GOLDEN_DIR`.

#[path = "golden/dates.rs"]
mod dates;
#[path = "golden/premium.rs"]
mod premium;
#[path = "golden/schema.rs"]
mod schema;

use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::assessment::schedule::pension;
use kokuho_shared::figures;
use kokuho_shared::money::Yen;
use libtest_mimic::{Arguments, Failed, Trial};
use schema::{Case, File, IncomeInputs, InstalmentInputs};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn main() {
    let arguments = Arguments::from_args();
    let folder = std::env::var_os("KOKUHO_GOLDEN_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"),
        PathBuf::from,
    );
    let mut trials = Vec::new();
    for path in yaml_files(&folder) {
        trials.extend(trials_of(&path));
    }
    if trials.is_empty() {
        trials.push(Trial::test("golden folder has cases", move || {
            Err(Failed::from(format!(
                "no supported case below {}",
                folder.display()
            )))
        }));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn trials_of(path: &Path) -> Vec<Trial> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    match stem.as_str() {
        "premium" => premium::trials(&text),
        "eligibility_dates" => plain(&stem, &text, dates::eligibility),
        "copayment_ratio" => plain(&stem, &text, dates::ratio),
        "income" => trials_from(&stem, &text, income),
        "installments" => trials_from(&stem, &text, instalment),
        // Decisions after each other: a test of their own, `changes_by_hand`.
        "changes" => Vec::new(),
        _ => {
            eprintln!("not yet calculated: {stem}");
            Vec::new()
        }
    }
}

/// Cases whose inputs are read by their kind.
fn plain(stem: &str, text: &str, check: fn(&Value) -> Result<(), String>) -> Vec<Trial> {
    const KEYS: [&str; 8] = [
        "id", "kind", "source", "as_of", "inputs", "expected", "disputed", "note",
    ];
    let file: Value = match serde_saphyr::from_str(text) {
        Ok(file) => file,
        Err(error) => return unreadable(stem, error.to_string()),
    };
    let cases = file["cases"].as_array().cloned().unwrap_or_default();
    if file["schema"] != "golden-v1" || file["file"] != stem || cases.is_empty() {
        return unreadable(
            stem,
            format!("schema {} of file {}", file["schema"], file["file"]),
        );
    }
    let trial = |case: Value| {
        let name = format!("{stem}::{}", case["id"].as_str().unwrap_or("?"));
        Trial::test(name, move || {
            let keys = case.as_object().into_iter().flatten();
            if let Some((key, _)) = keys
                .into_iter()
                .find(|(key, _)| !KEYS.contains(&key.as_str()))
            {
                return Err(Failed::from(format!("{key}: the schema has no such key")));
            }
            unless_disputed(&case, check(&case))
        })
    };
    cases.into_iter().map(trial).collect()
}

/// A disputed case is calculated, and may differ.
fn unless_disputed(case: &Value, outcome: Result<(), String>) -> Result<(), Failed> {
    let disputed = case["disputed"].as_bool() == Some(true);
    outcome
        .or_else(|why| disputed.then_some(()).ok_or(why))
        .map_err(Failed::from)
}

fn trials_from<I>(stem: &str, text: &str, check: fn(&Case<I>) -> Result<(), String>) -> Vec<Trial>
where
    I: serde::de::DeserializeOwned + Send + 'static,
{
    match serde_saphyr::from_str::<File<I>>(text) {
        Ok(file) if file.schema == "golden-v1" && file.file == stem => file
            .cases
            .into_iter()
            .map(|case| {
                let name = format!("{stem}::{}", case.id);
                Trial::test(name, move || {
                    check(&case)
                        .or_else(|why| case.disputed.then_some(()).ok_or(why))
                        .map_err(Failed::from)
                })
            })
            .collect(),
        Ok(file) => unreadable(
            stem,
            format!("schema {} of file {}", file.schema, file.file),
        ),
        Err(error) => unreadable(stem, error.to_string()),
    }
}

fn unreadable(stem: &str, why: String) -> Vec<Trial> {
    vec![Trial::test(format!("{stem} is readable"), move || {
        Err(Failed::from(why))
    })]
}

fn same<T: PartialEq + std::fmt::Debug>(
    key: &str,
    expected: &Option<T>,
    got: T,
) -> Result<(), String> {
    match expected {
        Some(wanted) if *wanted != got => Err(format!("{key}: expected {wanted:?}, got {got:?}")),
        _ => Ok(()),
    }
}

fn income(case: &Case<IncomeInputs>) -> Result<(), String> {
    let year = case
        .as_of
        .income_year
        .ok_or("as_of.income_year is missing")?;
    let tables = figures::income_tables().map_err(|error| error.to_string())?;
    let inputs = &case.inputs;
    let expected = &case.expected;
    let receipts = Yen(inputs.receipts.unwrap_or(0));
    let other = Yen(inputs.other_income.unwrap_or(0));
    match case.kind.as_deref() {
        Some("salary") => {
            let income = tables
                .salary_income(year, receipts)
                .map_err(|e| e.to_string())?;
            same("income", &expected.income, income.0)
        }
        Some("pension") => {
            let income = tables
                .pension_income(year, receipts, inputs.age65, other)
                .map_err(|e| e.to_string())?;
            same("income", &expected.income, income.0)
        }
        Some("adjustment") => {
            let got = tables
                .adjusted(
                    year,
                    Yen(inputs.salary_receipts.unwrap_or(0)),
                    Yen(inputs.pension_receipts.unwrap_or(0)),
                    inputs.age65,
                    inputs.special,
                    Yen::ZERO,
                )
                .map_err(|e| e.to_string())?;
            same(
                "salary_income_before",
                &expected.salary_income_before,
                got.salary_income_before.0,
            )?;
            same(
                "pension_income",
                &expected.pension_income,
                got.pension_income.0,
            )?;
            same("adjustment", &expected.adjustment, got.adjustment.0)?;
            same(
                "salary_income",
                &expected.salary_income,
                got.salary_income.0,
            )
        }
        other => Err(format!("unknown kind {other:?}")),
    }
}

fn instalment(case: &Case<InstalmentInputs>) -> Result<(), String> {
    let inputs = &case.inputs;
    let expected = &case.expected;
    match case.kind.as_deref() {
        Some("split") => {
            let amounts = instalments::split(
                Yen(inputs.annual.ok_or("annual")?),
                inputs.periods.ok_or("periods")?,
                inputs.unit.ok_or("unit")?,
                inputs.remainder_to.ok_or("remainder_to")?,
            )
            .map_err(|error| error.to_string())?;
            same(
                "amounts",
                &expected.amounts,
                amounts.iter().map(|amount| amount.0).collect(),
            )
        }
        Some("pension_main") => {
            let annual = Yen(inputs.annual.ok_or("annual")?);
            let provisional = Yen(inputs.provisional_total.ok_or("provisional_total")?);
            let day = "2026-04-01".parse().map_err(|_| "day")?;
            let rules = figures::pension().map_err(|why| why.to_string())?;
            let law = rules.of(day).map_err(|why| why.to_string())?;
            let taken = [provisional, Yen::ZERO, Yen::ZERO];
            let [october, december, february] = pension::of_provisional(annual, taken, law).main;
            same("october", &expected.october, october.0)?;
            same("december", &expected.december, december.0)?;
            same("february", &expected.february, february.0)
        }
        Some("due_dates") => {
            let closed = inputs.closed_days.as_deref().unwrap_or_default();
            let mut due = Vec::new();
            for month in inputs.months.as_deref().unwrap_or_default() {
                let first = format!("{month}-01")
                    .parse()
                    .map_err(|_| format!("month {month}"))?;
                due.push(instalments::due_on(first, closed).ok_or("due date out of range")?);
            }
            same("due_on", &expected.due_on, due)
        }
        other => Err(format!("unknown kind {other:?}")),
    }
}
