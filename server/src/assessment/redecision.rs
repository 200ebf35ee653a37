//! 再決定が必要な世帯: which decided years no longer stand on what is known.

use crate::clock::Instant;
use crate::error::ServiceError;
use crate::facts::{Change, FactChange, Listener, Reaction};
use crate::on_tx;
use crate::store::{Given, Span, Tx};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::{HouseholdId, PersonId};

/// Decided years become due again when facts change.
pub struct Due;

impl Listener for Due {
    fn on_change<'a>(
        &'a self,
        tx: &'a mut Tx,
        change: Change,
        news: FactChange<'a>,
    ) -> Reaction<'a> {
        Box::pin(async move {
            match news {
                FactChange::Moved { persons, left } => {
                    after_moves(tx, change, persons).await?;
                    after_leaving(tx, change, left).await
                }
                FactChange::Incomes => after_incomes(tx, change).await,
                FactChange::Eligibility => after_eligibility(tx, change).await,
                FactChange::Household { id, from_year } => {
                    after_edit(tx, change, id, from_year).await
                }
                // A period comes with its household; where somebody may be shown decides no premium.
                FactChange::Residents
                | FactChange::Period { .. }
                | FactChange::Protection { .. } => Ok(()),
            }
        })
    }
}

/// INSERT of the decided years that the rest of the statement finds; `$1` the change, `$2` its day.
macro_rules! insert {
    () => {
        "INSERT INTO decision_due (household_id, fiscal_year, change_id, since) \
         SELECT DISTINCT d.household_id, d.fiscal_year, $1, $2 FROM "
    };
}
/// A year that was due already is due for the newer change.
macro_rules! again {
    () => {
        " ON CONFLICT (household_id, fiscal_year) DO UPDATE SET change_id = excluded.change_id"
    };
}

/// Incomes of a year concern the premium of the next one, and no 仮算定.
async fn after_incomes(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    run(tx, AFTER_INCOMES, change).await
}

/// CROSS JOIN tells SQLite to begin with the new facts: left alone it tries each decision with each of them.
const AFTER_INCOMES: &str = concat!(
    insert!(),
    "income_fact i CROSS JOIN membership m CROSS JOIN decision d \
         WHERE i.change_id = $1 AND m.person_id = i.person_id AND m.superseded_at IS NULL \
         AND d.household_id = m.household_id AND d.fiscal_year = i.income_year + 1 \
         AND NOT d.provisional",
    again!()
);

/// 資格 concerns every year from its acquisition on: its loss may have been known otherwise.
async fn after_eligibility(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    run(tx, AFTER_ELIGIBILITY, change).await
}

const AFTER_ELIGIBILITY: &str = concat!(
    insert!(),
    "eligibility_fact e CROSS JOIN membership m CROSS JOIN decision d \
         WHERE e.change_id = $1 AND m.person_id = e.person_id AND m.superseded_at IS NULL \
         AND d.household_id = m.household_id AND \
         CAST(e.valid_from AS TEXT) < CAST(d.fiscal_year + 1 AS TEXT) || '-04-01'",
    again!()
);

/// Persons concern every decided year of each household to which they belong or belonged.
async fn after_moves(
    tx: &mut Tx,
    change: Change,
    persons: &[PersonId],
) -> Result<(), ServiceError> {
    const FROM: &str = concat!(
        insert!(),
        "membership m CROSS JOIN decision d WHERE d.household_id = m.household_id \
         AND m.superseded_at IS NULL AND m.person_id"
    );
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM decision LIMIT 1) AS one";
    let decided: i64 = on_tx!(tx, c => sqlx::query_scalar(ANY).fetch_one(c).await?);
    if decided == 0 {
        return Ok(());
    }
    tx.run_in(FROM, again!(), &given(change), persons).await
}

/// Households that somebody left, also where nothing of them is left.
async fn after_leaving(
    tx: &mut Tx,
    change: Change,
    households: &[HouseholdId],
) -> Result<(), ServiceError> {
    const FROM: &str = concat!(insert!(), "decision d WHERE d.household_id");
    tx.run_in(FROM, again!(), &given(change), households).await
}

