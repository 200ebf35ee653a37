//! The restore drill of docs/OPERATIONS.md: what was saved is put back elsewhere, and is the same.

use crate::cluster;
use crate::office::{Kind, new_database};
use crate::program::{output, released};
use kokuho_server::store::Db;

/// Decisions, journals, letters and slips of a small city.
fn city(database: &str, name: &str) {
    let folder = std::env::temp_dir().join(format!("kokuho-drill-{name}-{}", std::process::id()));
    let out = folder.to_string_lossy();
    output(
        database,
        &["demo", "--import", "--households", "60", "--out", &out],
    );
    let run = output(database, &["yearly", "--fiscal-year", "2026"]);
    let run = run.trim();
    output(database, &["worker", "--until-idle"]);
    output(database, &["check", run]);
    output(database, &["worker", "--until-idle"]);
    released(database, run);
    output(database, &["letters", run]);
    output(database, &["worker", "--until-idle"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What `kokuho verify` says of decisions, ledger and state.
fn verified(database: &str) -> String {
    let told = output(database, &["verify"]);
    assert!(
        told.contains(" 0 differ") && told.contains(" 0 breaks"),
        "{told}"
    );
    told
}

async fn still_guarded(database: &str) {
    let db = Db::open(database).await.unwrap();
    let sql = "UPDATE ledger_entry SET amount = amount + 1";
    let refused =
        kokuho_server::on_writer!(&db, pool => sqlx::query(sql).execute(pool).await.is_err());
    assert!(refused, "the guards of the ledger are restored, too");
    db.close().await;
}

#[tokio::test]
async fn a_saved_sqlite_database_is_restored_with_the_same_state() {
    let database = new_database(Kind::Sqlite);
    city(&database, "sqlite");
    let before = verified(&database);
    let file = std::env::temp_dir().join(format!("kokuho-saved-{}.db", std::process::id()));
    output(&database, &["backup", &file.to_string_lossy()]);
    // What happens after the backup is not in it.
    let db = Db::open(&database).await.unwrap();
    kokuho_server::on_writer!(&db, pool => sqlx::query("DELETE FROM counter").execute(pool).await.map(|_| ()).unwrap());
    db.close().await;
    let restored = format!("sqlite:{}", file.display());
    assert_eq!(verified(&restored), before);
    still_guarded(&restored).await;
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn a_saved_postgres_database_is_restored_with_the_same_state() {
    let database = new_database(Kind::Postgres);
    city(&database, "postgres");
    let before = verified(&database);
    let restored = cluster::dumped_and_restored(&database);
    assert_eq!(verified(&restored), before);
    still_guarded(&restored).await;
}
