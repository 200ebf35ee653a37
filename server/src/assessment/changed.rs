//! 変更の理由: what a household was told of a year before, and why it is told another amount now.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::store::{Db, Tx};
use crate::{on_db, on_tx};
use chrono::NaiveDate;
use kokuho_letters::{Concerned, Reason, Replaced};
use kokuho_shared::api::assessment::Decision;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::change::{self, Cause, How, Step, Touched};
use kokuho_shared::assessment::household::{Household, Relief};
use kokuho_shared::assessment::result::Assessor;
use kokuho_shared::money::Yen;
use sqlx::FromRow;
use std::collections::HashMap;

/// The newest decision of a year that a household was sent a letter of; 仮算定 is none of the year.
#[derive(FromRow)]
struct Told {
    household_id: i64,
    business_date: NaiveDate,
    total: i64,
    inputs: String,
}

const TOLD: &str = "SELECT d.household_id, l.business_date, d.total, d.inputs FROM decision d \
    JOIN letter l ON l.decision_id = d.id WHERE d.household_id BETWEEN $1 AND $2 AND d.fiscal_year = $3 \
    AND NOT d.provisional AND (l.run_id = 0 OR EXISTS (SELECT 1 FROM letter_sent s WHERE s.number = l.number)) \
    ORDER BY d.household_id, d.sequence";
/// The business day on which the incomes that held at a moment came in.
const RECORDED: &str = "SELECT i.person_id, i.recorded_at, c.business_date FROM income_fact i \
    JOIN change_record c ON c.id = i.change_id JOIN membership m ON m.person_id = i.person_id AND m.superseded_at IS NULL \
    WHERE m.household_id BETWEEN $1 AND $2 AND i.income_year = $3 AND i.recorded_at <= $4 \
    AND (i.superseded_at IS NULL OR i.superseded_at > $5)";

/// A person, the moment, and the business day, which older changes have not.
type Recorded = (i64, i64, Option<NaiveDate>);

/// What is needed to tell a change.
#[derive(Default)]
pub struct Before {
    told: HashMap<i64, Told>,
    incomes: HashMap<String, NaiveDate>,
}

impl Before {
    /// Of the households with ids from `first` to `last`, for decisions of a moment.
    pub async fn of(
        db: &Db,
        (first, last): (i64, i64),
        year: i32,
        decided: Instant,
    ) -> Result<Before, ServiceError> {
        let year = i64::from(year);
        let told: Vec<Told> = on_db!(db, pool => sqlx::query_as(TOLD)
            .bind(first).bind(last).bind(year).fetch_all(pool).await?);
        if told.is_empty() {
            return Ok(Before::default());
        }
        let incomes: Vec<Recorded> = on_db!(db, pool => sqlx::query_as(RECORDED)
            .bind(first).bind(last).bind(year - 1).bind(decided.0).bind(decided.0).fetch_all(pool).await?);
        Ok(Before::from(told, incomes))
    }

    /// Of the household of a decision.
    pub async fn in_tx(tx: &mut Tx, decision: &Decision) -> Result<Before, ServiceError> {
        let (household, year) = (
            decision.household_id,
            i64::from(decision.summary.fiscal_year),
        );
        // Times are told to the second.
        let decided = Instant::parse(&decision.summary.decided_at).map(|at| at.plus_seconds(1));
        let decided = decided.unwrap_or(Instant(i64::MAX)).0;
        let told: Vec<Told> = on_tx!(tx, connection => sqlx::query_as(TOLD)
            .bind(household).bind(household).bind(year).fetch_all(connection).await?);
        let incomes: Vec<Recorded> = on_tx!(tx, connection => sqlx::query_as(RECORDED)
            .bind(household).bind(household).bind(year - 1).bind(decided).bind(decided).fetch_all(connection).await?);
        Ok(Before::from(told, incomes))
    }

    fn from(told: Vec<Told>, incomes: Vec<Recorded>) -> Before {
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
        let change = change::explain(
            (&inputs, Yen(told.total), 0),
            (&decision.inputs, Yen(decision.summary.total)),
            assessor,
        );
        let steps = change.steps.iter().map(|step| {
            let mut reason = self.reason(step, view);
            if step.cause == Cause::Circumstances {
                let (was, now) = (&inputs.reliefs, &decision.inputs.reliefs);
                reason.people.extend(reliefs(now, was, "減免の決定", view));
                reason
                    .people
                    .extend(reliefs(was, now, "減免の取消し", view));
            }
            reason
        });
        let mut steps: Vec<Reason> = steps.collect();
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

    fn reason(&self, step: &Step, view: &HouseholdView) -> Reason {
        Reason {
            cause: step.cause.name().to_owned(),
            yen: step.yen,
            people: step
                .people
                .iter()
                .map(|each| self.concerned(each, view))
                .collect(),
        }
    }

    fn concerned(&self, touched: &Touched, view: &HouseholdView) -> Concerned {
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
            name: member.map_or_else(|| "世帯を離れた方".to_owned(), |member| member.name.clone()),
            how: match touched.how {
                How::Income if on.is_some() => "所得の確認".to_owned(),
                how => how.name().to_owned(),
            },
            on,
        }
    }
}

/// Those of `all` that are not among the `others`, for whom and since when.
fn reliefs<'a>(
    all: &'a [Relief],
    others: &'a [Relief],
    how: &'static str,
    view: &'a HouseholdView,
) -> impl Iterator<Item = Concerned> + 'a {
    let own = all.iter().filter(|relief| !others.contains(relief));
    own.map(move |relief| {
        let mut members = view.members.iter();
        let of = |id: &String| members.find(|member| member.person_id.to_string() == *id);
        let person = relief.person.as_ref().and_then(of);
        Concerned {
            name: person.map_or_else(|| "世帯".to_owned(), |member| member.name.clone()),
            how: how.to_owned(),
            on: Some(relief.from.first_day()),
        }
    })
}

/// The rules with which a decision was made.
pub fn assessor(decision: &Decision) -> Result<Assessor, ServiceError> {
    let code = decision.parameters.split('/').next().unwrap_or_default();
    Ok(Assessor::shipped(code, decision.summary.fiscal_year)?)
}
