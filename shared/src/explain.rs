//! 説明 (explanation): why an amount is what it is, as codes and numbers, never prose.
//!
//! Lines are stored flat in reading order, each with its depth. A line's amount is the sum of
//! the lines directly below it; cuts by cap, months and rounding are lines of their own.
//! The calculation writes them itself, so the explanation cannot tell another story.

pub mod formula;
pub mod reading;

use crate::calendar::FiscalYear;
use crate::law::parameters::Part;
use crate::money::Yen;
use serde::{Deserialize, Serialize};

/// What a line says. `inputs` of a line are named by [`Code::inputs`], in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Code {
    /// 年間保険料.
    Total,
    /// 仮算定: a share of last year's premium.
    Provisional,
    /// One of the four parts.
    Part,
    /// Months of the year with the same people liable.
    State,
    /// 所得割.
    IncomeLevy,
    IncomeLevyOfPerson,
    IncomeLevyOfHousehold,
    /// 所得割 of 特例対象被保険者等, whose salary counts at 30/100.
    IncomeLevyOfInvoluntary,
    /// 資産割.
    AssetLevy,
    /// 均等割.
    PerCapita,
    PerCapitaOfPerson,
    /// 18歳以上均等割.
    AdultPerCapita,
    /// 7/5/2割軽減.
    Reduction,
    /// 未就学児の5割軽減.
    PreschoolHalf,
    /// 18歳未満の全額軽減.
    ChildExempt,
    /// Fractions of a yen that several reduced units make together.
    Fraction,
    /// 平等割.
    PerHousehold,
    PerHouseholdUnit,
    /// 特定世帯・特定継続世帯の軽減.
    SpecificHousehold,
    /// 市独自の軽減.
    LocalReduction,
    /// 産前産後の免除.
    MaternityRelief,
    /// 旧被扶養者の減免.
    FormerDependantRelief,
    /// 減免 on application.
    GrantedRelief,
    /// 端数処理 of a part.
    PartRounding,
    /// 賦課限度額を超える額.
    CapCut,
    /// 月割: the months in which nobody is liable.
    MonthsCut,
    /// Twelfths of several states make a whole yen together.
    MonthsFraction,
    /// 端数処理 of the month calculation.
    ProrationRounding,
    /// 端数処理 of the total.
    TotalRounding,
}

impl Code {
    /// 軽減・減免: lines that take something off what 所得割 and the units make.
    pub fn is_relief(self) -> bool {
        matches!(
            self,
            Code::Reduction
                | Code::PreschoolHalf
                | Code::ChildExempt
                | Code::SpecificHousehold
                | Code::LocalReduction
                | Code::MaternityRelief
                | Code::FormerDependantRelief
                | Code::GrantedRelief
        )
    }

