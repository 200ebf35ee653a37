//! 保険料決定通知書 (法76条、自治法231条): what the head is told about a year's premium.

use chrono::NaiveDate;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::explain::{Code, Explanation, Line};
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use serde::{Deserialize, Serialize};

/// The highest amount of a letter in yen: 13 digits. It keeps every sum within range.
const MOST: u64 = 9_999_999_999_999;
/// The highest number of lines an explanation can have.
const MOST_LINES: usize = 10_000;

/// The data of the notice and of its explanation pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentNotice {
    pub household_number: String,
    /// 世帯主.
    pub head: String,
    pub parts: Vec<PartCharge>,
    pub total: Yen,
    pub instalments: Vec<Instalment>,
    /// The lines of the calculation, from which the reasons are read.
    pub explanation: Explanation,
    /// Whether the lines themselves are printed, on pages of their own.
    pub explained: bool,
    /// Names of the members, in the order of the household's facts.
    pub people: Vec<String>,
    /// 軽減の判定不能: an income of the household is not known.
    #[serde(default, skip_serializing_if = "is_false")]
    pub undetermined: bool,
    /// 変更 (更正): what was told before. With it the letter is a 変更通知書.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaced>,
    /// 暫定: inquiries about the household that were not answered when it was decided.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open_inquiries: u32,
}

/// 変更 (更正): the decision that was told before, and why the amount is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    pub total: Yen,
    /// The day of the letter that told it.
    pub told_on: NaiveDate,
    /// What each cause makes of it; they add up to the difference.
    pub steps: Vec<Reason>,
}

/// One cause of a change, with the people whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub cause: String,
    pub yen: Yen,
    pub people: Vec<Concerned>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concerned {
    pub name: String,
    /// 加入, 脱退, 所得 …
    pub how: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// One part (医療分 …). The amounts from 所得割 to `months_cut` add up to `amount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartCharge {
    pub part: Part,
    pub income_levy: Yen,
    pub asset_levy: Yen,
    /// 均等割 before its reductions.
    pub per_capita: Yen,
    /// 平等割 before its reductions.
    pub per_household: Yen,
    /// 減額 of 均等割 and 平等割, negative.
    pub reduction: Yen,
    /// 限度額を超える額, negative.
    pub above_cap: Yen,
    /// 月割 and 端数: what leads from the year to the months that are charged.
    pub months_cut: Yen,
    pub months: u32,
    pub amount: Yen,
}

impl PartCharge {
    /// The columns that add up to `amount`.
    fn columns(&self) -> [Yen; 7] {
        [
            self.income_levy,
            self.asset_levy,
            self.per_capita,
            self.per_household,
            self.reduction,
            self.above_cap,
            self.months_cut,
        ]
    }

    fn sum(&self) -> Option<i64> {
        sum(self.columns())
    }
}

fn sum(amounts: impl IntoIterator<Item = Yen>) -> Option<i64> {
    amounts
        .into_iter()
        .try_fold(0i64, |all, amount| all.checked_add(amount.0))
}

impl AssessmentNotice {
    /// The notice of an assessment. Of a part whose people change within the year, the columns
    /// show the first months with the same people; all months are on the explanation page.
    pub fn of(
        assessment: &Assessment,
        household_number: String,
        head: String,
        people: Vec<String>,
    ) -> AssessmentNotice {
        let explanation = assessment.explanation.clone();
        let lines = explanation.lines.iter().enumerate();
        let parts = lines.filter(|(_, line)| line.code == Code::Part);
        let parts = parts
            .filter_map(|(at, line)| charge(&explanation, at, line))
            .collect();
        AssessmentNotice {
            household_number,
            head,
            parts,
            total: assessment.premium.total,
            instalments: assessment.instalments.clone(),
            explanation,
            explained: true,
            people,
            undetermined: assessment.premium.test.tier_undetermined,
            replaces: None,
            open_inquiries: 0,
        }
    }

    /// What contradicts itself, in words; `None` where everything adds up.
    pub(crate) fn contradiction(&self) -> Option<String> {
        if !self.within_range() {
            return Some("金額または説明の行数が扱える範囲にありません".into());
        }
        let off = |part: &&PartCharge| part.sum() != Some(part.amount.0);
        if let Some(part) = self.parts.iter().find(off) {
            return Some(format!(
                "{}の内訳の合計が保険料額と一致しません",
                part.part.name()
            ));
        }
        let parts = sum(self.parts.iter().map(|part| part.amount));
        let rounding = sum(self.top(Code::TotalRounding).map(|line| line.yen));
        let both = parts
            .zip(rounding)
            .and_then(|(parts, cut)| parts.checked_add(cut));
        if both != Some(self.total.0) {
            return Some("区分ごとの保険料の合計が年間保険料と一致しません".into());
        }
        if sum(self.instalments.iter().map(|each| each.amount)) != Some(self.total.0) {
            return Some("各期の納付額の合計が年間保険料と一致しません".into());
        }
        let shown = self.explanation.lines.first();
        if shown.is_some_and(|line| line.yen != self.total)
            || self.explanation.first_wrong_sum().is_some()
        {
            return Some("計算の説明の合計が年間保険料と一致しません".into());
        }
        let steps = |replaced: &Replaced| {
            sum([replaced.total]
                .into_iter()
                .chain(replaced.steps.iter().map(|step| step.yen)))
        };
        if self
            .replaces
            .as_ref()
            .is_some_and(|replaced| steps(replaced) != Some(self.total.0))
        {
            return Some("変更前の保険料と変更の理由の合計が、変更後の保険料と一致しません".into());
        }
        None
    }

