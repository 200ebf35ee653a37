//! How decisions are kept: result and explanation as codes and numbers, without what is zero.

use super::decisions::Made;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::bulk::Value;
use chrono::NaiveDate;
use kokuho_shared::assessment::instalments::Instalment;
use kokuho_shared::assessment::premium::Premium;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::explain::{Code, Explanation, Line};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct KeptAssessment {
    premium: Premium,
    /// Number, yen and due date.
    instalments: Vec<(u8, Yen, NaiveDate)>,
    lines: Vec<KeptLine>,
}

/// Depth, code, part, person, yen, inputs up to the last that is not zero.
#[derive(Serialize, Deserialize)]
struct KeptLine(u8, Code, Option<Part>, Option<u16>, Yen, Vec<i64>);

/// The text of an assessment, as it is stored and compared.
pub fn write(assessment: &Assessment) -> Result<String, ServiceError> {
    let line = |line: &Line| {
        let used = line.inputs.iter().rposition(|input| *input != 0);
        let inputs = line.inputs.iter().take(used.map_or(0, |last| last + 1));
        KeptLine(
            line.depth,
            line.code,
            line.part,
            line.person,
            line.yen,
            inputs.copied().collect(),
        )
    };
    let instalment = |each: &Instalment| (each.number, each.amount, each.due_on);
    Ok(serde_json::to_string(&KeptAssessment {
        premium: assessment.premium,
        instalments: assessment.instalments.iter().map(instalment).collect(),
        lines: assessment.explanation.lines.iter().map(line).collect(),
    })?)
}

pub fn read(text: &str) -> Result<Assessment, ServiceError> {
    let kept: KeptAssessment = serde_json::from_str(text)?;
    let line = |KeptLine(depth, code, part, person, yen, given): KeptLine| {
        let mut inputs = [0; 4];
        inputs
            .iter_mut()
            .zip(given)
            .for_each(|(to, from)| *to = from);
        Line {
            depth,
            code,
            part,
            person,
            yen,
            inputs,
        }
    };
    let instalment = |(number, amount, due_on)| Instalment {
        number,
        amount,
        due_on,
    };
    Ok(Assessment {
        premium: kept.premium,
        explanation: Explanation {
            lines: kept.lines.into_iter().map(line).collect(),
        },
        instalments: kept.instalments.into_iter().map(instalment).collect(),
    })
}

pub const DECISION: &[&str] = &[
    "id",
    "household_id",
    "fiscal_year",
    "sequence",
    "run_id",
    "decided_at",
    "decided_by",
    "revision",
    "parameters",
    "parameters_sha256",
    "rule_version",
    "total",
    "inputs",
    "result",
];

/// A row of `decision`.
pub fn row(made: &Made<'_>, at: Instant, by: &str) -> Vec<Value> {
    let fixed = &made.basis;
    vec![
        Value::Int(made.id),
        Value::Int(made.household_id),
        Value::Int(i64::from(fixed.fiscal_year)),
        Value::Int(made.sequence),
        Value::Int(made.run_id),
        Value::Int(at.0),
        Value::Text(by.to_owned()),
        Value::Int(made.revision),
        Value::Text(fixed.parameters.clone()),
        Value::Word(fixed.parameters_sha256),
        Value::Int(i64::from(fixed.rule_version)),
        Value::Int(made.draft.total()),
        Value::Text(made.draft.inputs_text.clone()),
        Value::Text(made.draft.result_text.clone()),
    ]
}
