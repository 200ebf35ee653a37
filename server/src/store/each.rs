//! One statement for many ids, whose text lets both databases use an index.

use super::Tx;
use super::bulk::{MOST_ROWS, numbered};
use crate::error::ServiceError;
use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

/// What else a statement is given, in the order of its places.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    Int(i64),
    Date(NaiveDate),
}

/// The query with what is given bound to it.
macro_rules! bound {
    ($query:expr, $given:expr) => {
        $given.iter().fold($query, |query, each| match each {
            Given::Int(number) => query.bind(*number),
            Given::Date(day) => query.bind(*day),
        })
    };
}

impl Tx {
    /// Runs `before IN (…) after` for all ids; the places `$1`, `$2` … of what is given stand in `before`, in this
    /// order. Both are texts from the code, never input.
    pub async fn run_in(
        &mut self,
        before: &'static str,
        after: &'static str,
        given: &[Given],
        ids: &[impl Copy + Into<i64>],
    ) -> Result<(), ServiceError> {
        let ids: Vec<i64> = ids.iter().map(|id| (*id).into()).collect();
        match self {
            Tx::Sqlite(transaction, ..) => {
                for chunk in ids.chunks(MOST_ROWS) {
                    let places = numbered(given.len() + 1, chunk.len());
                    let sql = format!("{before} IN ({places}) {after}");
                    let query = bound!(sqlx::query(AssertSqlSafe(sql)), given);
                    let query = chunk.iter().fold(query, |query, id| query.bind(*id));
                    query.execute(&mut **transaction).await?;
                }
            }
            // One text for any number of them: it is planned once.
            Tx::Postgres(transaction, ..) if !ids.is_empty() => {
                let sql = format!("{before} = ANY(${}) {after}", given.len() + 1);
                let query = bound!(sqlx::query(AssertSqlSafe(sql)), given).bind(ids);
                query.execute(&mut **transaction).await?;
            }
            Tx::Postgres(..) => {}
        }
        Ok(())
    }
}