    fn within_range(&self) -> bool {
        let columns = self.parts.iter().flat_map(PartCharge::columns);
        let parts = self.parts.iter().map(|part| part.amount);
        let lines = self.explanation.lines.iter().map(|line| line.yen);
        let instalments = self.instalments.iter().map(|each| each.amount);
        let replaced = self.replaces.iter();
        let replaced = replaced.flat_map(|each| {
            let steps = each.steps.iter().map(|step| step.yen);
            steps.chain([each.total])
        });
        let mut all = columns
            .chain(parts)
            .chain(lines)
            .chain(instalments)
            .chain(replaced)
            .chain([self.total]);
        self.explanation.lines.len() <= MOST_LINES
            && all.all(|amount| amount.0.unsigned_abs() <= MOST)
    }

    /// 端数処理 of the total, which belongs to no part.
    pub(crate) fn total_rounding(&self) -> Yen {
        self.top(Code::TotalRounding).map(|line| line.yen).sum()
    }

    fn top(&self, code: Code) -> impl Iterator<Item = &Line> {
        self.explanation
            .lines
            .iter()
            .filter(move |line| line.code == code)
    }
}

/// Sums the lines of a part's first state by the column they belong to.
fn charge(explanation: &Explanation, at: usize, line: &Line) -> Option<PartCharge> {
    let part = line.part?;
    let months = u32::try_from(line.inputs[0]).ok()?;
    let mut charge = PartCharge {
        part,
        income_levy: Yen::ZERO,
        asset_levy: Yen::ZERO,
        per_capita: Yen::ZERO,
        per_household: Yen::ZERO,
        reduction: Yen::ZERO,
        above_cap: Yen::ZERO,
        months_cut: Yen::ZERO,
        months,
        amount: line.yen,
    };
    let state = explanation
        .children(at)
        .find(|(_, child)| child.code == Code::State);
    if let Some((state_at, state)) = state {
        let below = explanation.lines.iter().skip(state_at + 1);
        let own = below.take_while(|line| line.depth > state.depth);
        for line in own.filter(|line| line.code != Code::MaternityRelief) {
            if let Some(column) = column(&mut charge, line.code) {
                *column = Yen(column.0.saturating_add(line.yen.0));
            }
        }
    }
    // 産前産後 comes off the months around the birth, whichever states they are in.
    let freed = freed(explanation, at);
    charge.reduction = Yen(charge.reduction.0.saturating_add(freed));
    // What comes off the sum of the months: the reliefs, and the cap after them.
    for (_, line) in explanation.children(at) {
        let relief = matches!(
            line.code,
            Code::MaternityRelief
                | Code::FormerDependantRelief
                | Code::GrantedRelief
                | Code::CapCut
        );
        if let Some(column) = column(&mut charge, line.code).filter(|_| relief) {
            *column = Yen(column.0.saturating_add(line.yen.0));
        }
    }
    charge.months_cut = Yen(charge.amount.0.checked_sub(charge.sum()?)?);
    Some(charge)
}

/// What the states of a part are freed of for 産前産後, by their months.
fn freed(explanation: &Explanation, at: usize) -> i64 {
    let states = explanation.children(at);
    let states = states.filter(|(_, child)| child.code == Code::State);
    let of_state = |(place, state): (usize, &Line)| {
        let below = explanation.children(place);
        let relief = below.filter(|(_, line)| line.code == Code::MaternityRelief);
        let annual = relief.fold(0i64, |sum, (_, line)| sum.saturating_add(line.yen.0));
        annual.saturating_mul(state.inputs[1])
    };
    states.map(of_state).fold(0i64, i64::saturating_add) / 12
}

/// The column of a line that has nothing below it.
fn column(charge: &mut PartCharge, code: Code) -> Option<&mut Yen> {
    match code {
        Code::IncomeLevyOfPerson | Code::IncomeLevyOfInvoluntary | Code::IncomeLevyOfHousehold => {
            Some(&mut charge.income_levy)
        }
        Code::AssetLevy => Some(&mut charge.asset_levy),
        Code::PerCapitaOfPerson | Code::AdultPerCapita | Code::Fraction => {
            Some(&mut charge.per_capita)
        }
        Code::PerHouseholdUnit => Some(&mut charge.per_household),
        relief if relief.is_relief() => Some(&mut charge.reduction),
        Code::CapCut => Some(&mut charge.above_cap),
        _ => None,
    }
}
