//! Rows of many numbers or ids in one statement, whose text is always the same: the values come as a
//! JSON list in place `$1`, and the statement says `x AMONG`.

use super::Tx;
use crate::error::ServiceError;
use crate::on_tx;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

const SQLITE: &str = "IN (SELECT value FROM json_each($1))";
/// An array is looked up in an index, whatever the statistics of a table just filled say.
const TEXTS: &str = "= ANY(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))";
const IDS: &str = "= ANY(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::bigint))";

impl Tx {
    /// The rows of some texts. `sql` is a text from the code, never input.
    pub async fn of_texts<T, V>(
        &mut self,
        sql: &'static str,
        values: &[V],
    ) -> Result<Vec<T>, ServiceError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
        V: Serialize,
    {
        self.among(sql, TEXTS, values).await
    }

    /// The rows of some ids. `sql` is a text from the code, never input.
    pub async fn of_ids<T, V>(
        &mut self,
        sql: &'static str,
        values: &[V],
    ) -> Result<Vec<T>, ServiceError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
        V: Copy + Into<i64> + Serialize,
    {
        self.among(sql, IDS, values).await
    }

    async fn among<T, V>(
        &mut self,
        sql: &str,
        postgres: &str,
        values: &[V],
    ) -> Result<Vec<T>, ServiceError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
        V: Serialize,
    {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let among = match self {
            Tx::Sqlite(..) => SQLITE,
            Tx::Postgres(..) => postgres,
        };
        let (sql, list) = (sql.replace("AMONG", among), serde_json::to_string(values)?);
        let rows =
            on_tx!(self, c => sqlx::query_as(AssertSqlSafe(sql)).bind(list).fetch_all(c).await?);
        Ok(rows)
    }
}
