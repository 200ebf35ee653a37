//! SELECTs about one household that are asked together: in one round trip on PostgreSQL, one after the
//! other on SQLite, which lies in this process.

use super::Tx;
use crate::error::ServiceError;
use chrono::NaiveDate;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::HouseholdId;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use std::collections::VecDeque;
use std::sync::Arc;

/// What every one of the texts is asked with, in this order.
#[derive(Clone, Copy, Debug)]
pub struct HouseholdQuery {
    /// `$1`
    pub household: HouseholdId,
    /// `$2`: as it was known at this moment.
    pub known_at: i64,
    /// `$3` and `$4`: first day, and the day after the last one.
    pub days: (NaiveDate, NaiveDate),
    /// `$5`
    pub income_year: i64,
    /// `$6`
    pub fiscal_year: FiscalYear,
}

/// Texts whose places mean what [`HouseholdQuery`] says.
pub struct Together {
    each: Vec<&'static str>,
    /// All of them as one statement whose columns are lists in JSON.
    one: Arc<str>,
}

impl Together {
    pub fn new(each: &[&'static str]) -> Together {
        let column = |text: &&str| format!("(SELECT CAST(json_agg(q) AS TEXT) FROM ({text}) q)");
        let columns: Vec<String> = each.iter().map(column).collect();
        Together {
            each: each.to_vec(),
            one: format!("SELECT ARRAY[{}]", columns.join(", ")).into(),
        }
    }
}

/// What the texts found, in their order.
pub enum Answers {
    Sqlite(VecDeque<Vec<SqliteRow>>),
    Postgres(VecDeque<Option<String>>),
}

impl Answers {
    /// The rows of the next text.
    pub fn take<T>(&mut self) -> Result<Vec<T>, ServiceError>
    where
        T: DeserializeOwned + for<'r> FromRow<'r, SqliteRow>,
    {
        let missing =
            || ServiceError::Internal("more result sets read than statements sent".into());
        match self {
            Answers::Sqlite(all) => {
                let rows = all.pop_front().ok_or_else(missing)?;
                let rows = rows.iter().map(T::from_row);
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Answers::Postgres(all) => match all.pop_front().ok_or_else(missing)? {
                Some(text) => Ok(serde_json::from_str(&text)?),
                None => Ok(Vec::new()),
            },
        }
    }
}

macro_rules! bound {
    ($query:expr, $asked:expr) => {
        $query
            .bind($asked.household)
            .bind($asked.known_at)
            .bind($asked.days.0)
            .bind($asked.days.1)
            .bind($asked.income_year)
            .bind($asked.fiscal_year)
    };
}

impl Tx {
    /// Asks all texts about one household, as of one moment.
    pub async fn ask(
        &mut self,
        together: &Together,
        asked: &HouseholdQuery,
    ) -> Result<Answers, ServiceError> {
        match self {
            Tx::Sqlite(transaction, ..) => {
                let mut all = VecDeque::with_capacity(together.each.len());
                for text in &together.each {
                    let query = bound!(sqlx::query(*text), asked);
                    all.push_back(query.fetch_all(&mut **transaction).await?);
                }
                Ok(Answers::Sqlite(all))
            }
            Tx::Postgres(transaction, ..) => {
                let text = AssertSqlSafe(together.one.clone());
                let query = bound!(sqlx::query_scalar(text), asked);
                let columns: Vec<Option<String>> = query.fetch_one(&mut **transaction).await?;
                Ok(Answers::Postgres(columns.into()))
            }
        }
    }
}
