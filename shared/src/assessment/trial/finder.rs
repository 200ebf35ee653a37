//! 軽減・減免の見つけ方: every relief that a household may claim, best first, with what is still
//! needed. Nobody has to know its name to get it.

use crate::assessment::household::{
    Household, IncomeStatus, Involuntary, Maternity, Member, Relief,
};
use crate::assessment::premium::circumstances::Circumstances;
use crate::assessment::premium::months;
use crate::assessment::relief::rules::{ReliefRule, may_cover};
use crate::assessment::result::Assessor;
use crate::calendar::{Month, age_attained_on};

use crate::money::Yen;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// What could be claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// 所得の申告: without it nobody of the household gets a reduction.
    Declare,
    /// 非自発的失業 (令29条の7の2).
    Involuntary,
    /// 産前産後.
    Maternity,
    /// 旧被扶養者.
    FormerDependant,
    /// 減免 of a rule.
    Rule { id: String },
}

/// One relief that may be claimed, for the household or one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    #[serde(flatten)]
    pub what: What,
    pub name: String,
    /// By [`Member::id`].
    pub person: Option<String>,
    /// Less premium in the year, on the assumption that `note` states; none where it cannot be told.
    pub saves: Option<Yen>,
    pub note: String,
    /// What is still needed to claim it.
    pub needs: Vec<String>,
}

/// A birth is thought of for these ages.
const BIRTHS: std::ops::RangeInclusive<u32> = 15..=49;

/// Everything that the household may claim on a day. What it has already is not listed.
pub fn find(
    household: &Household,
    assessor: &Assessor,
    rules: &[&ReliefRule],
    today: NaiveDate,
) -> Vec<Candidate> {
    let Ok(now) = assessor.assess(household) else {
        return Vec::new();
    };
    let search = Search {
        household,
        assessor,
        now: now.premium.total,
        today,
    };
    let mut found = search.declare();
    for (place, member) in household.members.iter().enumerate() {
        if months::insured(member, &assessor.rules) == 0 {
            continue;
        }
        found.extend(search.involuntary(place, member));
        found.extend(search.maternity(place, member));
        found.extend(search.former_dependant(place, member));
    }
    for rule in rules {
        found.extend(search.rule(rule));
    }
    // Nothing that saves nothing; what cannot be told comes last.
    found.retain(|candidate| {
        let rule = matches!(candidate.what, What::Rule { .. });
        rule || candidate.saves.is_none_or(|saves| saves > Yen::ZERO)
    });
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.saves.unwrap_or(Yen(-1))));
    found
}

struct Search<'a> {
    household: &'a Household,
    assessor: &'a Assessor,
    now: Yen,
    today: NaiveDate,
}

