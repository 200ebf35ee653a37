//! `POST /api/public/estimates`: a premium without sign-in, in the schema of the worked examples.

use crate::assessment::error::AssessmentError;
use crate::assessment::household::{Household, Member, Reduction};
use crate::assessment::outcome::Premium;
use crate::assessment::premium::tier::TierTest;
use crate::assessment::relief::Relief;
use crate::assessment::rules::{MOST, Rules};
use crate::assessment::schedule::instalments::Instalment;
use crate::calendar::FiscalYear;
use crate::explain::{Code, Explanation};
use crate::figures;
use crate::law::parameters::{ByPart, Options, Part, PartRates, RoundingRules};
use crate::money::Yen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The question: a municipality of which the parameters are known, or rates inline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimate {
    pub as_of: AsOf,
    pub inputs: Inputs,
    /// 全国地方公共団体コード (five digits) or the name, e.g. `27100` or `大阪市`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<ByPart<PartRates>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Options>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AsOf {
    pub fiscal_year: FiscalYear,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// Information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Information only: `premium` or `tax`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levy: Option<String>,
    #[serde(default)]
    pub reduction: Reduction,
    /// 基礎控除 in yen for everybody, in years before 2021.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_deduction: Option<Yen>,
    /// 市独自の軽減額 a year by part, already computed.
    #[serde(default)]
    pub local_reductions: ByPart<Yen>,
    /// 減免の決定.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reliefs: Vec<Relief>,
    pub members: Vec<Member>,
}

/// The answer: the keys of `expected` of the worked examples, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer {
    #[serde(flatten)]
    pub test: TierTest,
    pub parts: ByPart<PartAnswer>,
    /// Part → member → income levy in the first liable month, in yen.
    pub member_income_levy: BTreeMap<String, BTreeMap<String, Yen>>,
    pub total: Yen,
    /// Only with a municipality.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<Instalment>,
    pub explanation: Vec<ExplainedLine>,
    /// The parameters used and the SHA-256 of their bytes; only with a municipality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters_sha256: Option<String>,
}

/// One part of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartAnswer {
    pub income_levy: Yen,
    pub asset_levy: Yen,
    pub per_capita: Yen,
    pub per_household: Yen,
    pub subtotal: Yen,
    /// 産前産後の免除額 of the year.
    pub maternity_reduction: Yen,
    pub months: u32,
    pub amount: Yen,
}

/// A line of the explanation with everything that its code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedLine {
    pub depth: u8,
    pub code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The member's `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    pub yen: Yen,
    pub inputs: BTreeMap<&'static str, i64>,
    pub article: &'static str,
    pub parameter: String,
}

/// Why an estimate cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    #[error("municipality（市町村）か、rates と rounding のどちらか一方を指定してください")]
    Source,
    #[error("inputs.basic_deduction: 0 以上 1兆円以下の金額にしてください")]
    BasicDeduction,
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
}

impl Estimate {
    /// Answers the question; the same function in the browser and on the server.
    pub fn answer(self) -> Result<Answer, EstimateError> {
        let year = self.as_of.fiscal_year;
        let household = Household {
            reduction: self.inputs.reduction,
            local_reductions: self.inputs.local_reductions,
            reliefs: self.inputs.reliefs.clone(),
            members: self.inputs.members,
        };
        let deduction = self.inputs.basic_deduction;
        if deduction.is_some_and(|amount| !(Yen::ZERO..=MOST).contains(&amount)) {
            return Err(EstimateError::BasicDeduction);
        }
        match (self.municipality, self.rates, self.rounding) {
            (Some(name), None, None) if self.options.is_none() && deduction.is_none() => {
                let code = code_of(&name);
                let assessor = figures::assessor(&code, year)?;
                let result = assessor.assess(&household)?;
                let mut answer = answer(
                    &household,
                    result.premium,
                    &result.explanation,
                    &assessor.rules,
                );
                answer.instalments = result.instalments;
                answer.parameters = Some(assessor.parameters.id());
                let found = figures::find(&code, assessor.rules.fiscal_year)
                    .map_err(AssessmentError::Law)?;
                answer.parameters_sha256 = Some(found.document.sha256.to_owned());
                Ok(answer)
            }
            (None, Some(rates), Some(rounding)) => {
                let national = figures::national(year);
                let national = national.map_err(AssessmentError::Law)?;
                let mut rules =
                    Rules::inline(&national, rates, rounding, self.options.unwrap_or_default())?;
                if let Some(amount) = deduction {
                    rules = rules.with_basic_deduction(amount);
                }
                let (premium, explanation) =
                    crate::assessment::premium::assess(&household, &rules)?;
                Ok(answer(&household, premium, &explanation, &rules))
            }
            _ => Err(EstimateError::Source),
        }
    }
}

/// The code of a municipality given by code or by name.
fn code_of(name: &str) -> String {
    let by_name = figures::MUNICIPALITIES
        .iter()
        .find(|shipped| shipped.name == name);
    by_name.map_or(name, |shipped| shipped.code).to_owned()
}

fn answer(
    household: &Household,
    premium: Premium,
    explanation: &Explanation,
    rules: &Rules,
) -> Answer {
    let mut parts = ByPart::default();
    for (part, &result) in premium.parts.iter() {
        parts.set(
            part,
            PartAnswer {
                income_levy: result.income_levy,
                asset_levy: result.asset_levy,
                per_capita: result.per_capita,
                per_household: result.per_household,
                subtotal: result.subtotal,
                maternity_reduction: result.maternity_reduction,
                months: result.months,
                amount: result.amount,
            },
        );
    }
    Answer {
        test: premium.test,
        parts,
        member_income_levy: member_income_levy(household, rules, &premium),
        total: premium.total,
        instalments: Vec::new(),
        explanation: explain(household, explanation, rules.fiscal_year),
        parameters: None,
        parameters_sha256: None,
    }
}

/// Every line with its article, parameter and the names of its inputs.
pub fn explain(
    household: &Household,
    explanation: &Explanation,
    year: FiscalYear,
) -> Vec<ExplainedLine> {
    let person = |index: u16| {
        household
            .members
            .get(usize::from(index))
            .map(|member| member.id.clone())
    };
    let lines = explanation.lines.iter();
    lines
        .map(|line| ExplainedLine {
            depth: line.depth,
            code: line.code,
            part: line.part,
            person: line.person.and_then(person),
            yen: line.yen,
            inputs: line
                .code
                .inputs()
                .iter()
                .copied()
                .zip(line.inputs)
                .collect(),
            article: line.code.article(line.part, year),
            parameter: line.code.parameter(line.part),
        })
        .collect()
}

/// 所得割 of each member who is liable in the part's first month.
fn member_income_levy(
    household: &Household,
    rules: &Rules,
    premium: &Premium,
) -> BTreeMap<String, BTreeMap<String, Yen>> {
    let mut all = BTreeMap::new();
    for (part, _) in premium.parts.iter() {
        let levies = crate::assessment::premium::own_levies(household, rules, part);
        let of_part: BTreeMap<String, Yen> = levies
            .into_iter()
            .filter_map(|(index, levy)| Some((household.members.get(index)?.id.clone(), levy)))
            .collect();
        if !of_part.is_empty() {
            all.insert(part.key().to_owned(), of_part);
        }
    }
    all
}
