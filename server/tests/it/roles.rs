//! The two roles of docs/OPERATIONS.md: one owns the structure, the other only works with it.

use crate::cluster;
use crate::office::{Kind, new_database};
use crate::program::{output, released};
use kokuho_server::store::Db;

/// The statements of OPERATIONS.md, section 2, for these roles.
const GRANTS: [&str; 5] = [
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kokuho_app",
    "REVOKE UPDATE, DELETE ON journal, ledger_entry, payment_slip, decision, letter, audit_entry, audit_batch FROM kokuho_app",
    "GRANT UPDATE (state, closed_on, remark, reply_change) ON letter TO kokuho_app",
    "REVOKE INSERT, UPDATE, DELETE ON document, membership, guarded_household, guarded_place FROM kokuho_app",
    "REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM kokuho_app",
];

#[tokio::test]
async fn the_application_works_without_owning_anything_and_cannot_touch_the_ledger_postgres() {
    let owner = new_database(Kind::Postgres);
    output(&owner, &["migrate"]);
    let db = Db::open(&owner).await.unwrap();
    let manual = include_str!("../../../docs/OPERATIONS.md");
    for grant in GRANTS {
        assert!(
            manual.contains(grant),
            "the manual says something else than {grant}"
        );
    }
    cluster::add_role("kokuho_app");
    for grant in GRANTS {
        kokuho_server::on_writer!(&db, pool => sqlx::query(grant).execute(pool).await.map(|_| ()).unwrap());
    }
    db.close().await;
    let app = owner.replace("user=kokuho", "user=kokuho_app");
    let folder = std::env::temp_dir().join(format!("kokuho-roles-{}", std::process::id()));
    let out = folder.to_string_lossy().into_owned();
    output(
        &app,
        &["demo", "--import", "--households", "40", "--out", &out],
    );
    let run = output(&app, &["yearly", "--fiscal-year", "2026"]);
    output(&app, &["worker", "--until-idle"]);
    output(&app, &["check", run.trim()]);
    output(&app, &["worker", "--until-idle"]);
    released(&app, run.trim());
    output(&app, &["letters", run.trim()]);
    output(&app, &["worker", "--until-idle"]);
    assert!(output(&app, &["verify"]).contains(" 0 breaks"));
    let db = Db::open(&app).await.unwrap();
    for table in [
        "journal",
        "ledger_entry",
        "payment_slip",
        "decision",
        "letter",
        "audit_entry",
    ] {
        for sql in [
            format!("DELETE FROM {table}"),
            format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
            format!("TRUNCATE {table}"),
        ] {
            let refused = kokuho_server::on_writer!(&db, pool =>
                sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).execute(pool).await.is_err());
            assert!(refused, "{sql}");
        }
    }
    for table in [
        "journal",
        "ledger_entry",
        "payment_slip",
        "decision",
        "letter",
    ] {
        let sql = format!("UPDATE {table} SET household_id = household_id");
        let refused = kokuho_server::on_writer!(&db, pool =>
            sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).execute(pool).await.is_err());
        assert!(refused, "{sql}");
    }
}