impl Search<'_> {
    /// What a changed household saves.
    fn saves(&self, change: impl FnOnce(&mut Household)) -> Option<Yen> {
        let mut other = self.household.clone();
        change(&mut other);
        let assessed = self.assessor.assess(&other).ok()?;
        Some(self.now - assessed.premium.total)
    }

    fn declare(&self) -> Vec<Candidate> {
        let missing = |member: &&Member| {
            let here = member.head || months::insured(member, &self.assessor.rules) != 0;
            here && member.income_status == IncomeStatus::Undeclared
        };
        let mut people = self.household.members.iter().filter(missing);
        let Some(first) = people.next() else {
            return Vec::new();
        };
        let only = people.next().is_none();
        let saves = self.saves(|household| {
            for member in &mut household.members {
                if member.income_status == IncomeStatus::Undeclared {
                    member.income_status = IncomeStatus::Known;
                }
            }
        });
        vec![Candidate {
            what: What::Declare,
            name: "所得の申告".into(),
            person: only.then(|| first.id.clone()),
            saves,
            note: "今わかっている所得のとおりに申告したとき".into(),
            needs: vec!["所得申告書（所得がなかった人も）".into()],
        }]
    }

    fn involuntary(&self, place: usize, member: &Member) -> Option<Candidate> {
        let salary = member.income.salary_income > Yen::ZERO;
        let wish = Circumstances {
            involuntary: Some(Involuntary {
                left_on: self.today,
            }),
            ..Circumstances::default()
        };
        let national = &self.assessor.parameters.national;
        let fits = wish.check(member.birth_date, national).is_ok();
        if member.involuntary.is_some() || !salary || !fits {
            return None;
        }
        Some(Candidate {
            what: What::Involuntary,
            name: "非自発的失業者の軽減".into(),
            person: Some(member.id.clone()),
            saves: self.saves(|household| {
                household.members[place].involuntary = wish.involuntary;
            }),
            note: "今日離職したとき".into(),
            needs: vec![
                "雇用保険受給資格者証・資格通知（離職理由 11・12・21・22・31・32・23・33・34）"
                    .into(),
            ],
        })
    }

    fn maternity(&self, place: usize, member: &Member) -> Option<Candidate> {
        let age = |years| age_attained_on(member.birth_date, years);
        let old = age(*BIRTHS.start()).is_some_and(|day| day <= self.today);
        let young = age(*BIRTHS.end() + 1).is_some_and(|day| day > self.today);
        if member.maternity.is_some() || !old || !young {
            return None;
        }
        let expected_on = self.today.checked_add_days(Days::new(60))?;
        Some(Candidate {
            what: What::Maternity,
            name: "産前産後の免除（出産する人）".into(),
            person: Some(member.id.clone()),
            saves: self.saves(|household| {
                household.members[place].maternity = Some(Maternity {
                    expected_on,
                    multiple: false,
                });
            }),
            note: "2か月後に出産の予定があるとき".into(),
            needs: vec!["母子健康手帳など、出産の予定日の分かるもの".into()],
        })
    }

    fn former_dependant(&self, place: usize, member: &Member) -> Option<Candidate> {
        let since = member.acquired_on?;
        let wish = Circumstances {
            former_dependant_since: Some(since),
            ..Circumstances::default()
        };
        let national = &self.assessor.parameters.national;
        let fits = wish.check(member.birth_date, national).is_ok();
        if member.former_dependant_since.is_some() || !fits {
            return None;
        }
        Some(Candidate {
            what: What::FormerDependant,
            name: "旧被扶養者の減免".into(),
            person: Some(member.id.clone()),
            saves: self.saves(|household| {
                household.members[place].former_dependant_since = Some(since);
            }),
            note: "加入の前日に、後期高齢者医療へ移った人の被扶養者だったとき".into(),
            needs: vec![
                "前の健康保険の資格喪失証明書（被扶養者であったことの分かるもの）か、情報照会"
                    .into(),
            ],
        })
    }

    fn rule(&self, rule: &ReliefRule) -> Vec<Candidate> {
        let people: Vec<Option<&Member>> = match rule.personal {
            false => vec![None],
            true => {
                let members = self.household.members.iter();
                let insured =
                    members.filter(|member| months::insured(member, &self.assessor.rules) != 0);
                insured.map(Some).collect()
            }
        };
        people
            .into_iter()
            .filter_map(|person| self.of_rule(rule, person))
            .collect()
    }

    fn of_rule(&self, rule: &ReliefRule, person: Option<&Member>) -> Option<Candidate> {
        let id = person.map(|member| member.id.clone());
        // One that looks at single months may be claimed again for others.
        let has = |relief: &Relief| {
            let lines = (relief.income_levy, relief.per_capita, relief.per_household);
            let own = (rule.income_levy, rule.per_capita, rule.per_household);
            relief.kind == rule.kind && relief.person == id && lines == own
        };
        if !rule.retroactive && self.household.reliefs.iter().any(has) {
            return None;
        }
        let year = self.assessor.rules.fiscal_year;
        let (first, last) = may_cover(rule, year, self.today)?;
        if first > last {
            return None;
        }
        // The first month in which there is something to take from.
        let charged = person.map_or(0xFFF, |member| {
            months::insured(member, &self.assessor.rules)
        });
        let later = if rule.retroactive {
            charged.trailing_zeros()
        } else {
            0
        };
        let first = first.checked_add_months(chrono::Months::new(later))?;
        let percent = rule.fixed.or(rule.bands.last().map(|band| band.percent));
        // Of one month where each month is looked at for itself.
        let until = if rule.retroactive { first } else { last };
        let saves = percent.and_then(|percent| {
            self.saves(|household| {
                household.reliefs.push(granted(
                    rule,
                    percent,
                    id.clone(),
                    (Month::of(first), Month::of(until)),
                ));
            })
        });
        let note = match (percent, rule.retroactive) {
            (None, _) => "減免割合の表が登録されていないため、額は分かりません".into(),
            (Some(_), true) => "1か月あたり".into(),
            (Some(percent), false) => format!("今月申請し、{percent}％の減免を受けるとき（最大）"),
        };
        Some(Candidate {
            what: What::Rule {
                id: rule.id.clone(),
            },
            name: rule.name.clone(),
            person: id,
            saves,
            note,
            needs: self.needs(rule),
        })
    }

    /// 証明書類, and first the declaration without which nobody grants one.
    fn needs(&self, rule: &ReliefRule) -> Vec<String> {
        let mut members = self.household.members.iter();
        let undeclared = members.any(|member| member.income_status == IncomeStatus::Undeclared);
        let declare =
            undeclared.then(|| "所得の申告（未申告の人がいる間は承認できません）".to_owned());
        declare.into_iter().chain(rule.evidence.clone()).collect()
    }
}

