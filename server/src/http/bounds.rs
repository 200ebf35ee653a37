//! Numbers and days that no office has are refused at the door, whichever route they were sent to:
//! behind it nothing has to fear that a sum or a date leaves its range.

use super::failure::Failure;
use crate::error::ServiceError;
use axum::extract::{Query, Request};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use kokuho_shared::api::Problem;
use kokuho_shared::money::Yen;
use serde_json::Value;
use std::ops::RangeInclusive;

/// From 明治元年; nothing that is decided now lasts longer.
const YEARS: RangeInclusive<i64> = 1868..=2200;
/// The state of a household; it is only compared.
const STATE: &str = "revision";
/// What people write freely may look like a day and be none: a house has the number 1200-12-3.
const FREE: [&str; 10] = [
    "address",
    "answer",
    "detail",
    "file_name",
    "kana",
    "name",
    "note",
    "place",
    "reason",
    "text",
];

/// Refuses a query with a number or day out of range.
pub async fn queries_in_range(request: Request, next: Next) -> Response {
    match query(request.uri()) {
        Ok(()) => next.run(request).await,
        Err(problem) => Failure(ServiceError::Invalid(problem)).into_response(),
    }
}

fn query(uri: &Uri) -> Result<(), Problem> {
    // What cannot be read is refused by its route.
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return Ok(());
    };
    for (key, value) in &pairs {
        match value.parse::<i128>() {
            Ok(number) => number_in_range(key, key, number)?,
            Err(_) => text_in_range(key, key, value)?,
        }
    }
    Ok(())
}

/// Refuses the first number or day out of range in a body.
pub fn body(value: &Value) -> Result<(), Problem> {
    inside("", "", value)
}

/// `path` is where the value stands, `key` the name of the field it belongs to.
fn inside(path: &str, key: &str, value: &Value) -> Result<(), Problem> {
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from);
            match whole.or_else(|| number.as_u64().map(i128::from)) {
                Some(whole) => number_in_range(path, key, whole),
                // No field of ours is a fraction: its route says so.
                None => Ok(()),
            }
        }
        Value::String(text) => text_in_range(path, key, text),
        Value::Array(all) => {
            for (place, each) in all.iter().enumerate() {
                inside(&format!("{path}[{place}]"), key, each)?;
            }
            Ok(())
        }
        Value::Object(fields) => {
            for (name, each) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                inside(&format!("{path}{dot}{name}"), name, each)?;
            }
            Ok(())
        }
    }
}

fn number_in_range(path: &str, key: &str, number: i128) -> Result<(), Problem> {
    let most = i128::from(Yen::MOST.0);
    let allowed = match key {
        STATE => true,
        _ if key.contains("year") => i64::try_from(number).is_ok_and(|year| YEARS.contains(&year)),
        _ => (-most..=most).contains(&number),
    };
    if allowed {
        return Ok(());
    }
    let text = if key.contains("year") {
        "年は1868から2200までです"
    } else {
        "数は ±999,999,999,999 までです"
    };
    Err(Problem::new(text).at(path))
}

fn text_in_range(path: &str, key: &str, text: &str) -> Result<(), Problem> {
    if FREE.contains(&key) {
        return Ok(());
    }
    let year = day(text).map(|day| i64::from(day.year()));
    let year = year.or_else(|| month(text));
    match year {
        Some(year) if !YEARS.contains(&year) => {
            Err(Problem::new("日付は1868年から2200年までです").at(path))
        }
        _ => Ok(()),
    }
}

/// The day of a text that is a day or a moment, read as generously as any of our routes reads it.
fn day(text: &str) -> Option<NaiveDate> {
    let day = text.split(['T', 't']).next().unwrap_or(text).trim();
    let signs = |c: char| c.is_ascii_digit() || c == '-' || c == '+' || c.is_whitespace();
    day.chars().all(signs).then(|| day.parse().ok()).flatten()
}

/// The year of a text written `YYYY-MM`.
fn month(text: &str) -> Option<i64> {
    let (year, month) = text.split_once('-')?;
    let digits =
        |part: &str, width| part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
    let is_month = digits(year, 4) && digits(month, 2);
    is_month.then(|| year.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_refused_by_the_place_of_what_is_out_of_range() {
        let cases = [
            (
                json!({"fiscal_year": 2026, "revision": i64::MAX, "persons": [1]}),
                None,
            ),
            (json!({"fiscal_year": 2201}), Some("fiscal_year")),
            (json!({"fiscal_year": -1}), Some("fiscal_year")),
            (
                json!({"members": [{}, {"paid": 1_000_000_000_000i64}]}),
                Some("members[1].paid"),
            ),
            (
                json!({"members": [{"paid": u64::MAX}]}),
                Some("members[0].paid"),
            ),
            (json!({"on": "2200-12-31"}), None),
            (json!({"on": "1868-01-01"}), None),
            (json!({"on": "1867-12-31"}), Some("on")),
            (json!({"on": "+262142-12-31"}), Some("on")),
            (json!({"on": "-0001-01-01"}), Some("on")),
            (json!({"on": " 9999-1-1 "}), Some("on")),
            (
                json!({"known_at": "9999-12-31T00:00:00Z"}),
                Some("known_at"),
            ),
            (json!({"from": ["9999-12"]}), Some("from[0]")),
            (
                json!({"address": "1200-12-3", "number": "2026-000001"}),
                None,
            ),
        ];
        for (sent, expected) in cases {
            let field = body(&sent).err().and_then(|problem| problem.field);
            assert_eq!(field.as_deref(), expected, "{sent}");
        }
    }

    #[test]
    fn a_query_is_refused_like_a_body() {
        for (path, good) in [
            ("/a?fiscal_year=2026&as_of=2026-06-10&after=500", true),
            ("/a?fiscal_year=2147483647", false),
            ("/a?after=9223372036854775807", false),
            ("/a?as_of=%2B262142-01-01", false),
            ("/a?as_of=9999-12-31", false),
            ("/a", true),
        ] {
            assert_eq!(query(&path.parse().unwrap()).is_ok(), good, "{path}");
        }
    }
}
