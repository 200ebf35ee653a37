//! 変更の理由: what a household was told of a year before, and why it is told another amount now.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::figures;
use crate::store::{Db, Span, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_letters::{Concerned, Reason, Replaced};
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::MemberFacts;
use kokuho_shared::assessment::household::{Household, IncomeStatus, Member};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::assessment::trial::change::{self, Assessed, Cause, How, Step, Touched};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::ids::{HouseholdId, PersonId};
use kokuho_shared::money::Yen;
use sqlx::FromRow;
use std::collections::HashMap;

/// The newest decision of a year about which the household received a letter; 仮算定 does not count.
#[derive(FromRow)]
struct NotifiedDecision {
    household_id: HouseholdId,
    business_date: NaiveDate,
    total: i64,
    inputs: String,
}

const TOLD: &str = "SELECT d.household_id, l.issued_on AS business_date, d.total, d.inputs FROM decision d \
    JOIN letter l ON l.kind = 'premium_notice' AND l.subject_id = d.id WHERE d.household_id BETWEEN $1 AND $2 AND d.fiscal_year = $3 \
    AND NOT d.provisional AND (l.run_id IS NULL OR EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = l.number)) \
    ORDER BY d.household_id, d.sequence";
/// The business day on which the incomes that held at a moment came in.
const RECORDED: &str = "SELECT i.person_id, i.recorded_at, c.business_date FROM income_fact i \
    JOIN change_record c ON c.id = i.change_id JOIN membership m ON m.person_id = i.person_id AND m.superseded_at IS NULL \
    WHERE m.household_id BETWEEN $1 AND $2 AND i.income_year = $3 AND i.recorded_at <= $4 \
    AND (i.superseded_at IS NULL OR i.superseded_at > $5)";

/// A person, the moment, and the business day, which older changes have not.
type Recorded = (PersonId, i64, Option<NaiveDate>);

/// What a decision was made of before, and now.
type Both<'a> = (&'a Household, &'a Household);

/// What is needed to tell a change.
#[derive(Default)]
pub struct Before {
    told: HashMap<HouseholdId, NotifiedDecision>,
    incomes: HashMap<String, NaiveDate>,
}

impl Before {
    /// Of the households of a span, for decisions of a moment.
    pub async fn of(
        db: &Db,
        span: Span,
        year: FiscalYear,
        decided: Instant,
    ) -> Result<Before, ServiceError> {
        let told: Vec<NotifiedDecision> = on_db!(db, pool => sqlx::query_as(TOLD)
            .bind(span.first).bind(span.last).bind(year).fetch_all(pool).await?);
        if told.is_empty() {
            return Ok(Before::default());
        }
        let incomes: Vec<Recorded> = on_db!(db, pool => sqlx::query_as(RECORDED)
            .bind(span.first).bind(span.last).bind(i64::from(year.income_year())).bind(decided.0).bind(decided.0)
            .fetch_all(pool).await?);
        Ok(Before::from(told, incomes))
    }

    /// Of the household of a decision.
    pub async fn in_tx(tx: &mut Tx, decision: &Decision) -> Result<Before, ServiceError> {
        let (household, year) = (decision.household_id, decision.summary.fiscal_year);
        // Times are told to the second.
        let decided = Instant::parse(&decision.summary.decided_at).map(|at| at.plus_seconds(1));
        let decided = decided.unwrap_or(Instant(i64::MAX)).0;
        let told: Vec<NotifiedDecision> = on_tx!(tx, connection => sqlx::query_as(TOLD)
            .bind(household).bind(household).bind(year).fetch_all(connection).await?);
        let incomes: Vec<Recorded> = on_tx!(tx, connection => sqlx::query_as(RECORDED)
            .bind(household).bind(household).bind(i64::from(year.income_year())).bind(decided).bind(decided).fetch_all(connection).await?);
        Ok(Before::from(told, incomes))
    }

    fn from(told: Vec<NotifiedDecision>, incomes: Vec<Recorded>) -> Before {
        // In the order of their sequence: the newest stays.
        let told = told.into_iter().map(|each| (each.household_id, each));
        let day = |(person, at, day): Recorded| {
            (
                person.to_string(),
                day.unwrap_or_else(|| Instant(at).date()),
            )
        };
        Before {
            told: told.collect(),
            incomes: incomes.into_iter().map(day).collect(),
        }
    }

    /// What the decision's letter says of the one before; none of a household's first.
    pub fn replaced(
        &self,
        decision: &Decision,
        view: &HouseholdView,
        assessor: &Assessor,
    ) -> Result<Option<Replaced>, ServiceError> {
        let Some(told) = self.told.get(&decision.household_id) else {
            return Ok(None);
        };
        let inputs: Household = serde_json::from_str(&told.inputs)?;
        let before = Assessed {
            household: &inputs,
            total: Yen(told.total),
        };
        let after = Assessed {
            household: &decision.inputs,
            total: Yen(decision.summary.total),
        };
        let change = change::explain(before, after, 0, assessor);
        let both = (&inputs, &decision.inputs);
        let steps = change.steps.iter();
        let mut steps: Vec<Reason> = steps.map(|step| self.reason(step, view, both)).collect();
        name_reliefs(&mut steps, &view.members, both);
        if steps.is_empty() {
            steps.push(Reason {
                cause: "納める方法・納期".to_owned(),
                yen: Yen::ZERO,
                people: Vec::new(),
            });
        }
        Ok(Some(Replaced {
            total: change.before,
            told_on: told.business_date,
            steps,
        }))
    }

    fn reason(&self, step: &Step, view: &HouseholdView, both: Both<'_>) -> Reason {
        Reason {
            cause: step.cause.name().to_owned(),
            yen: step.yen,
            people: step
                .people
                .iter()
                .map(|each| self.concerned(each, view, both))
                .collect(),
        }
    }

    fn concerned(&self, touched: &Touched, view: &HouseholdView, both: Both<'_>) -> Concerned {
        let mut members = view.members.iter();
        let member = members.find(|member| member.person_id.to_string() == touched.id);
        let on = match touched.how {
            How::Income => self.incomes.get(&touched.id).copied(),
            // Whoever is not insured in the year has no period in its facts.
            How::Left => touched
                .on
                .or(member.and_then(|member| member.eligibility.as_ref()?.lost_on)),
            _ => touched.on,
        };
        Concerned {
            name: member.map_or_else(gone, |member| member.name.clone()),
            how: match touched.how {
                How::Income => income_word(&touched.id, both).to_owned(),
                how => how.name().to_owned(),
            },
            on,
        }
    }
}

/// What is known now of somebody's income, in a word.
fn income_word(id: &str, (was, now): Both<'_>) -> &'static str {
    let mut was = was.members.iter();
    let mut now = now.members.iter();
    let (was, now) = (was.find(|one| one.id == id), now.find(|one| one.id == id));
    let income = |one: &Member| (one.income, one.income_status);
    match now {
        Some(now) if was.map(income) == Some(income(now)) => "固定資産税額の確認",
        Some(now) if now.income_status == IncomeStatus::Undeclared => "所得が未申告",
        Some(now) if now.income_status == IncomeStatus::Unknown => "所得が不明",
        _ => "所得の確認",
    }
}

/// Reliefs that were granted or taken back stand first among those whom the circumstances concern,
/// also where they change no amount.
fn name_reliefs(steps: &mut Vec<Reason>, view: &[MemberFacts], (was, now): Both<'_>) {
    let mut named: Vec<Concerned> = reliefs((now, was), "減免の決定", view).collect();
    named.extend(reliefs((was, now), "減免の取消し", view));
    if named.is_empty() {
        return;
    }
    let cause = Cause::Circumstances.name();
    match steps.iter_mut().find(|step| step.cause == cause) {
        Some(step) => {
            step.people.splice(0..0, named);
        }
        None => steps.push(Reason {
            cause: cause.to_owned(),
            yen: Yen::ZERO,
            people: named,
        }),
    }
}

/// Those of one household that are not the other's, for whom and for which months.
/// A relief that disappeared because its person left is not reported as a decision.
fn reliefs<'a>(
    (own, other): Both<'a>,
    what: &'static str,
    view: &'a [MemberFacts],
) -> impl Iterator<Item = Concerned> + 'a {
    let both = |id: &String| other.members.iter().any(|member| member.id == *id);
    let own = own.reliefs.iter().filter(move |relief| {
        !other.reliefs.contains(relief) && relief.person.as_ref().is_none_or(both)
    });
    own.map(move |relief| {
        let of = |id: &String| view.iter().find(|one| one.person_id.to_string() == *id);
        let name = match &relief.person {
            None => "世帯".to_owned(),
            Some(id) => of(id).map_or_else(gone, |member| member.name.clone()),
        };
        let first = era::format(relief.from.first_day());
        let month = first.strip_suffix("1日").unwrap_or(&first);
        Concerned {
            name,
            how: format!("{what}、{month}分から"),
            on: None,
        }
    })
}