    /// The names of the line's inputs; rates are in millionths, amounts in yen, a `rest` of a unit in
    /// ten-thousandths of a yen. `step`: what comes off is raised to a multiple of so many yen.
    pub fn inputs(self) -> &'static [&'static str] {
        match self {
            Code::Provisional => &["last_year", "instalments", "unit"],
            Code::Part => &["months"],
            // Months as a set (April is bit 0); the rest in ten-thousandths of a twelfth of a yen.
            Code::State => &["annual", "months", "month_set", "rest"],
            Code::IncomeLevyOfPerson | Code::IncomeLevyOfInvoluntary => {
                &["income", "deduction", "base", "rate_ppm"]
            }
            Code::IncomeLevyOfHousehold => &["base", "rate_ppm"],
            Code::AssetLevy => &["fixed_asset_tax", "rate_ppm"],
            Code::Reduction => &["unit", "percent", "step", "rest"],
            Code::PreschoolHalf | Code::ChildExempt => &["kept", "percent", "rest"],
            Code::Fraction => &["rest", "rest_of_adults"],
            Code::MonthsFraction => &["rest"],
            Code::MaternityRelief => &["months"],
            Code::FormerDependantRelief => &["income_levy", "per_capita", "per_household"],
            Code::GrantedRelief => &["kind", "percent"],
            Code::SpecificHousehold => &["unit", "quarters"],
            Code::PartRounding | Code::ProrationRounding | Code::TotalRounding => &["unit"],
            Code::CapCut => &["before", "cap"],
            Code::MonthsCut => &["annual", "months"],
            _ => &[],
        }
    }

    /// The article. The reduction paragraph of 令29条の7 moved from 5 to 6 with fiscal year 2026.
    pub fn article(self, part: Option<Part>, fiscal_year: FiscalYear) -> &'static str {
        let paragraph = |own: [&'static str; 4]| own[part.map_or(0, |part| part as usize)];
        match self {
            Code::Total => "法76条",
            Code::Provisional => "条例 (暫定賦課)",
            Code::Part => "令29条の7第1項",
            Code::State | Code::MonthsCut | Code::MonthsFraction | Code::ProrationRounding => {
                "法76条の2・81条 (月割)"
            }
            Code::Reduction | Code::PreschoolHalf | Code::ChildExempt
                if fiscal_year >= FiscalYear(2026) =>
            {
                "令29条の7第6項"
            }
            Code::Reduction | Code::PreschoolHalf | Code::ChildExempt => "令29条の7第5項",
            Code::IncomeLevyOfInvoluntary => "令29条の7の2",
            Code::MaternityRelief if fiscal_year >= FiscalYear(2026) => {
                "令29条の7第6項 (出産被保険者)"
            }
            Code::MaternityRelief => "令29条の7第5項 (出産被保険者)",
            Code::LocalReduction | Code::FormerDependantRelief | Code::GrantedRelief => {
                "法77条 (条例の減免)"
            }
            Code::CapCut => paragraph([
                "令29条の7第2項9号",
                "令29条の7第3項8号",
                "令29条の7第4項8号",
                "令29条の7第5項10号",
            ]),
            Code::PartRounding | Code::TotalRounding | Code::Fraction => "法81条 (条例の端数処理)",
            _ => paragraph([
                "令29条の7第2項",
                "令29条の7第3項",
                "令29条の7第4項",
                "令29条の7第5項",
            ]),
        }
    }

    /// Where the figure stands in the parameters, below `<municipality>/<year>`.
    pub fn parameter(self, part: Option<Part>) -> String {
        let of_part = |field: &str| format!("rates.{}.{field}", part.map_or("", Part::key));
        match self {
            Code::Provisional => "instalments.provisional".into(),
            Code::Total | Code::TotalRounding => "rounding.total_unit".into(),
            Code::Part | Code::PartRounding => "rounding.part_unit".into(),
            Code::State | Code::MonthsCut | Code::MonthsFraction => "options.proration".into(),
            Code::ProrationRounding => "rounding.proration_unit".into(),
            Code::IncomeLevy | Code::IncomeLevyOfPerson | Code::IncomeLevyOfHousehold => {
                of_part("income_rate")
            }
            Code::IncomeLevyOfInvoluntary => "national.involuntary".into(),
            Code::MaternityRelief => "national.maternity".into(),
            Code::FormerDependantRelief => "national.former_dependant".into(),
            // Comes with the household, not with the parameters.
            Code::LocalReduction => "household.local_reductions".into(),
            Code::GrantedRelief => "household.reliefs".into(),
            Code::AssetLevy => of_part("asset_rate"),
            Code::PerCapita | Code::PerCapitaOfPerson => of_part("per_capita"),
            Code::AdultPerCapita => of_part("per_capita_18plus"),
            Code::PerHousehold | Code::PerHouseholdUnit | Code::SpecificHousehold => {
                of_part("per_household")
            }
            Code::CapCut => of_part("cap"),
            Code::Reduction => "national.reduction_test".into(),
            Code::PreschoolHalf => "national.ages.preschool_under".into(),
            Code::ChildExempt => "national.ages.child_under".into(),
            Code::Fraction => "rounding.reduced_unit".into(),
        }
    }
}

