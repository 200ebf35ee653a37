//! 所得申告書の回答: what somebody wrote on 所得申告書, and nothing else that is known of the income.

use crate::error::ServiceError;
use crate::on_tx;
use crate::store::Tx;
use chrono::NaiveDate;
use kokuho_shared::ids::PersonId;
use sqlx::FromRow;

/// The fields of the layout, in the order of a line.
pub const FIELDS: &[&str] = &[
    "request",
    "resident_number",
    "income_year",
    "result",
    "reported_on",
    "salary_receipts",
    "pension_receipts",
    "other_income",
];

/// What was written, in yen, on the day when it came back.
#[derive(Clone, Copy, FromRow)]
pub struct IncomeReport {
    closed_on: NaiveDate,
    salary_receipts: Option<i64>,
    pension_receipts: Option<i64>,
    other_income: i64,
}

/// The newest of a person and year; `None` where nothing was reported.
pub async fn of(
    tx: &mut Tx,
    person: PersonId,
    income_year: i64,
) -> Result<Option<IncomeReport>, ServiceError> {
    const SQL: &str = "SELECT d.closed_on, i.salary_receipts, i.pension_receipts, i.other_income FROM document d \
        JOIN income_fact i ON i.change_id = d.reply_change AND i.person_id = d.person_id \
        WHERE d.person_id = $1 AND i.income_year = $2 ORDER BY d.closed_on DESC, d.number DESC LIMIT 1";
    Ok(
        on_tx!(tx, c => sqlx::query_as(SQL).bind(person).bind(income_year)
        .fetch_optional(c).await?),
    )
}

/// The last four fields of a line; empty where nothing is told.
pub fn told(report: Option<IncomeReport>) -> [String; 4] {
    let yen = |yen: Option<i64>| yen.map(|yen| yen.to_string()).unwrap_or_default();
    [
        report
            .map(|report| report.closed_on.to_string())
            .unwrap_or_default(),
        yen(report.and_then(|report| report.salary_receipts)),
        yen(report.and_then(|report| report.pension_receipts)),
        yen(report.map(|report| report.other_income)),
    ]
}