/// The relief that a rule grants.
pub fn granted(
    rule: &ReliefRule,
    percent: u8,
    person: Option<String>,
    (from, until): (Month, Month),
) -> Relief {
    Relief {
        kind: rule.kind,
        percent,
        income_levy: rule.income_levy,
        per_capita: rule.per_capita,
        per_household: rule.per_household,
        parts: Vec::new(),
        person,
        from,
        until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::relief::rules::ReliefRules;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn household(member: Member) -> Household {
        Household {
            members: vec![Member {
                head: true,
                ..member
            }],
            ..Household::default()
        }
    }

    fn found(household: &Household) -> Vec<Candidate> {
        let assessor = Assessor::shipped("27100", 2026).unwrap();
        let rules = ReliefRules::shipped().unwrap();
        let today = day("2026-09-10");
        find(household, &assessor, &rules.of("27100", today), today)
    }

    #[test]
    fn whoever_works_may_lose_the_job_and_a_missing_table_is_named() {
        let mut worker = Member::new("1", day("1980-05-01"));
        worker.income.salary_income = Yen(3_000_000);
        worker.income.salary_receipts = Some(Yen(4_200_000));
        let found = found(&household(worker));
        let names: Vec<&What> = found.iter().map(|candidate| &candidate.what).collect();
        let rule = |id: &str| What::Rule { id: id.into() };
        assert_eq!(
            names,
            [
                &What::Involuntary,
                &What::Maternity,
                &rule("detention"),
                &rule("income_fall"),
                &rule("disaster")
            ]
        );
        assert!(found.windows(2).all(|pair| pair[0].saves >= pair[1].saves));
        assert!(found[3].note.contains("表が登録されていない"));
    }

    #[test]
    fn an_undeclared_income_is_the_first_thing_to_mend() {
        let mut member = Member::new("1", day("1950-05-01"));
        member.birth_date = day("1958-05-01");
        member.income_status = IncomeStatus::Undeclared;
        let found = found(&household(member));
        assert_eq!(found[0].what, What::Declare);
        // 92,775 of 平等割 and 均等割, 27,830 of it with 7割.
        assert_eq!(found[0].saves, Some(Yen(64_945)));
    }

    #[test]
    fn what_is_granted_already_is_offered_again_only_where_months_are_looked_at_one_by_one() {
        let mut worker = household(Member::new("1", day("1962-05-01")));
        let rules = ReliefRules::shipped().unwrap();
        let months = ("2026-09".parse().unwrap(), "2026-10".parse().unwrap());
        let of = |id: &str| rules.rule.iter().find(|rule| rule.id == id).unwrap();
        worker.reliefs = vec![
            granted(of("detention"), 100, Some("1".into()), months),
            granted(of("disaster"), 50, None, months),
        ];
        let offered = found(&worker);
        let has = |id: &str| {
            let wanted = What::Rule { id: id.into() };
            offered.iter().any(|each| each.what == wanted)
        };
        assert!(has("detention") && !has("disaster"), "{offered:?}");
    }

    #[test]
    fn who_joined_within_the_year_is_offered_the_months_since() {
        let mut worker = Member::new("1", day("1980-05-01"));
        worker.acquired_on = Some(day("2026-08-01"));
        let offered = found(&household(worker));
        let detention = offered.iter().find(|each| {
            each.what
                == What::Rule {
                    id: "detention".into(),
                }
        });
        assert!(detention.unwrap().saves.unwrap() > Yen::ZERO, "{offered:?}");
    }

    fn on(household: &Household, today: &str, rules: &[&ReliefRule]) -> Vec<Candidate> {
        let assessor = Assessor::shipped("27100", 2026).unwrap();
        find(household, &assessor, rules, day(today))
    }

    fn offers(household: &Household, what: &What) -> bool {
        on(household, "2026-09-10", &[])
            .iter()
            .any(|each| each.what == *what)
    }

    fn paid(birth: &str) -> Member {
        let mut member = Member::new("1", day(birth));
        member.income.salary_income = Yen(3_000_000);
        member.income.salary_receipts = Some(Yen(4_200_000));
        member
    }

    #[test]
    fn a_declaration_is_asked_of_the_one_who_has_not_made_it() {
        let mut two = Member::new("2", day("1982-05-01"));
        two.income_status = IncomeStatus::Undeclared;
        let mut former = Member::new("3", day("1948-05-01"));
        (former.insured, former.former_member) = (false, true);
        former.specific_month = "2025-06".parse().ok();
        former.income_status = IncomeStatus::Undeclared;
        let mut household = household(Member::new("1", day("1980-05-01")));
        household.members.extend([two, former]);
        // The reduction stays unjudged while the former member's income is not known: nothing is saved.
        let search = on(&household, "2026-09-10", &[]);
        let declare = search.iter().find(|each| each.what == What::Declare);
        assert_eq!(declare.unwrap().person.as_deref(), Some("2"));
        household.members[0].income_status = IncomeStatus::Undeclared;
        household.members[0].insured = false;
        let search = on(&household, "2026-09-10", &[]);
        let declare = search.iter().find(|each| each.what == What::Declare);
        assert_eq!(declare.unwrap().person, None);
    }

    #[test]
    fn a_relief_needs_the_declaration_before_its_evidence() {
        let mut household = household(paid("1980-05-01"));
        let needs = |household: &Household| {
            let found = found(household);
            let rule = found
                .into_iter()
                .find(|each| matches!(each.what, What::Rule { .. }));
            rule.unwrap().needs
        };
        let before = needs(&household);
        assert!(!before.is_empty());
        household.members[0].income_status = IncomeStatus::Undeclared;
        let after = needs(&household);
        assert!(after[0].starts_with("所得の申告"), "{after:?}");
        assert_eq!(after[1..], before);
    }

    #[test]
    fn a_lost_job_is_offered_once_and_a_birth_between_15_and_49() {
        let mut worker = household(paid("1980-05-01"));
        assert!(offers(&worker, &What::Involuntary));
        worker.members[0].involuntary = Some(Involuntary {
            left_on: day("2027-03-01"),
        });
        assert!(!offers(&worker, &What::Involuntary));
        let birth = |born: &str| offers(&household(paid(born)), &What::Maternity);
        let ages = [
            ("2011-09-11", true),
            ("2011-09-12", false),
            ("1976-09-12", true),
            ("1976-09-11", false),
        ];
        for (born, offered) in ages {
            assert_eq!(birth(born), offered, "{born}");
        }
        let mut mother = household(paid("1990-05-01"));
        mother.members[0].maternity = Some(Maternity {
            expected_on: day("2026-04-10"),
            multiple: false,
        });
        assert!(!offers(&mother, &What::Maternity));
        // Who is not insured in the months around the birth would save nothing.
        let mut gone = household(paid("1990-05-01"));
        gone.members[0].lost_on = Some(day("2026-06-02"));
        assert!(!offers(&gone, &What::Maternity));
    }

    #[test]
    fn who_joined_at_65_to_74_may_have_been_somebodys_dependant() {
        let mut joined = household(paid("1959-05-01"));
        assert!(!offers(&joined, &What::FormerDependant));
        joined.members[0].acquired_on = Some(day("2026-08-01"));
        assert!(offers(&joined, &What::FormerDependant));
        joined.members[0].former_dependant_since = Some(day("2020-08-01"));
        assert!(!offers(&joined, &What::FormerDependant));
        let mut young = household(paid("1980-05-01"));
        young.members[0].acquired_on = Some(day("2026-08-01"));
        assert!(!offers(&young, &What::FormerDependant));
    }

    #[test]
    fn a_rule_is_offered_to_the_last_month_and_beside_other_reliefs_and_the_unknown_comes_last() {
        let rules = ReliefRules::shipped().unwrap();
        let of = |id: &str| {
            let mut rule = rules.rule.iter().find(|rule| rule.id == id);
            rule.take().unwrap().clone()
        };
        let mut half = of("income_fall");
        (half.fixed, half.bands) = (Some(50), Vec::new());
        let unknown = of("disaster");
        let mut poor = household(Member::new("1", day("1980-05-01")));
        let names = |household: &Household, today: &str| -> Vec<(String, Option<Yen>)> {
            let found = on(household, today, &[&unknown, &half]);
            let rules = found.into_iter().filter_map(|each| match each.what {
                What::Rule { id } => Some((id, each.saves)),
                _ => None,
            });
            rules.collect()
        };
        let both = [
            ("income_fall".to_owned(), Some(Yen::ZERO)),
            ("disaster".to_owned(), None),
        ];
        assert_eq!(names(&poor, "2026-09-10"), both);
        assert_eq!(names(&poor, "2027-03-31"), both);
        assert_eq!(names(&poor, "2027-04-01"), []);
        // Another kind with the same lines is another relief.
        let months = ("2026-09".parse().unwrap(), "2026-10".parse().unwrap());
        let mut other = half.clone();
        other.kind = crate::assessment::household::ReliefKind::Local;
        poor.reliefs = vec![granted(&other, 50, None, months)];
        assert_eq!(names(&poor, "2026-09-10"), both);
        poor.reliefs = vec![granted(&half, 50, None, months)];
        assert_eq!(names(&poor, "2026-09-10"), both[1..]);
    }
}
