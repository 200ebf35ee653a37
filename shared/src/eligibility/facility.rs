//! 住所地特例 (法116条の2): who moved into a facility stays insured where the address was before.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 施設の種類 (法116条の2第1項1号–6号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FacilityKind {
    /// 1 病院・診療所.
    #[strum(message = "病院・診療所")]
    Hospital,
    /// 2 児童福祉施設, by a 措置 only.
    #[strum(message = "児童福祉施設（措置）")]
    ChildWelfare,
    /// 3 障害者支援施設.
    #[strum(message = "障害者支援施設")]
    Disability,
    /// 4 のぞみの園の施設.
    #[strum(message = "のぞみの園の施設")]
    Nozominosono,
    /// 5 養護・特別養護老人ホーム, by a 措置 only.
    #[strum(message = "養護・特別養護老人ホーム（措置）")]
    NursingHome,
    /// 6 特定施設・介護保険施設.
    #[strum(message = "特定施設・介護保険施設")]
    LongTermCare,
}

coded!(FacilityKind, named);

impl FacilityKind {
    /// Whether the rule holds only for those whom a welfare office placed there.
    pub fn needs_measure(self) -> bool {
        matches!(self, FacilityKind::ChildWelfare | FacilityKind::NursingHome)
    }
}

/// 入所・入院 of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stay {
    pub kind: FacilityKind,
    /// 全国地方公共団体コード (five digits) of where the facility stands.
    pub facility_in: String,
    pub admitted_on: NaiveDate,
    #[serde(default)]
    pub left_on: Option<NaiveDate>,
    /// The municipality of the address just before.
    pub from: String,
    /// The place before was a facility too, without a stay elsewhere between.
    pub from_facility: bool,
    /// 措置による入所.
    pub by_measure: bool,
}

/// What the rule makes of a person on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InsuringCity {
    /// No facility, or none to which the rule applies: insured by the address.
    ByAddress { why: NoRule },
    /// 前住所地 is this city: it goes on insuring somebody who lives elsewhere.
    Home { facility_in: String },
    /// The facility is here, 前住所地 elsewhere: this city must not insure.
    Host { home: String },
}

/// Why the rule does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoRule {
    NoStay,
    /// 措置 is missing.
    NoMeasure,
    /// The address did not change its municipality.
    SameMunicipality,
    /// Neither of the two places is this city.
    Elsewhere,
    /// The first stay of a chain is not known.
    BrokenChain,
}

impl NoRule {
    pub fn text(self) -> &'static str {
        match self {
            NoRule::NoStay => "入所・入院していません",
            NoRule::NoMeasure => "措置による入所ではありません",
            NoRule::SameMunicipality => "前住所地と施設の所在地が同じ市町村です",
            NoRule::Elsewhere => "前住所地も施設も本市ではありません",
            NoRule::BrokenChain => "施設から施設へ移った人の、最初の入所が分かりません",
        }
    }
}

