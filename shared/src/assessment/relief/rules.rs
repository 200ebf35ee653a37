//! 減免の基準 (法77条, 条例) as dated figures: what each city grants, of which lines and how much.

use crate::assessment::household::ReliefKind;
use crate::calendar::FiscalYear;
use crate::law::LawError;
use crate::law::parameters::ValueState;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A step of a city's table: from so many per cent on (of a fall of income, of damage), so many
/// per cent are taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Band {
    pub at_least: i64,
    pub percent: u8,
}

/// One kind of relief of a city, or of every city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliefRule {
    /// The name under which an application is kept; unique on a day.
    pub id: String,
    pub kind: ReliefKind,
    pub name: String,
    /// Five digits; none = every city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// The days on which an application can be accepted (half-open).
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub source: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub state: ValueState,
    #[serde(default)]
    pub income_levy: bool,
    #[serde(default)]
    pub per_capita: bool,
    #[serde(default)]
    pub per_household: bool,
    /// The lines of one person only.
    #[serde(default)]
    pub personal: bool,
    /// Months before the one of the application count, too.
    #[serde(default)]
    pub retroactive: bool,
    /// What is measured in per cent, e.g. 「所得の減少割合」; empty where the rate is fixed.
    #[serde(default)]
    pub measure: String,
    /// The city's table, rising; empty = it is not known here.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// The rate where nothing is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<u8>,
    /// What proves it.
    pub evidence: Vec<String>,
}

impl ReliefRule {
    /// Whether the city's table is there.
    pub fn is_known(&self) -> bool {
        self.fixed.is_some() || !self.bands.is_empty()
    }

    /// The rate for what was measured; none where the table gives nothing for it.
    pub fn percent(&self, measured: i64) -> Option<u8> {
        let mut bands = self.bands.iter().rev();
        let band = bands.find(|band| measured >= band.at_least);
        self.fixed.or(band.map(|band| band.percent))
    }

