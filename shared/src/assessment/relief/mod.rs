//! 減免 (法77条, 条例): what the city granted on application, as facts of a calculation.

pub(in crate::assessment) mod reduction;
pub mod rules;

use crate::calendar::Month;
use crate::law::parameters::Part;
use serde::{Deserialize, Serialize};

/// So many at most stand on one household and year.
pub const MOST: usize = 8;

/// 減免の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReliefKind {
    /// 所得減少: 倒産・廃業・失業など.
    #[strum(message = "所得の減少")]
    IncomeFall,
    #[strum(message = "災害")]
    Disaster,
    /// 給付制限: 少年院・刑事施設など (法59条).
    #[strum(message = "給付制限")]
    Detention,
    /// 市独自.
    #[strum(message = "市の定める事由")]
    Local,
}

coded!(ReliefKind, named);

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
    /// The lines of one person only, by [`crate::assessment::household::Member::id`].
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
    pub(in crate::assessment) fn covers(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::error::AssessmentError;
    use crate::assessment::household::{Household, Member};
    use crate::assessment::premium::{check, months};
    use crate::calendar::FiscalYear;
    use crate::figures;

    /// A change of the good relief, and the field that is refused then.
    type Row = (fn(&mut Relief), Option<&'static str>);

    fn relief(from: &str, until: &str) -> Relief {
        Relief {
            kind: ReliefKind::Local,
            percent: 50,
            income_levy: true,
            per_capita: false,
            per_household: false,
            parts: Vec::new(),
            person: None,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        }
    }

    fn household(reliefs: Vec<Relief>) -> Household {
        let mut head = Member::new("1", "1980-06-10".parse().unwrap());
        head.head = true;
        Household {
            members: vec![head],
            reliefs,
            ..Household::default()
        }
    }

    #[test]
    fn a_relief_covers_the_months_of_the_year_between_its_first_and_last() {
        let rules = figures::assessor("27100", FiscalYear(2026)).unwrap().rules;
        let months = |from: &str, until: &str| months::relief(&relief(from, until), &rules);
        assert_eq!(months("2026-04", "2027-03"), 0xFFF);
        assert_eq!(months("2026-04", "2026-04"), 1);
        assert_eq!(months("2026-09", "2026-10"), 0b110_0000);
        assert_eq!(months("2027-03", "2027-03"), 1 << 11);
        assert_eq!(months("2025-06", "2026-03"), 0);
        assert_eq!(months("2025-06", "2026-04"), 1);
        assert_eq!(months("2027-03", "2028-03"), 1 << 11);
        assert_eq!(months("2027-04", "2028-03"), 0);
    }

    #[test]
    fn a_relief_covers_the_parts_that_it_names_or_all() {
        let mut one = relief("2026-04", "2027-03");
        assert!(Part::ALL.iter().all(|part| one.covers(*part)));
        one.parts = vec![Part::Care];
        let covered = Part::ALL.map(|part| one.covers(part));
        assert_eq!(covered, [false, false, true, false]);
    }

    #[test]
    fn a_relief_that_says_nothing_or_too_much_is_refused_with_its_field() {
        let refused = |change: fn(&mut Relief)| {
            let mut one = relief("2026-04", "2027-03");
            change(&mut one);
            match check::reliefs(&household(vec![relief("2026-04", "2026-05"), one])) {
                Err(AssessmentError::Relief { relief: 1, field }) => Some(field),
                Ok(()) => None,
                other => panic!("{other:?}"),
            }
        };
        let table: [Row; 11] = [
            (|_| {}, None),
            (|one| one.percent = 0, Some("percent")),
            (|one| one.percent = 101, Some("percent")),
            (|one| one.percent = 100, None),
            (|one| one.until = "2026-03".parse().unwrap(), Some("until")),
            (|one| one.until = one.from, None),
            (|one| one.person = Some("2".into()), Some("person")),
            (|one| one.person = Some("1".into()), None),
            (
                |one| (one.person, one.per_household) = (Some("1".into()), true),
                Some("person"),
            ),
            (|one| one.income_levy = false, Some("income_levy")),
            (
                |one| (one.income_levy, one.per_capita, one.per_household) = (false, false, true),
                None,
            ),
        ];
        for (place, (change, field)) in table.into_iter().enumerate() {
            assert_eq!(refused(change), field, "{place}");
        }
        let many = |count| check::reliefs(&household(vec![relief("2026-04", "2026-05"); count]));
        assert_eq!(many(MOST), Ok(()));
        assert_eq!(
            many(MOST + 1),
            Err(AssessmentError::Relief {
                relief: MOST,
                field: "kind"
            })
        );
    }

    #[test]
    fn what_does_not_hold_is_left_out_of_the_text() {
        let text = serde_json::to_string(&relief("2026-04", "2026-05")).unwrap();
        assert!(
            text.contains("income_levy") && !text.contains("per_capita"),
            "{text}"
        );
    }
}
