//! Premium cases. They go in through the public estimate, which has the same schema.

use kokuho_second as second;
use kokuho_shared::api::estimate::Estimate;
use kokuho_shared::money::Yen;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

pub fn trials(text: &str) -> Vec<Trial> {
    let file: Value = match serde_saphyr::from_str(text) {
        Ok(file) => file,
        Err(error) => return super::unreadable("premium", error.to_string()),
    };
    if file["schema"] != "golden-v1" || file["file"] != "premium" || !file["cases"].is_array() {
        let why = format!("schema {} of file {}", file["schema"], file["file"]);
        return super::unreadable("premium", why);
    }
    let cases = file["cases"].as_array().cloned().unwrap_or_default();
    let trial = |case: Value| {
        let name = format!("premium::{}", case["id"].as_str().unwrap_or("?"));
        Trial::test(name, move || {
            if let Some(key) = unknown_key(&case) {
                return Err(Failed::from(format!("{key}: the schema has no such key")));
            }
            super::unless_disputed(&case, check(&case))
        })
    };
    cases.into_iter().map(trial).collect()
}

const CASE: [&str; 10] = [
    "id", "source", "as_of", "inputs", "rates", "rounding", "options", "expected", "disputed",
    "note",
];
const PARTS: [&str; 4] = ["medical", "support", "care", "child"];

/// A key that the schema does not describe: a slip, which must not pass as a case that waits.
fn unknown_key(case: &Value) -> Option<String> {
    let members = || case["inputs"]["members"].as_array().into_iter().flatten();
    let parts = case["rates"].as_object().into_iter().flatten();
    stranger(case, "case", &CASE)
        .or_else(|| stranger(&case["as_of"], "as_of", &["fiscal_year"]))
        .or_else(|| stranger(&case["rates"], "rates", &PARTS))
        .or_else(|| {
            ["inputs", "rounding", "options"]
                .iter()
                .find_map(|place| described(&case[place], place))
        })
        .or_else(|| {
            parts
                .into_iter()
                .find_map(|(_, part)| described(part, "rates"))
        })
        .or_else(|| members().find_map(|member| described(member, "member")))
        .or_else(|| members().find_map(|member| described(&member["income"], "income")))
}

fn described(value: &Value, place: &str) -> Option<String> {
    let known = KNOWN.iter().find(|(name, _)| *name == place);
    stranger(value, place, known.map_or(&[], |(_, keys)| keys))
}

fn stranger(value: &Value, place: &str, known: &[&str]) -> Option<String> {
    let keys = value.as_object().into_iter().flatten();
    let mut strangers = keys.filter(|(key, _)| !known.contains(&key.as_str()));
    strangers.next().map(|(key, _)| format!("{place}.{key}"))
}

/// What the schema describes, by the place of the field; the calculation honours all of it.
const KNOWN: [(&str, &[&str]); 6] = [
    (
        "inputs",
        &[
            "municipality",
            "levy",
            "basic_deduction",
            "reduction",
            "local_reductions",
            "reliefs",
            "members",
        ],
    ),
    (
        "member",
        &[
            "id",
            "birth_date",
            "head",
            "insured",
            "acquired_on",
            "lost_on",
            "loss_ground",
            "earlier_periods",
            "income",
            "income_status",
            "fixed_asset_tax",
            "former_member",
            "specific_month",
            "left_household_on",
            "involuntary",
            "maternity",
            "former_dependant_since",
            "care_exempt",
        ],
    ),
    (
        "income",
        &[
            "salary_receipts",
            "salary_income",
            "pension_receipts",
            "pension_income",
            "other_income",
            "total_income",
            "transfer_special_deduction",
            "casualty_loss",
            "family_pay_deducted",
            "family_pay_received",
        ],
    ),
    (
        "rates",
        &[
            "income_rate",
            "asset_rate",
            "per_capita",
            "per_capita_18plus",
            "per_household",
            "cap",
        ],
    ),
    (
        "rounding",
        &[
            "income_scope",
            "income_mode",
            "income_mode_by_part",
            "income_base_unit",
            "reduced_unit",
            "part_unit",
            "part_scope",
            "total_unit",
            "proration_unit",
        ],
    ),
    (
        "options",
        &[
            "proration",
            "loss_on_first",
            "involuntary_tier",
            "maternity_cap",
            "specific_household_child",
        ],
    ),
];

fn check(case: &Value) -> Result<(), String> {
    let mut question = json!({});
    for key in ["as_of", "inputs", "rates", "rounding", "options"] {
        if !case[key].is_null() {
            question[key] = case[key].clone();
        }
    }
    let question: Estimate = serde_json::from_value(question).map_err(|error| error.to_string())?;
    let twice = second::of_question(&question).map_err(|error| error.to_string())?;
    let answer = question.answer().map_err(|error| error.to_string())?;
    let of = |part| answer.parts.get(part).map_or(Yen::ZERO, |part| part.amount);
    if let Some(difference) = twice.difference(answer.total, of) {
        return Err(format!("second calculation: {difference:?}"));
    }
    let total = answer.explanation.first().map(|line| line.yen);
    if total != Some(answer.total) {
        return Err(format!(
            "explanation begins with {total:?}, not with {:?}",
            answer.total
        ));
    }
    let got = serde_json::to_value(&answer).map_err(|error| error.to_string())?;
    differences("expected", &case["expected"], &got)
}

/// Compares the keys that are present, also inside nested maps.
pub fn differences(path: &str, expected: &Value, got: &Value) -> Result<(), String> {
    match expected.as_object() {
        Some(map) => map
            .iter()
            .try_for_each(|(key, wanted)| differences(&format!("{path}.{key}"), wanted, &got[key])),
        None if expected == got => Ok(()),
        None => Err(format!("{path}: expected {expected}, got {got}")),
    }
}
