//! Many rows at once: multi-row INSERT, and COPY where PostgreSQL gets more than a few.

use super::looks::SHORT;
use super::row::columns;
use super::{LockWait, Row, Tx, Value, copy};
use crate::error::ServiceError;
use crate::on_tx;
use sqlx::AssertSqlSafe;

/// SQLite allows 32,766 values in one statement.
const MOST_VALUES: usize = 30_000;
pub(super) const MOST_ROWS: usize = 1_000;
/// From so many rows on PostgreSQL takes them by COPY.
const COPIED: usize = 20;

impl Tx {
    /// `$first, $first+1, …`. SQLite takes a numbered place for a name and looks it up one by
    /// one: thousands of them in one statement cost more than the rows. Its places have none.
    pub(super) fn placeholders(&self, first: usize, count: usize) -> String {
        match self {
            Tx::Sqlite(..) => vec!["?"; count].join(", "),
            Tx::Postgres(..) => numbered(first, count),
        }
    }

    /// Whether triggers see all rows of a statement together.
    pub fn checks_statements(&self) -> bool {
        matches!(self, Tx::Postgres(..))
    }

    /// Inserts all rows in one statement, where triggers see it as one. Otherwise as [`Tx::insert`].
    pub async fn insert_at_once(
        &mut self,
        table: &'static str,
        rows: &[Row],
    ) -> Result<(), ServiceError> {
        match self {
            Tx::Postgres(transaction, ..) if !rows.is_empty() => {
                copy::rows(transaction, table, rows).await
            }
            _ => self.insert(table, rows).await,
        }
    }

    /// Inserts all rows, which have the same names; others are an internal error. `table` is a name from the
    /// code, never input.
    pub async fn insert(&mut self, table: &'static str, rows: &[Row]) -> Result<(), ServiceError> {
        if matches!(self, Tx::Postgres(..)) && rows.len() >= COPIED {
            return self.copied(table, rows).await;
        }
        let columns = columns(table, rows)?;
        let at_once = (MOST_VALUES / columns.len().max(1)).clamp(1, MOST_ROWS);
        for chunk in rows.chunks(at_once) {
            let sql = self.statement(table, columns, chunk.len());
            on_tx!(self, connection => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for value in chunk.iter().flat_map(Row::values) {
                    query = match value {
                        Value::Int(value) => query.bind(*value),
                        Value::Text(value) => query.bind(value.as_deref()),
                        Value::Bool(value) => query.bind(*value),
                        Value::Date(value) => query.bind(*value),
                    };
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    async fn copied(&mut self, table: &'static str, mut rows: &[Row]) -> Result<(), ServiceError> {
        while !rows.is_empty() {
            let at_once = self.at_once(rows.len(), SHORT).await;
            let (now, then) = rows.split_at(at_once);
            if let Tx::Postgres(transaction, ..) = self {
                copy::rows(transaction, table, now).await?;
            }
            rows = then;
        }
        Ok(())
    }

    fn statement(&self, table: &str, columns: &[&str], rows: usize) -> String {
        let width = columns.len();
        let rows = (0..rows).map(|row| format!("({})", self.placeholders(row * width + 1, width)));
        let rows: Vec<String> = rows.collect();
        format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            rows.join(", ")
        )
    }

    /// Ends the knowledge of fact rows. `table` is a name from the code, never input.
    pub async fn supersede(
        &mut self,
        table: &'static str,
        ids: &[i64],
        at: i64,
    ) -> Result<(), ServiceError> {
        if matches!(self, Tx::Postgres(..)) {
            return self.superseded(table, ids, at).await;
        }
        for chunk in ids.chunks(MOST_ROWS) {
            let (first, places) = (self.placeholders(1, 1), self.placeholders(2, chunk.len()));
            let sql = format!(
                "UPDATE {table} SET superseded_at = {first} WHERE superseded_at IS NULL AND id IN ({places})"
            );
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

    async fn superseded(
        &mut self,
        table: &'static str,
        mut ids: &[i64],
        at: i64,
    ) -> Result<(), ServiceError> {
        let sql = format!(
            "UPDATE {table} SET superseded_at = $1 WHERE superseded_at IS NULL AND id = ANY($2)"
        );
        while !ids.is_empty() {
            let at_once = self.at_once(ids.len(), SHORT).await;
            let (now, then) = ids.split_at(at_once);
            let query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(at).bind(now);
            if let Tx::Postgres(transaction, beside, _) = self {
                // A plan that a city's first file kept from when the table was empty would read all of it each time.
                let kept = matches!(beside.patience, LockWait::Screen);
                query.persistent(kept).execute(&mut **transaction).await?;
            }
            ids = then;
        }
        Ok(())
    }
}

pub(super) fn numbered(first: usize, count: usize) -> String {
    let all: Vec<String> = (first..first + count)
        .map(|place| format!("${place}"))
        .collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_are_numbered_from_the_first_on() {
        assert_eq!(super::numbered(3, 3), "$3, $4, $5");
        assert_eq!(super::numbered(1, 0), "");
    }
}
