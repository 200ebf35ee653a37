//! Rows are written by the names of their columns.

use crate::both;
use crate::office::Office;
use kokuho_server::error::ServiceError;
use kokuho_server::store::{Lock, Row, Tx};
use kokuho_server::{on_tx, row};
use kokuho_shared::calendar::FiscalYear;

/// Few rows go into one INSERT, many by COPY where there is one.
const COUNTS: [i64; 2] = [3, 300];

async fn written(tx: &mut Tx) -> (i64, i64) {
    const SQL: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(next), 0) AS BIGINT) FROM counter WHERE name LIKE 'row %'";
    on_tx!(tx, c => sqlx::query_as(SQL).fetch_one(c).await.unwrap())
}

both! {
    async fn values_go_into_the_columns_that_they_are_named_after(office: Office) {
        for count in COUNTS {
            let mut tx = office.db.write(Lock::Nothing).await.unwrap();
            // Not in the order of the table.
            let row = |number: i64| row! { next: number, name: format!("row {number}") };
            let rows: Vec<Row> = (1..=count).map(row).collect();
            tx.insert("counter", &rows).await.unwrap();
            assert_eq!(written(&mut tx).await, (count, count * (count + 1) / 2));
        }
    }
}

both! {
    async fn rows_of_which_one_has_other_names_are_refused_and_none_is_written(office: Office) {
        for count in COUNTS {
            let mut tx = office.db.write(Lock::Nothing).await.unwrap();
            let row = |number: i64| row! { name: format!("row {number}"), next: number };
            let mut rows: Vec<Row> = (1..count).map(row).collect();
            rows.push(row! { next: count, name: "row 0" });
            for refused in [tx.insert("counter", &rows).await, tx.insert_at_once("counter", &rows).await] {
                let Err(ServiceError::Internal(why)) = refused else {
                    panic!("{refused:?}");
                };
                assert!(why.contains("counter"), "{why}");
            }
            assert_eq!(written(&mut tx).await, (0, 0));
        }
    }
}

both! {
    async fn a_year_that_no_calendar_has_is_an_error_of_the_row_and_not_another_year(office: Office) {
        let mut tx = office.db.write(Lock::Nothing).await.unwrap();
        for (stored, year) in [("2026", Some(FiscalYear(2026))), ("9999999999", None)] {
            let sql = format!("SELECT CAST({stored} AS BIGINT)");
            let read: Result<FiscalYear, ServiceError> = async {
                Ok(on_tx!(&mut tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(c).await?))
            }
            .await;
            assert_eq!(read.ok(), year, "{stored}");
        }
    }
}
