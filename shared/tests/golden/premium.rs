//! Premium cases. A case is supported when every field it uses is one the calculation
//! honours; the others are counted by the field that is missing, never by their id.

use kokuho_shared::assessment::{household::Household, premium, rules::*};
use kokuho_shared::calendar::FiscalYear;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::collections::BTreeMap;

pub fn trials(text: &str) -> Vec<Trial> {
    let file: Value = match serde_saphyr::from_str(text) {
        Ok(file) => file,
        Err(error) => return super::unreadable("premium", error.to_string()),
    };
    let cases = file["cases"].as_array().cloned().unwrap_or_default();
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for case in cases {
        match unsupported(&case) {
            Some(field) => *missing.entry(field).or_default() += 1,
            None => {
                let name = format!("premium::{}", case["id"].as_str().unwrap_or("?"));
                trials.push(Trial::test(name, move || {
                    let disputed = case["disputed"].as_bool() == Some(true);
                    check(&case)
                        .or_else(|why| disputed.then_some(()).ok_or(why))
                        .map_err(Failed::from)
                }));
            }
        }
    }
    for (field, count) in missing {
        eprintln!("premium: {count} cases wait for {field}");
    }
    trials
}

/// The first thing the case uses that is not calculated yet.
fn unsupported(case: &Value) -> Option<String> {
    let listed = |value: &Value, known: &[&str], where_: &str| {
        let unknown = value
            .as_object()?
            .keys()
            .find(|key| !known.contains(&key.as_str()))?;
        Some(format!("{where_}.{unknown}"))
    };
    let member = [
        "id",
        "birth_date",
        "head",
        "insured",
        "income",
        "income_status",
    ];
    let income = [
        "salary_receipts",
        "salary_income",
        "pension_receipts",
        "pension_income",
        "other_income",
        "total_income",
    ];
    let rates = [
        "income_rate",
        "per_capita",
        "per_capita_18plus",
        "per_household",
        "cap",
    ];
    let rounding = [
        "income_scope",
        "income_mode",
        "reduced_unit",
        "part_unit",
        "part_scope",
        "total_unit",
    ];
    let inputs = ["municipality", "levy", "reduction", "members"];
    let year = i32::try_from(case["as_of"]["fiscal_year"].as_i64()?)
        .ok()
        .map(FiscalYear)?;
    if National::shipped(year).is_err() {
        return Some(format!("as_of.fiscal_year {}", year.0));
    }
    listed(&case["inputs"], &inputs, "inputs")
        .or_else(|| listed(&case["rounding"], &rounding, "rounding"))
        .or_else(|| listed(&case["options"], &[], "options"))
        .or_else(|| {
            let parts = case["rates"].as_object()?;
            parts
                .values()
                .find_map(|part| listed(part, &rates, "rates"))
        })
        .or_else(|| {
            let members = case["inputs"]["members"].as_array()?;
            members.iter().find_map(|each| {
                listed(each, &member, "member")
                    .or_else(|| listed(&each["income"], &income, "income"))
            })
        })
}

fn check(case: &Value) -> Result<(), String> {
    let year = case["as_of"]["fiscal_year"]
        .as_i64()
        .and_then(|year| i32::try_from(year).ok());
    let national = National::shipped(FiscalYear(year.ok_or("fiscal_year")?))
        .map_err(|error| error.to_string())?;
    let mut inputs = case["inputs"].clone();
    let fields = inputs.as_object_mut().ok_or("inputs")?;
    fields.remove("municipality");
    fields.remove("levy");
    let household: Household = serde_json::from_value(inputs).map_err(|e| e.to_string())?;
    let rates: ByPart<PartRates> =
        serde_json::from_value(case["rates"].clone()).map_err(|e| e.to_string())?;
    let rounding = serde_json::from_value(case["rounding"].clone()).map_err(|e| e.to_string())?;
    let got = premium::assess(&household, &national, &rates, &rounding)
        .map_err(|error| error.to_string())?;
    let mut answer = serde_json::to_value(got.test).map_err(|e| e.to_string())?;
    answer["tier_undetermined"] = answer["undetermined"].take();
    answer["total"] = got.total.0.into();
    for part in &got.parts {
        let key = serde_json::to_value(part.part).map_err(|e| e.to_string())?;
        let mut lines = serde_json::to_value(part).map_err(|e| e.to_string())?;
        lines["subtotal"] = (part.income_levy + part.per_capita + part.per_household)
            .0
            .into();
        answer["parts"][key.as_str().unwrap_or("?")] = lines;
    }
    differences("expected", &case["expected"], &answer)
}

/// Compares the keys that are present, also inside nested maps.
fn differences(path: &str, expected: &Value, got: &Value) -> Result<(), String> {
    match expected.as_object() {
        Some(map) if path != "expected.member_income_levy" => map
            .iter()
            .filter(|(key, _)| *key != "member_income_levy")
            .try_for_each(|(key, wanted)| differences(&format!("{path}.{key}"), wanted, &got[key])),
        _ if expected == got => Ok(()),
        _ => Err(format!("{path}: expected {expected}, got {got}")),
    }
}