    fn check(&self) -> Result<(), String> {
        let percents = self.bands.iter().map(|band| band.percent).chain(self.fixed);
        let wrong = |what: &str| Err(format!("{}: {what}", self.id));
        if percents
            .into_iter()
            .any(|percent| !(1..=100).contains(&percent))
        {
            return wrong("percent は 1 から 100 までです");
        }
        if !self
            .bands
            .is_sorted_by(|one, next| one.at_least < next.at_least)
        {
            return wrong("bands は at_least の小さい順に並べてください");
        }
        if !(self.income_levy || self.per_capita || self.per_household) {
            return wrong("減免する項目がありません");
        }
        if self.personal && self.per_household {
            return wrong("個人の減免は平等割にかかりません");
        }
        if self.until <= self.from {
            return wrong("until は from より後にしてください");
        }
        Ok(())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliefRules {
    pub rule: Vec<ReliefRule>,
}

impl ReliefRules {
    /// Refuses rules that contradict themselves, or two of a name on one day.
    pub fn check(&self) -> Result<(), LawError> {
        for (place, rule) in self.rule.iter().enumerate() {
            rule.check().map_err(LawError::Unreadable)?;
            let before = self.rule.iter().take(place);
            let mut twice = before.filter(|other| {
                other.id == rule.id && other.from < rule.until && rule.from < other.until
            });
            if twice.any(|other| other.municipality == rule.municipality) {
                let text = format!("{}: 同じ id の基準が同じ日に2つあります", rule.id);
                return Err(LawError::Unreadable(text));
            }
        }
        Ok(())
    }

    /// The rules of a city on a day, its own instead of those for every city of the same name.
    pub fn of(&self, municipality: &str, day: NaiveDate) -> Vec<&ReliefRule> {
        let holds = |rule: &&ReliefRule| rule.from <= day && day < rule.until;
        let own = |rule: &ReliefRule| rule.municipality.as_deref() == Some(municipality);
        let here: Vec<&ReliefRule> = self.rule.iter().filter(holds).collect();
        let mut found: Vec<&ReliefRule> = here.iter().copied().filter(|rule| own(rule)).collect();
        for rule in here {
            let replaced = found.iter().any(|known| known.id == rule.id);
            if rule.municipality.is_none() && !replaced {
                found.push(rule);
            }
        }
        found
    }

    /// The rule of a name.
    pub fn find(&self, municipality: &str, day: NaiveDate, id: &str) -> Option<&ReliefRule> {
        let all = self.of(municipality, day);
        all.into_iter().find(|rule| rule.id == id)
    }
}

/// First and last month of a fiscal year that a relief may cover when it is applied for on a day.
pub fn may_cover(
    rule: &ReliefRule,
    year: FiscalYear,
    applied_on: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    let (april, end) = (year.april()?, FiscalYear(year.0.checked_add(1)?).april()?);
    let first = if rule.retroactive {
        april
    } else {
        crate::calendar::Month::of(applied_on)
            .first_day()
            .max(april)
    };
    Some((first, end.pred_opt()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_table_gives_the_rate_of_the_highest_step_that_is_reached() {
        let mut rules = figures::relief_rules().unwrap();
        let rule = rules
            .rule
            .iter_mut()
            .find(|rule| rule.id == "income_fall")
            .unwrap();
        assert!(!rule.is_known());
        rule.bands = vec![
            Band {
                at_least: 30,
                percent: 30,
            },
            Band {
                at_least: 50,
                percent: 70,
            },
        ];
        let rates = [29, 30, 49, 50, 100].map(|fall| rule.percent(fall));
        assert_eq!(rates, [None, Some(30), Some(30), Some(70), Some(70)]);
    }

    #[test]
    fn a_citys_own_rule_stands_instead_of_the_one_for_every_city() {
        let mut rules = figures::relief_rules().unwrap();
        let mut own = rules
            .rule
            .iter()
            .find(|rule| rule.id == "disaster")
            .unwrap()
            .clone();
        own.municipality = Some("27100".into());
        own.fixed = Some(50);
        rules.rule.push(own);
        rules.check().unwrap();
        let on = day("2026-06-10");
        assert!(rules.find("27100", on, "disaster").unwrap().is_known());
        assert!(!rules.find("27213", on, "disaster").unwrap().is_known());
        rules.rule.push(rules.rule.last().unwrap().clone());
        assert!(rules.check().is_err());
    }

    /// A change of the good rule, and whether it stays good.
    type Row = (fn(&mut ReliefRule), bool);

    fn disaster() -> ReliefRule {
        let rules = figures::relief_rules().unwrap();
        let mut rule = rules.rule.into_iter().find(|rule| rule.id == "disaster");
        let mut rule = rule.take().unwrap();
        (rule.from, rule.until) = (day("2026-04-01"), day("2027-04-01"));
        (rule.fixed, rule.bands) = (Some(50), Vec::new());
        rule
    }

    #[test]
    fn a_rule_that_contradicts_itself_is_refused() {
        let good = |change: fn(&mut ReliefRule)| {
            let mut rule = disaster();
            change(&mut rule);
            ReliefRules { rule: vec![rule] }.check().is_ok()
        };
        let band = |at_least, percent| Band { at_least, percent };
        assert!(good(|_| {}));
        let table: [Row; 12] = [
            (|rule| rule.fixed = Some(1), true),
            (|rule| rule.fixed = Some(100), true),
            (|rule| rule.fixed = Some(0), false),
            (|rule| rule.fixed = Some(101), false),
            (
                |rule| {
                    (rule.income_levy, rule.per_capita, rule.per_household) = (false, false, false)
                },
                false,
            ),
            (
                |rule| {
                    (rule.income_levy, rule.per_capita, rule.per_household) = (false, false, true)
                },
                true,
            ),
            (
                |rule| {
                    (rule.income_levy, rule.per_capita, rule.per_household) = (false, true, false)
                },
                true,
            ),
            (
                |rule| {
                    (rule.income_levy, rule.per_capita, rule.per_household) = (true, false, false)
                },
                true,
            ),
            (
                |rule| (rule.personal, rule.per_household) = (true, true),
                false,
            ),
            (
                |rule| (rule.personal, rule.per_household, rule.per_capita) = (true, false, true),
                true,
            ),
            (|rule| rule.until = rule.from, false),
            (|rule| rule.until = rule.from.succ_opt().unwrap(), true),
        ];
        for (place, (change, expected)) in table.into_iter().enumerate() {
            assert_eq!(good(change), expected, "{place}");
        }
        let banded = |bands: Vec<Band>| {
            let mut rule = disaster();
            (rule.fixed, rule.bands) = (None, bands);
            let known = rule.is_known();
            (ReliefRules { rule: vec![rule] }.check().is_ok(), known)
        };
        assert_eq!(banded(vec![band(30, 30), band(50, 70)]), (true, true));
        assert_eq!(banded(vec![band(30, 30), band(30, 70)]), (false, true));
        assert_eq!(banded(vec![band(50, 30), band(30, 70)]), (false, true));
        assert_eq!(banded(vec![band(30, 0)]), (false, true));
        assert_eq!(banded(Vec::new()), (true, false));
    }

    #[test]
    fn one_name_stands_once_on_a_day_for_each_city() {
        let pair = |from: &str, until: &str, city: Option<&str>, id: &str| {
            let mut other = disaster();
            (other.from, other.until) = (day(from), day(until));
            other.municipality = city.map(str::to_owned);
            other.id = id.into();
            let rule = vec![disaster(), other];
            ReliefRules { rule }.check().is_ok()
        };
        assert!(!pair("2026-10-01", "2027-10-01", None, "disaster"));
        assert!(!pair("2025-10-01", "2026-04-02", None, "disaster"));
        assert!(pair("2025-10-01", "2026-04-01", None, "disaster"));
        assert!(pair("2027-04-01", "2028-04-01", None, "disaster"));
        assert!(pair("2026-10-01", "2027-10-01", Some("27100"), "disaster"));
        assert!(pair("2026-10-01", "2027-10-01", None, "flood"));
    }

    #[test]
    fn a_rule_holds_from_its_first_day_to_the_day_before_its_end() {
        let rules = ReliefRules {
            rule: vec![disaster()],
        };
        let on = |on: &str| rules.find("27100", day(on), "disaster").is_some();
        let days = ["2026-03-31", "2026-04-01", "2027-03-31", "2027-04-01"];
        assert_eq!(days.map(on), [false, true, true, false]);
        assert!(rules.find("27100", day("2026-06-10"), "flood").is_none());
        let mut of_osaka = disaster();
        of_osaka.municipality = Some("27100".into());
        let rules = ReliefRules {
            rule: vec![of_osaka],
        };
        assert_eq!(rules.of("27213", day("2026-06-10")).len(), 0);
        assert_eq!(rules.of("27100", day("2026-06-10")).len(), 1);
    }

    #[test]
    fn months_begin_with_the_application_or_with_april() {
        let mut rule = disaster();
        let first = |rule: &ReliefRule, on: &str| {
            may_cover(rule, FiscalYear(2026), day(on)).map(|(first, last)| {
                assert_eq!(last, day("2027-03-31"));
                first.to_string()
            })
        };
        rule.retroactive = false;
        assert_eq!(first(&rule, "2026-09-10").as_deref(), Some("2026-09-01"));
        assert_eq!(first(&rule, "2026-03-10").as_deref(), Some("2026-04-01"));
        rule.retroactive = true;
        assert_eq!(first(&rule, "2026-09-10").as_deref(), Some("2026-04-01"));
        assert_eq!(
            may_cover(&rule, FiscalYear(i32::MAX), day("2026-09-10")),
            None
        );
    }
}
