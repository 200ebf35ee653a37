//! How decisions are kept: result and explanation as codes and numbers, without what is zero.

use super::draft::PreparedDecision;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::row;
use crate::store::Row;
use chrono::NaiveDate;
use kokuho_shared::assessment::outcome::Premium;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::explain::{Code, Explanation, Line};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct KeptAssessment {
    premium: Premium,
    /// Number, yen and due date.
    instalments: Vec<(u8, Yen, NaiveDate)>,
    /// Depth, place in [`CODES`], part (0 none), person (-1 none), yen, and the inputs up to the
    /// last that is not zero.
    lines: Vec<Vec<i64>>,
}

/// Codes by the number under which they are kept. Only ever appended to.
const CODES: [Code; 29] = [
    Code::Total,
    Code::Part,
    Code::State,
    Code::IncomeLevy,
    Code::IncomeLevyOfPerson,
    Code::IncomeLevyOfHousehold,
    Code::AssetLevy,
    Code::PerCapita,
    Code::PerCapitaOfPerson,
    Code::AdultPerCapita,
    Code::Reduction,
    Code::PreschoolHalf,
    Code::ChildExempt,
    Code::Fraction,
    Code::PerHousehold,
    Code::PerHouseholdUnit,
    Code::SpecificHousehold,
    Code::PartRounding,
    Code::CapCut,
    Code::MonthsCut,
    Code::MonthsFraction,
    Code::ProrationRounding,
    Code::TotalRounding,
    Code::IncomeLevyOfInvoluntary,
    Code::LocalReduction,
    Code::MaternityRelief,
    Code::FormerDependantRelief,
    Code::GrantedRelief,
    Code::Provisional,
];

/// The text of an assessment, as it is stored and compared.
pub fn write(assessment: &Assessment) -> Result<String, ServiceError> {
    let instalment = |each: &Instalment| (each.number, each.amount, each.due_on);
    let lines = assessment.explanation.lines.iter().map(numbers);
    Ok(serde_json::to_string(&KeptAssessment {
        premium: assessment.premium,
        instalments: assessment.instalments.iter().map(instalment).collect(),
        lines: lines.collect::<Result<_, _>>()?,
    })?)
}

/// How assessments were kept at first: whole, with instalments that had no number.
#[derive(Deserialize)]
struct Whole {
    premium: Premium,
    explanation: Explanation,
    instalments: Vec<Unnumbered>,
}

#[derive(Deserialize)]
struct Unnumbered {
    amount: Yen,
    due_on: NaiveDate,
}

/// Whether a text is of the first kind; then the numbers of its instalments are not known.
pub fn is_whole(text: &str) -> bool {
    text.contains("\"explanation\"")
}

fn read_whole(text: &str) -> Result<Assessment, ServiceError> {
    let whole: Whole = serde_json::from_str(text)?;
    let numbered = (1..).zip(whole.instalments);
    let instalment = |(number, each): (u8, Unnumbered)| Instalment {
        number,
        amount: each.amount,
        due_on: each.due_on,
    };
    Ok(Assessment {
        premium: whole.premium,
        explanation: whole.explanation,
        instalments: numbered.map(instalment).collect(),
    })
}

pub fn read(text: &str) -> Result<Assessment, ServiceError> {
    if is_whole(text) {
        return read_whole(text);
    }
    let kept: KeptAssessment = serde_json::from_str(text)?;
    let instalment = |(number, amount, due_on)| Instalment {
        number,
        amount,
        due_on,
    };
    let lines = kept.lines.iter().map(|numbers| line(numbers));
    Ok(Assessment {
        premium: kept.premium,
        explanation: Explanation {
            lines: lines.collect::<Result<_, _>>()?,
        },
        instalments: kept.instalments.into_iter().map(instalment).collect(),
    })
}

fn numbers(line: &Line) -> Result<Vec<i64>, ServiceError> {
    let code = CODES.iter().position(|code| *code == line.code);
    let code = code.and_then(|place| i64::try_from(place).ok());
    let code = code.ok_or_else(|| ServiceError::Internal(format!("code {:?}", line.code)))?;
    let used = line.inputs.iter().rposition(|input| *input != 0);
    let mut numbers = vec![
        i64::from(line.depth),
        code,
        line.part.map_or(0, |part| part as i64 + 1),
        line.person.map_or(-1, i64::from),
        line.yen.0,
    ];
    let inputs = line.inputs.iter().take(used.map_or(0, |last| last + 1));
    numbers.extend(inputs);
    Ok(numbers)
}

fn line(numbers: &[i64]) -> Result<Line, ServiceError> {
    let unreadable = || ServiceError::Internal(format!("line {numbers:?}"));
    let [depth, code, part, person, yen, given @ ..] = numbers else {
        return Err(unreadable());
    };
    let mut inputs = [0; 4];
    let pairs = inputs.iter_mut().zip(given);
    pairs.for_each(|(to, from)| *to = *from);
    let code = usize::try_from(*code).ok().and_then(|at| CODES.get(at));
    let part = match usize::try_from(*part).map_err(|_| unreadable())? {
        0 => None,
        place => Some(*Part::ALL.get(place - 1).ok_or_else(unreadable)?),
    };
    Ok(Line {
        depth: u8::try_from(*depth).map_err(|_| unreadable())?,
        code: *code.ok_or_else(unreadable)?,
        part,
        person: u16::try_from(*person).ok(),
        yen: Yen(*yen),
        inputs,
    })
}

/// A row of `decision`.
pub fn row(made: &PreparedDecision, at: Instant, by: &str) -> Row {
    let fixed = &made.basis;
    row! {
        id: made.id,
        household_id: made.household_id,
        fiscal_year: fixed.fiscal_year,
        sequence: made.sequence,
        run_id: made.run_id,
        decided_at: at,
        decided_by: by.to_owned(),
        revision: made.revision,
        parameters: fixed.parameters.clone(),
        parameters_sha256: fixed.parameters_sha256,
        rule_version: fixed.rule_version,
        total: made.draft.total(),
        inputs: made.draft.inputs_text.clone(),
        schedule: made.draft.schedule_text.clone(),
        result: made.draft.result_text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;
    use kokuho_shared::assessment::household::{Household, Member};
    use kokuho_shared::calendar::FiscalYear;

    #[test]
    fn what_is_kept_is_read_again_as_it_was() {
        let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
        let born = "1970-07-01".parse().unwrap();
        let child = "2021-07-01".parse().unwrap();
        let head = Member {
            head: true,
            insured: true,
            acquired_on: "2026-09-01".parse().ok(),
            ..Member::new("1", born)
        };
        let second = Member {
            insured: true,
            ..Member::new("2", child)
        };
        for income in [0, 1_000_000, 90_000_000] {
            let mut head = head.clone();
            head.income.other_income = Yen(income);
            let household = Household {
                members: vec![head, second.clone()],
                ..Household::default()
            };
            let assessment = assessor.assess(&household).unwrap();
            let text = write(&assessment).unwrap();
            assert_eq!(read(&text).unwrap(), assessment);
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_refused() {
        assert!(line(&[1, 2, 3]).is_err());
        assert!(line(&[0, 99, 0, -1, 0]).is_err());
        assert!(line(&[0, 0, 9, -1, 0]).is_err());
    }
}
