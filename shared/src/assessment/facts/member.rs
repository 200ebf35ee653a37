//! 世帯員: what is known of one person of a household in a fiscal year.

use crate::assessment::household::{Income, IncomeStatus, LossGround};
use crate::assessment::income::kinds::Entered;
use crate::assessment::premium::circumstances::Circumstances;
use crate::calendar::Month;
use crate::ids::PersonId;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One person of the household with the facts that matter in the fiscal year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberFacts {
    pub person_id: PersonId,
    pub resident_number: String,
    pub name: String,
    pub kana: String,
    pub birth_date: NaiveDate,
    /// 支援措置: until when; it hides where the household lives until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected_until: Option<NaiveDate>,
    /// 続柄, as the resident register writes it.
    pub relation: String,
    pub head: bool,
    /// 世帯の異動: when this person belonged to this household and not to another one of the
    /// city; empty = ever since known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belonged: Vec<Belonged>,
    /// 被保険者番号 with branch, where there is one.
    pub insured_number: Option<String>,
    pub eligibility: Option<EligibilityPeriod>,
    /// Periods of the year before that one, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EligibilityPeriod>,
    /// 特定月, where the member is a 特定同一世帯所属者: lost this insurance to 後期高齢者医療
    /// and has belonged to the household ever since.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2024-06"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specific_month: Option<Month>,
    /// Incomes of the calendar year before the fiscal year.
    pub income: Income,
    pub income_status: IncomeStatus,
    /// 固定資産税額 of the year, for 資産割.
    #[serde(default, skip_serializing_if = "no_yen")]
    pub fixed_asset_tax: Yen,
    /// 所得の内訳 from which a clerk made the income, while it is that income; only where one household is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<Entered>,
    /// 特例の事情 that matter in the fiscal year.
    #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
    pub circumstances: Circumstances,
}

/// 世帯員であった期間: half-open; a day is only there where another household of the city comes
/// before or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Belonged {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Belonged {
    /// The part of a 資格 during which the person belonged here. Leaving for another household
    /// ends no 資格: its ground is none of 法6条.
    fn of(&self, period: EligibilityPeriod) -> Option<EligibilityPeriod> {
        let acquired_on = self
            .from
            .map_or(period.acquired_on, |from| from.max(period.acquired_on));
        let leaves = self
            .until
            .filter(|until| period.lost_on.is_none_or(|lost| *until < lost));
        let part = match leaves {
            Some(until) => EligibilityPeriod {
                acquired_on,
                lost_on: Some(until),
                loss_ground: Some(LossGround::Other),
            },
            None => EligibilityPeriod {
                acquired_on,
                ..period
            },
        };
        part.lost_on
            .is_none_or(|lost| lost > acquired_on)
            .then_some(part)
    }
}

impl MemberFacts {
    /// The day on which the person left this household for another one of the city.
    pub fn left_on(&self) -> Option<NaiveDate> {
        let last = self.belonged.iter().max_by_key(|belonged| belonged.from)?;
        last.until
    }

    /// The 資格 that holds on a day while the person belongs to the household.
    pub fn period_on(&self, on: NaiveDate) -> Option<EligibilityPeriod> {
        if self.left_on().is_some_and(|left| left <= on) {
            return None;
        }
        let mut all = self.earlier.iter().chain(&self.eligibility).copied();
        all.find(|period| period.acquired_on <= on && period.lost_on.is_none_or(|lost| on < lost))
    }

    /// 特定同一世帯所属者 while it belongs to the household.
    pub fn is_former(&self) -> bool {
        self.specific_month.is_some() && self.left_on().is_none()
    }

    /// 資格 of the year while the person belonged to this household, in order.
    pub(super) fn periods_here(&self) -> Vec<EligibilityPeriod> {
        let periods = || self.earlier.iter().chain(&self.eligibility).copied();
        if self.belonged.is_empty() {
            return periods().collect();
        }
        let parts = periods().flat_map(|period| {
            let part = move |belonged: &Belonged| belonged.of(period);
            self.belonged.iter().filter_map(part)
        });
        let mut parts: Vec<EligibilityPeriod> = parts.collect();
        parts.sort_by_key(|part| part.acquired_on);
        parts
    }
}

/// 資格: a half-open period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EligibilityPeriod {
    pub acquired_on: NaiveDate,
    #[serde(default)]
    pub lost_on: Option<NaiveDate>,
    #[serde(default)]
    pub loss_ground: Option<LossGround>,
}

fn no_yen(amount: &Yen) -> bool {
    *amount == Yen::ZERO
}
