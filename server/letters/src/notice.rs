//! 保険料決定通知書 (法76条、自治法231条): what the head is told about a year's premium.

use chrono::NaiveDate;
use kokuho_shared::assessment::breakdown::Breakdown;
use kokuho_shared::assessment::result::Assessment;
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::explain::Explanation;
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
    /// 被保険者 of the year, in the order of the household's facts.
    pub insured: Vec<Insured>,
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

/// 被保険者 of the notice, with what the levy took of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insured {
    pub name: String,
    pub birth_date: NaiveDate,
    /// 総所得金額等; none while it is not known.
    pub income: Option<Yen>,
}

fn sum(amounts: impl IntoIterator<Item = Yen>) -> Option<i64> {
    amounts
        .into_iter()
        .try_fold(0i64, |all, amount| all.checked_add(amount.0))
}

impl AssessmentNotice {
    /// The notice of an assessment; `insured` are those whom it is about.
    pub fn of(
        assessment: &Assessment,
        household_number: String,
        head: String,
        people: Vec<String>,
        insured: Vec<Insured>,
    ) -> AssessmentNotice {
        let explanation = assessment.explanation.clone();
        AssessmentNotice {
            household_number,
            head,
            insured,
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
        let breakdown = Breakdown::of(&self.explanation);
        if let Some(what) = breakdown.contradiction() {
            return Some(what);
        }
        if breakdown.total != self.total {
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
        let incomes = self.insured.iter().filter_map(|each| each.income);
        let lines = self.explanation.lines.iter().map(|line| line.yen);
        let instalments = self.instalments.iter().map(|each| each.amount);
        let replaced = self.replaces.iter();
        let replaced = replaced.flat_map(|each| {
            let steps = each.steps.iter().map(|step| step.yen);
            steps.chain([each.total])
        });
        let mut all = incomes
            .chain(lines)
            .chain(instalments)
            .chain(replaced)
            .chain([self.total]);
        self.explanation.lines.len() <= MOST_LINES
            && all.all(|amount| amount.0.unsigned_abs() <= MOST)
    }
}
