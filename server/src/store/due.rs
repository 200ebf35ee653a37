//! 再決定が必要な世帯: which decided years no longer stand on what is known.

use super::Tx;
use super::bulk::MOST_ROWS;
use crate::clock::Instant;
use crate::error::ServiceError;
use crate::on_tx;
use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

/// A change of facts and the business day on which it came in.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub id: i64,
    pub day: NaiveDate,
}

/// INSERT of the decided years that `from` finds; `own` are the places of the change and its day.
fn insert(own: &str, from: &str) -> String {
    format!(
        "INSERT INTO decision_due (household_id, fiscal_year, change_id, since) \
        SELECT DISTINCT d.household_id, d.fiscal_year, {own} FROM {from} \
        ON CONFLICT (household_id, fiscal_year) DO UPDATE SET change_id = excluded.change_id"
    )
}

/// Incomes of a year concern the premium of the next one, and no 仮算定.
pub async fn after_incomes(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    run(tx, AFTER_INCOMES, change).await
}

/// CROSS JOIN tells SQLite to begin with the new facts: left alone it tries each decision with each of them.
const AFTER_INCOMES: &str = "income_fact i CROSS JOIN membership m CROSS JOIN decision d \
         WHERE i.change_id = $1 AND m.person_id = i.person_id AND m.superseded_at IS NULL \
         AND d.household_id = m.household_id AND d.fiscal_year = i.income_year + 1 \
         AND NOT d.provisional";

/// 資格 concerns every year from its acquisition on: its loss may have been known otherwise.
pub async fn after_eligibility(tx: &mut Tx, change: Change) -> Result<(), ServiceError> {
    run(tx, AFTER_ELIGIBILITY, change).await
}

const AFTER_ELIGIBILITY: &str = "eligibility_fact e CROSS JOIN membership m CROSS JOIN decision d \
         WHERE e.change_id = $1 AND m.person_id = e.person_id AND m.superseded_at IS NULL \
         AND d.household_id = m.household_id AND \
         CAST(e.valid_from AS TEXT) < CAST(d.fiscal_year + 1 AS TEXT) || '-04-01'";

/// Persons concern every decided year of each household to which they belong or belonged.
pub async fn after_moves(tx: &mut Tx, change: Change, persons: &[i64]) -> Result<(), ServiceError> {
    let from = "membership m CROSS JOIN decision d WHERE d.household_id = m.household_id \
        AND m.superseded_at IS NULL AND m.person_id";
    const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM decision LIMIT 1) AS one";
    let decided: i64 = on_tx!(tx, c => sqlx::query_scalar(ANY).fetch_one(c).await?);
    if decided == 0 {
        return Ok(());
    }
    after_each(tx, change, from, persons).await
}

/// Households that somebody left, also where nothing of them is left.
pub async fn after_leaving(
    tx: &mut Tx,
    change: Change,
    households: &[i64],
) -> Result<(), ServiceError> {
    after_each(tx, change, "decision d WHERE d.household_id", households).await
}

/// The decided years that `from` finds of any of the ids, a thousand at once.
async fn after_each(
    tx: &mut Tx,
    change: Change,
    from: &str,
    ids: &[i64],
) -> Result<(), ServiceError> {
    for chunk in ids.chunks(MOST_ROWS) {
        let (own, places) = (tx.places(1, 2), tx.places(3, chunk.len()));
        let sql = insert(&own, &format!("{from} IN ({places})"));
        on_tx!(tx, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(change.id).bind(change.day);
            for id in chunk {
                query = query.bind(*id);
            }
            query.execute(c).await?;
        });
    }
    Ok(())
}

/// An edit concerns its year and later ones, of every household to which a member belongs or
/// belonged.
pub async fn after_edit(
    tx: &mut Tx,
    change: Change,
    household: i64,
    fiscal_year: i32,
) -> Result<(), ServiceError> {
    // Each looks at one household by its index; a join over all memberships would be read whole.
    const BEFORE: &str = "SELECT DISTINCT b.household_id FROM membership_fact a \
        JOIN earlier_membership_fact b ON b.person_id = a.person_id AND b.superseded_at IS NULL \
        WHERE a.household_id = $1 AND a.superseded_at IS NULL";
    const AFTER: &str = "SELECT DISTINCT b.household_id FROM earlier_membership_fact a \
        JOIN membership_fact b ON b.person_id = a.person_id AND b.superseded_at IS NULL \
        WHERE a.household_id = $1 AND a.superseded_at IS NULL";
    let before: Vec<i64> =
        on_tx!(tx, c => sqlx::query_scalar(BEFORE).bind(household).fetch_all(c).await?);
    let after: Vec<i64> =
        on_tx!(tx, c => sqlx::query_scalar(AFTER).bind(household).fetch_all(c).await?);
    let mut households: Vec<i64> = [household].into_iter().chain(before).chain(after).collect();
    households.sort_unstable();
    households.dedup();
    let from = format!("decision d WHERE d.fiscal_year >= {fiscal_year} AND d.household_id");
    after_each(tx, change, &from, &households).await
}

async fn run(tx: &mut Tx, from: &'static str, change: Change) -> Result<(), ServiceError> {
    let sql = insert("$1, $2", from);
    on_tx!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(change.id).bind(change.day).execute(c).await?.rows_affected());
    Ok(())
}

/// A decision stands on what was known at a moment; a change that came later stays.
pub async fn settle(
    tx: &mut Tx,
    household: i64,
    fiscal_year: i32,
    known_at: Instant,
) -> Result<(), ServiceError> {
    const SQL: &str = "DELETE FROM decision_due WHERE household_id = $1 AND fiscal_year = $2 \
        AND change_id IN (SELECT id FROM change_record WHERE recorded_at <= $3)";
    on_tx!(tx, c => sqlx::query(SQL).bind(household).bind(i64::from(fiscal_year)).bind(known_at.0)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The households from `first` to `last` that wait in a year.
pub async fn waiting(
    tx: &mut Tx,
    (first, last): (i64, i64),
    fiscal_year: i32,
) -> Result<Vec<i64>, ServiceError> {
    const SQL: &str = "SELECT household_id FROM decision_due \
        WHERE household_id BETWEEN $1 AND $2 AND fiscal_year = $3 ORDER BY household_id";
    Ok(
        on_tx!(tx, c => sqlx::query_scalar(SQL).bind(first).bind(last).bind(i64::from(fiscal_year))
        .fetch_all(c).await?),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;

    /// With every decision tried against every fact a second file of 34,000 households took minutes.
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
        for from in [AFTER_INCOMES, AFTER_ELIGIBILITY] {
            let sql = insert("$1, $2", from);
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(plan)
                .fetch_all(&files.readers)
                .await
                .unwrap();
            let looked_up = |(.., step): &(i64, i64, i64, String)| step.starts_with("SEARCH d ");
            assert!(steps.iter().any(looked_up), "{steps:#?}");
        }
    }
}
