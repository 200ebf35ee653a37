//! 減免 (法77条, 条例): what the city granted on application, as facts of a calculation.

use super::household::Household;
use super::months::Months;
use super::premium::AssessmentError;
use super::rules::Rules;
use crate::calendar::Month;
use crate::law::parameters::Part;
use serde::{Deserialize, Serialize};

/// So many at most stand on one household and year.
pub const MOST: usize = 8;

/// 減免の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReliefKind {
    /// 所得減少: 倒産・廃業・失業など.
    IncomeFall,
    /// 災害.
    Disaster,
    /// 給付制限: 少年院・刑事施設など (法59条).
    Detention,
    /// 市独自.
    Local,
}

impl ReliefKind {
    pub const ALL: [ReliefKind; 4] = [
        ReliefKind::IncomeFall,
        ReliefKind::Disaster,
        ReliefKind::Detention,
        ReliefKind::Local,
    ];

    pub fn key(self) -> &'static str {
        match self {
            ReliefKind::IncomeFall => "income_fall",
            ReliefKind::Disaster => "disaster",
            ReliefKind::Detention => "detention",
            ReliefKind::Local => "local",
        }
    }

    pub fn of_key(key: &str) -> Option<ReliefKind> {
        ReliefKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// 減免の決定: so many per cent of some lines, in some months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Relief {
    pub kind: ReliefKind,
    /// 1 to 100.
    pub percent: u8,
    /// 所得割, 均等割 and 平等割.
    #[serde(default, skip_serializing_if = "no")]
    pub income_levy: bool,
    #[serde(default, skip_serializing_if = "no")]
    pub per_capita: bool,
    #[serde(default, skip_serializing_if = "no")]
    pub per_household: bool,
    /// None = every part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The lines of one person only, by [`super::household::Member::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// First and last month.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-09"))]
    pub from: Month,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2027-03"))]
    pub until: Month,
}

fn no(flag: &bool) -> bool {
    !*flag
}

impl Relief {
    /// The months of the year that it covers.
    pub(super) fn months(&self, rules: &Rules) -> Months {
        let index = |month: Month| {
            let index = rules.fiscal_year.month_index(month.first_day());
            index.clamp(0, 12)
        };
        let below = |month: i32| (1u16 << month) - 1;
        let first = index(self.from);
        let end = match rules.fiscal_year.month_index(self.until.first_day()) {
            last if last < 0 => 0,
            last => (last + 1).min(12),
        };
        below(end) & !below(first)
    }

    pub(super) fn covers(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}

/// Refuses a relief that says nothing, or more than a relief can.
#[cold]
#[inline(never)]
pub(super) fn check(household: &Household) -> Result<(), AssessmentError> {
    let wrong = |relief, field| Err(AssessmentError::Relief { relief, field });
    if household.reliefs.len() > MOST {
        return wrong(MOST, "kind");
    }
    for (place, relief) in household.reliefs.iter().enumerate() {
        if !(1..=100).contains(&relief.percent) {
            return wrong(place, "percent");
        }
        if relief.until < relief.from {
            return wrong(place, "until");
        }
        if let Some(person) = &relief.person {
            let known = household.members.iter().any(|member| member.id == *person);
            if !known || relief.per_household {
                return wrong(place, "person");
            }
        }
        if !(relief.income_levy || relief.per_capita || relief.per_household) {
            return wrong(place, "income_levy");
        }
    }
    Ok(())
}