fn given(change: Change) -> [Given; 2] {
    [Given::Int(change.id), Given::Date(change.day)]
}

/// An edit concerns its year and later ones, of every household to which a member belongs or
/// belonged.
async fn after_edit(
    tx: &mut Tx,
    change: Change,
    household: HouseholdId,
    fiscal_year: FiscalYear,
) -> Result<(), ServiceError> {
    // Each looks at one household by its index; a join over all memberships would be read whole.
    const BEFORE: &str = "SELECT DISTINCT b.household_id FROM membership_fact a \
        JOIN earlier_membership_fact b ON b.person_id = a.person_id AND b.superseded_at IS NULL \
        WHERE a.household_id = $1 AND a.superseded_at IS NULL";
    const AFTER: &str = "SELECT DISTINCT b.household_id FROM earlier_membership_fact a \
        JOIN membership_fact b ON b.person_id = a.person_id AND b.superseded_at IS NULL \
        WHERE a.household_id = $1 AND a.superseded_at IS NULL";
    let before: Vec<HouseholdId> =
        on_tx!(tx, c => sqlx::query_scalar(BEFORE).bind(household).fetch_all(c).await?);
    let after: Vec<HouseholdId> =
        on_tx!(tx, c => sqlx::query_scalar(AFTER).bind(household).fetch_all(c).await?);
    let mut households: Vec<HouseholdId> =
        [household].into_iter().chain(before).chain(after).collect();
    households.sort_unstable();
    households.dedup();
    const FROM: &str = concat!(
        insert!(),
        "decision d WHERE d.fiscal_year >= $3 AND d.household_id"
    );
    let [id, day] = given(change);
    let given = [id, day, Given::Int(i64::from(fiscal_year.0))];
    tx.run_in(FROM, again!(), &given, &households).await
}

async fn run(tx: &mut Tx, sql: &'static str, change: Change) -> Result<(), ServiceError> {
    on_tx!(tx, c => sqlx::query(sql).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// A decision stands on what was known at a moment; a change that came later stays.
pub async fn settle(
    tx: &mut Tx,
    household: HouseholdId,
    fiscal_year: FiscalYear,
    known_at: Instant,
) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM decision_due WHERE household_id = $1 AND fiscal_year = $2 \
        AND change_id IN (SELECT id FROM change_record WHERE recorded_at <= $3)";
    on_tx!(tx, c => sqlx::query(SQL).bind(household).bind(fiscal_year).bind(known_at.0)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The households of a span that wait in a year.
pub async fn waiting(
    tx: &mut Tx,
    span: Span,
    fiscal_year: FiscalYear,
) -> Result<Vec<HouseholdId>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM decision_due \
        WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 ORDER BY household_id";
    Ok(
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(span.first).bind(span.last)
        .bind(fiscal_year).fetch_all(c).await?),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;
    use sqlx::AssertSqlSafe;

    #[derive(Debug, sqlx::FromRow)]
    struct Step {
        detail: String,
    }

    /// Regression: without the right join order a second import of 34,000 households took minutes.
    #[tokio::test]
    async fn what_a_file_makes_due_is_looked_up_and_not_searched_in_every_decision() {
        let file = std::env::temp_dir().join(format!("kokuho-due-{}.db", std::process::id()));
        let db = Db::create(&format!("sqlite:{}", file.display()))
            .await
            .unwrap();
        db.migrate().await.unwrap();
        let Db::Sqlite(files) = &db else {
            panic!("not SQLite")
        };
        for sql in [AFTER_INCOMES, AFTER_ELIGIBILITY] {
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps: Vec<Step> = sqlx::query_as(plan)
                .fetch_all(&files.readers)
                .await
                .unwrap();
            let looked_up = |step: &Step| step.detail.starts_with("SEARCH d ");
            assert!(steps.iter().any(looked_up), "{steps:#?}");
        }
    }
}
