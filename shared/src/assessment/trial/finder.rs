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
                let (first, until) = (Month::of(first), Month::of(until));
                let relief = granted(rule, percent, id.clone(), first, until);
                household.reliefs.push(relief);
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
    from: Month,
    until: Month,
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
mod tests;