/// Judges a day. Moves from facility to facility keep the municipality of the last address that
/// was none (法116条の2第2項): with every move from a facility, that of the first admission.
pub fn insuring_city(stays: &[Stay], own: &str, on: NaiveDate) -> InsuringCity {
    let by_address = |why| InsuringCity::ByAddress { why };
    // A stay that ended on its first day never was: that is how a wrong one is taken back.
    let was = |stay: &&Stay| stay.admitted_on <= on && stay.left_on != Some(stay.admitted_on);
    let mut all: Vec<&Stay> = stays.iter().filter(was).collect();
    all.sort_by_key(|stay| stay.admitted_on);
    let Some(now) = all
        .last()
        .filter(|stay| stay.left_on.is_none_or(|left| on < left))
    else {
        return by_address(NoRule::NoStay);
    };
    let Some(first) = all.iter().rposition(|stay| !stay.from_facility) else {
        return by_address(NoRule::BrokenChain);
    };
    let chain = all.get(first..).unwrap_or_default();
    let broken = chain
        .windows(2)
        .any(|two| two[0].left_on.is_none_or(|left| left > two[1].admitted_on));
    if broken {
        return by_address(NoRule::BrokenChain);
    }
    if chain
        .iter()
        .any(|stay| stay.kind.needs_measure() && !stay.by_measure)
    {
        return by_address(NoRule::NoMeasure);
    }
    let home = chain
        .first()
        .map(|stay| stay.from.as_str())
        .unwrap_or_default();
    match (home == own, now.facility_in == own) {
        _ if home == now.facility_in => by_address(NoRule::SameMunicipality),
        (true, _) => InsuringCity::Home {
            facility_in: now.facility_in.clone(),
        },
        (_, true) => InsuringCity::Host {
            home: home.to_owned(),
        },
        _ => by_address(NoRule::Elsewhere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: &str = "27100";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stay(from: &str, facility_in: &str, admitted: &str) -> Stay {
        Stay {
            kind: FacilityKind::LongTermCare,
            facility_in: facility_in.into(),
            admitted_on: day(admitted),
            left_on: None,
            from: from.into(),
            from_facility: false,
            by_measure: false,
        }
    }

    fn then(mut before: Stay, facility_in: &str, admitted: &str) -> [Stay; 2] {
        let next = Stay {
            from_facility: true,
            ..stay(&before.facility_in.clone(), facility_in, admitted)
        };
        before.left_on = Some(next.admitted_on);
        [before, next]
    }

    fn judged(stays: &[Stay]) -> InsuringCity {
        insuring_city(stays, OWN, day("2026-06-10"))
    }

    #[test]
    fn who_moves_into_a_facility_stays_insured_where_the_address_was() {
        let home = InsuringCity::Home {
            facility_in: "27140".into(),
        };
        assert_eq!(judged(&[stay(OWN, "27140", "2026-01-10")]), home);
        let host = InsuringCity::Host {
            home: "27140".into(),
        };
        assert_eq!(judged(&[stay("27140", OWN, "2026-01-10")]), host);
        let none = |why| InsuringCity::ByAddress { why };
        assert_eq!(judged(&[]), none(NoRule::NoStay));
        assert_eq!(
            judged(&[stay(OWN, OWN, "2026-01-10")]),
            none(NoRule::SameMunicipality)
        );
        assert_eq!(
            judged(&[stay("27140", "27203", "2026-01-10")]),
            none(NoRule::Elsewhere)
        );
        let left = Stay {
            left_on: Some(day("2026-06-10")),
            ..stay(OWN, "27140", "2026-01-10")
        };
        assert_eq!(judged(&[left]), none(NoRule::NoStay));
    }

    #[test]
    fn from_facility_to_facility_the_first_address_counts_and_a_break_is_told() {
        let chain = then(stay("27140", "27203", "2025-01-10"), OWN, "2026-02-01");
        assert_eq!(
            judged(&chain),
            InsuringCity::Host {
                home: "27140".into()
            }
        );
        let back = then(stay(OWN, "27203", "2025-01-10"), "27140", "2026-02-01");
        assert_eq!(
            judged(&back),
            InsuringCity::Home {
                facility_in: "27140".into()
            }
        );
        let [_, alone] = chain;
        assert_eq!(
            judged(&[alone]),
            InsuringCity::ByAddress {
                why: NoRule::BrokenChain
            }
        );
    }

    #[test]
    fn homes_for_children_and_the_old_count_only_with_a_measure() {
        for kind in FacilityKind::ALL {
            let placed = |by_measure| Stay {
                kind,
                by_measure,
                ..stay(OWN, "27140", "2026-01-10")
            };
            let home = InsuringCity::Home {
                facility_in: "27140".into(),
            };
            assert_eq!(judged(&[placed(true)]), home);
            let without = judged(&[placed(false)]);
            assert_eq!(without == home, !kind.needs_measure(), "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn two_cities_never_both_insure_or_both_refuse_by_the_rule(places in prop::collection::vec(0usize..3, 1..5), starts in 0usize..3) {
            const CITIES: [&str; 3] = ["27100", "27140", "27203"];
            let mut stays: Vec<Stay> = Vec::new();
            for (nth, city) in places.iter().enumerate() {
                let admitted = day("2025-01-01") + chrono::Days::new(30 * u64::try_from(nth).unwrap());
                if let Some(before) = stays.last_mut() {
                    before.left_on = Some(admitted);
                }
                let from = stays.last().map_or(CITIES[starts].to_owned(), |stay| stay.facility_in.clone());
                stays.push(Stay { from_facility: nth > 0, admitted_on: admitted, ..stay(&from, CITIES[*city], "2025-01-01") });
            }
            let roles: Vec<InsuringCity> = CITIES.iter().map(|city| insuring_city(&stays, city, day("2026-06-10"))).collect();
            let homes = roles.iter().filter(|place| matches!(place, InsuringCity::Home { .. })).count();
            let hosts = roles.iter().filter(|place| matches!(place, InsuringCity::Host { .. })).count();
            prop_assert_eq!(homes, hosts);
            prop_assert!(homes <= 1);
        }
    }
}
