//! Many rows at once: multi-row INSERT, the fastest way that both databases share.

use super::Tx;
use crate::error::ServiceError;
use crate::on_tx;
use chrono::NaiveDate;
use sqlx::AssertSqlSafe;
use std::fmt::Write;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Int(i64),
    OptInt(Option<i64>),
    Text(String),
    Bool(bool),
    Date(NaiveDate),
    OptDate(Option<NaiveDate>),
}

/// SQLite allows 32,766 values in one statement.
const MOST_VALUES: usize = 30_000;
const MOST_ROWS: usize = 1_000;

impl Tx {
    /// Inserts all rows. `table` and `columns` are names from the code, never input.
    pub async fn insert(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: &[Vec<Value>],
    ) -> Result<(), ServiceError> {
        let at_once = (MOST_VALUES / columns.len().max(1)).clamp(1, MOST_ROWS);
        for chunk in rows.chunks(at_once) {
            let sql = statement(table, columns, chunk.len());
            on_tx!(self, connection => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for value in chunk.iter().flatten() {
                    query = match value {
                        Value::Int(value) => query.bind(*value),
                        Value::OptInt(value) => query.bind(*value),
                        Value::Text(value) => query.bind(value.as_str()),
                        Value::Bool(value) => query.bind(*value),
                        Value::Date(value) => query.bind(*value),
                        Value::OptDate(value) => query.bind(*value),
                    };
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// Ends the knowledge of fact rows. `table` is a name from the code, never input.
    pub async fn supersede(
        &mut self,
        table: &'static str,
        ids: &[i64],
        at: i64,
    ) -> Result<(), ServiceError> {
        for chunk in ids.chunks(MOST_ROWS) {
            let mut sql = format!(
                "UPDATE {table} SET superseded_at = $1 WHERE superseded_at IS NULL AND id IN ("
            );
            for place in 0..chunk.len() {
                let comma = if place == 0 { "" } else { ", " };
                write!(sql, "{comma}${}", place + 2)
                    .map_err(|error| ServiceError::Internal(error.to_string()))?;
            }
            sql.push(')');
            on_tx!(self, connection => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(at);
                for id in chunk {
                    query = query.bind(*id);
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }
}

fn statement(table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut place = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            place += 1;
            sql.push_str(if column == 0 { "$" } else { ", $" });
            sql.push_str(&place.to_string());
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_statement_numbers_its_places_through_all_rows() {
        let sql = super::statement("t", &["a", "b"], 2);
        assert_eq!(sql, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
    }
}
