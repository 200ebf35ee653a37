//! The two schemas say the same.

use crate::office::{Kind, new_database};
use kokuho_server::store::Db;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::collection::booking::JournalKind;
use sqlx::FromRow;
use std::collections::BTreeSet;

#[derive(FromRow)]
struct Column {
    table_name: String,
    column_name: String,
    data_type: String,
    required: String,
}

async fn columns(kind: Kind) -> BTreeSet<(String, String, String)> {
    let db = Db::create(&new_database(kind)).await.unwrap();
    db.migrate().await.unwrap();
    let rows: Vec<Column> = match &db {
        Db::Sqlite(files) => {
            let sql = "SELECT m.name AS table_name, c.name AS column_name, c.type AS data_type, \
                CAST(c.\"notnull\" OR c.pk > 0 AS TEXT) AS required FROM sqlite_master m \
                JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'";
            sqlx::query_as(sql).fetch_all(&files.readers).await.unwrap()
        }
        Db::Postgres(pool, _) => {
            let sql = "SELECT table_name::text, column_name::text, data_type::text, \
                CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END AS required FROM information_schema.columns \
                WHERE table_schema = 'public' AND table_name NOT IN (SELECT table_name::text FROM information_schema.views)";
            sqlx::query_as(sql).fetch_all(pool).await.unwrap()
        }
    };
    let own = rows.into_iter().filter(|column| {
        !column.table_name.starts_with('_') && !column.table_name.starts_with("sqlite")
    });
    own.map(|column| {
        let kind = format!("{} {}", common(&column.data_type), column.required);
        (column.table_name, column.column_name, kind)
    })
    .collect()
}

/// The type both databases mean; a boolean is an integer in SQLite, a date is text.
fn common(kind: &str) -> &'static str {
    match kind {
        "INTEGER" | "bigint" | "boolean" => "integer",
        "TEXT" | "text" | "date" => "text",
        _ => "unknown",
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_obligations() {
    let (sqlite, postgres) = (columns(Kind::Sqlite).await, columns(Kind::Postgres).await);
    assert!(sqlite.len() > 80, "{}", sqlite.len());
    assert!(
        sqlite
            .iter()
            .all(|(_, _, kind)| !kind.starts_with("unknown"))
    );
    assert_eq!(sqlite, postgres);
}

/// What rooms declare in the schema is what they have in the program.
async fn kinds_are_declared(kind: Kind) {
    let db = Db::create(&new_database(kind)).await.unwrap();
    db.migrate().await.unwrap();
    let declared = async |sql: &'static str| -> BTreeSet<String> {
        let rows: Vec<String> = kokuho_server::on_db!(&db, pool => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
        rows.into_iter().collect()
    };
    let set = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let works = kokuho_server::rooms::works();
    let works = works.into_iter().map(|work| work.key()).collect();
    assert_eq!(declared("SELECT kind FROM job_kind").await, set(works));
    let journals = JournalKind::ALL.into_iter().map(JournalKind::key).collect();
    assert_eq!(
        declared("SELECT kind FROM journal_kind").await,
        set(journals)
    );
    let changes = FileKind::ALL.into_iter().map(FileKind::key).chain(["edit"]);
    assert_eq!(
        declared("SELECT kind FROM change_kind").await,
        set(changes.collect())
    );
}

#[tokio::test]
async fn the_kinds_that_rooms_declare_are_those_that_the_program_has_sqlite() {
    kinds_are_declared(Kind::Sqlite).await;
}

#[tokio::test]
async fn the_kinds_that_rooms_declare_are_those_that_the_program_has_postgres() {
    kinds_are_declared(Kind::Postgres).await;
}