/// One line. `person` is the position of the member in the household's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub depth: u8,
    pub code: Code,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub part: Option<Part>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<u16>,
    pub yen: Yen,
    pub inputs: [i64; 4],
}

/// All lines of one result, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Explanation {
    pub lines: Vec<Line>,
}

/// What a calculation tells while it works. `()` listens to nothing and costs nothing.
pub trait Listen {
    /// Whether anybody hears: what is only told need not be calculated otherwise.
    const HEARS: bool;
    /// Begins a line whose amount is known only after the lines below it.
    fn open(&mut self, code: Code, part: Option<Part>, person: Option<u16>) -> usize;
    /// Gives the opened line its amount and inputs.
    fn close(&mut self, at: usize, yen: Yen, inputs: &[i64]);
    /// A line with nothing below it; an amount of zero is left out.
    fn leaf(
        &mut self,
        code: Code,
        part: Option<Part>,
        person: Option<u16>,
        yen: Yen,
        inputs: &[i64],
    );
}

impl Listen for () {
    const HEARS: bool = false;
    fn open(&mut self, _: Code, _: Option<Part>, _: Option<u16>) -> usize {
        0
    }
    fn close(&mut self, _: usize, _: Yen, _: &[i64]) {}
    fn leaf(&mut self, _: Code, _: Option<Part>, _: Option<u16>, _: Yen, _: &[i64]) {}
}

/// Collects lines into a buffer that can be used again.
#[derive(Default)]
pub struct Writer {
    pub explanation: Explanation,
    depth: u8,
}

impl Writer {
    /// Forgets the lines and keeps the memory.
    pub fn clear(&mut self) {
        self.explanation.lines.clear();
        self.depth = 0;
    }
}

fn four(inputs: &[i64]) -> [i64; 4] {
    let mut all = [0; 4];
    all.iter_mut()
        .zip(inputs)
        .for_each(|(to, from)| *to = *from);
    all
}

impl Listen for Writer {
    const HEARS: bool = true;
    fn open(&mut self, code: Code, part: Option<Part>, person: Option<u16>) -> usize {
        let at = self.explanation.lines.len();
        let depth = self.depth;
        self.explanation.lines.push(Line {
            depth,
            code,
            part,
            person,
            yen: Yen::ZERO,
            inputs: [0; 4],
        });
        self.depth += 1;
        at
    }

    fn close(&mut self, at: usize, yen: Yen, inputs: &[i64]) {
        self.depth = self.depth.saturating_sub(1);
        if let Some(line) = self.explanation.lines.get_mut(at) {
            line.yen = yen;
            line.inputs = four(inputs);
        }
    }

    fn leaf(
        &mut self,
        code: Code,
        part: Option<Part>,
        person: Option<u16>,
        yen: Yen,
        inputs: &[i64],
    ) {
        if yen != Yen::ZERO {
            let depth = self.depth;
            self.explanation.lines.push(Line {
                depth,
                code,
                part,
                person,
                yen,
                inputs: four(inputs),
            });
        }
    }
}

impl Explanation {
    /// The lines directly below the line at `at`.
    pub fn children(&self, at: usize) -> impl Iterator<Item = (usize, &Line)> + '_ {
        let depth = self.lines.get(at).map_or(u8::MAX, |line| line.depth);
        self.lines
            .iter()
            .enumerate()
            .skip(at.saturating_add(1))
            .take_while(move |(_, line)| line.depth > depth)
            .filter(move |(_, line)| line.depth == depth + 1)
    }

    /// The first line whose amount is not the sum of the lines below it, if there is one.
    pub fn first_wrong_sum(&self) -> Option<&Line> {
        self.lines.iter().enumerate().find_map(|(at, line)| {
            let mut below = self.children(at).map(|(_, child)| child.yen).peekable();
            let wrong = below.peek().is_some() && below.sum::<Yen>() != line.yen;
            wrong.then_some(line)
        })
    }
}