fn gone() -> String {
    "世帯を離れた方".to_owned()
}

/// The rules with which a decision was made.
pub fn assessor(decision: &Decision) -> Result<Assessor, ServiceError> {
    let code = decision.parameters.split('/').next().unwrap_or_default();
    Ok(figures::assessor(code, decision.summary.fiscal_year)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn household(ids: &[&str], reliefs: Value) -> Household {
        let member = |id: &&str| json!({"id": id, "birth_date": "1981-04-02", "head": *id == "A"});
        let members: Vec<Value> = ids.iter().map(member).collect();
        serde_json::from_value(json!({"members": members, "reliefs": reliefs})).unwrap()
    }

    fn relief(person: &str) -> Value {
        json!([{"kind": "detention", "percent": 100, "income_levy": true, "person": person, "from": "2026-09", "until": "2027-03"}])
    }

    fn told(was: &Household, now: &Household) -> Vec<Reason> {
        let mut steps = Vec::new();
        name_reliefs(&mut steps, &[], (was, now));
        steps
    }

    #[test]
    fn a_relief_that_changes_no_amount_is_told_with_its_first_month() {
        let without = household(&["A", "B"], json!([]));
        let with = household(&["A", "B"], relief("B"));
        for (was, now, how) in [
            (&without, &with, "減免の決定、令和8年9月分から"),
            (&with, &without, "減免の取消し、令和8年9月分から"),
        ] {
            let steps = told(was, now);
            assert_eq!(steps.len(), 1, "{steps:?}");
            assert_eq!(
                (steps[0].yen, steps[0].cause.as_str()),
                (Yen::ZERO, "軽減・減免の事情")
            );
            assert_eq!(steps[0].people[0].how, how);
        }
    }

    #[test]
    fn a_relief_that_went_with_its_person_was_taken_back_by_nobody() {
        let with = household(&["A", "B"], relief("B"));
        let alone = household(&["A"], json!([]));
        assert_eq!(told(&with, &alone), []);
        assert_eq!(told(&alone, &with), []);
    }

    #[test]
    fn an_income_is_called_confirmed_only_where_it_is_known() {
        let of = |status: &str, other: i64, tax: i64| -> Household {
            let income = json!({"other_income": other});
            let member = json!({"id": "A", "birth_date": "1981-04-02", "head": true, "income": income,
                "income_status": status, "fixed_asset_tax": tax});
            serde_json::from_value(json!({"members": [member]})).unwrap()
        };
        let was = of("known", 1_000_000, 0);
        for (now, word) in [
            (of("known", 2_000_000, 0), "所得の確認"),
            (of("undeclared", 0, 0), "所得が未申告"),
            (of("unknown", 0, 0), "所得が不明"),
            (of("known", 1_000_000, 30_000), "固定資産税額の確認"),
        ] {
            assert_eq!(income_word("A", (&was, &now)), word);
        }
    }
}
