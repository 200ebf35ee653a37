//! COPY … FROM STDIN of PostgreSQL: several times faster than INSERT.

use super::row::columns;
use super::{Row, Value};
use crate::error::ServiceError;
use sqlx::{Postgres, Transaction};
use std::fmt::Write;

/// Bytes gathered before they are sent.
const PIECE: usize = 1 << 20;

/// Sends all rows, which have the same names; others are an internal error. `table` is a name from the code,
/// never input.
pub async fn rows(
    transaction: &mut Transaction<'static, Postgres>,
    table: &str,
    rows: &[Row],
) -> Result<(), ServiceError> {
    let columns = columns(table, rows)?.join(", ");
    let sql = format!("COPY {table} ({columns}) FROM STDIN");
    let mut copy = transaction.copy_in_raw(&sql).await?;
    let mut text = String::with_capacity(PIECE * 2);
    for row in rows {
        for (place, value) in row.values().iter().enumerate() {
            if place > 0 {
                text.push('\t');
            }
            append(&mut text, value);
        }
        text.push('\n');
        if text.len() >= PIECE {
            copy.send(text.as_bytes()).await?;
            text.clear();
        }
    }
    if !text.is_empty() {
        copy.send(text.as_bytes()).await?;
    }
    copy.finish().await?;
    Ok(())
}

/// The text form of COPY: `\\N` for nothing; backslash, tab and line ends are escaped.
fn append(text: &mut String, value: &Value) {
    let written = match value {
        Value::Int(Some(number)) => write!(text, "{number}"),
        Value::Bool(true) => write!(text, "t"),
        Value::Bool(false) => write!(text, "f"),
        Value::Date(Some(day)) => write!(text, "{day}"),
        Value::Int(None) | Value::Text(None) | Value::Date(None) => write!(text, "\\N"),
        Value::Text(Some(value)) => {
            escape(text, value);
            Ok(())
        }
    };
    // A String takes everything that is written to it.
    debug_assert!(written.is_ok());
}

fn escape(text: &mut String, value: &str) {
    if !value.contains(['\\', '\t', '\n', '\r']) {
        return text.push_str(value);
    }
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row;
    use chrono::NaiveDate;
    use kokuho_shared::ids::PersonId;

    #[test]
    fn what_means_something_to_copy_is_escaped_and_nothing_stays_nothing() {
        let row = row! {
            reason: "a\tb\\c\nd".to_owned(),
            person_id: None::<PersonId>,
            tax: None::<String>,
            due_on: NaiveDate::from_ymd_opt(2026, 6, 30),
            head: true,
            state: "open",
            amount: -5,
        };
        let mut text = String::new();
        for value in row.values() {
            append(&mut text, value);
            text.push('|');
        }
        assert_eq!(text, "a\\tb\\\\c\\nd|\\N|\\N|2026-06-30|t|open|-5|");
    }
}
