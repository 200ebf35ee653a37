//! 収納台帳: what is decided is booked, a correction books the difference, and nothing can be
//! changed behind its back.

use crate::both;
use crate::office::Office;
use kokuho_server::rooms;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn decide(office: &Office, view: &Value, total: i64) -> Value {
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": total});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, decision) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::OK, "{decision}");
    decision
}

async fn ledger(office: &Office, view: &Value) -> Value {
    let path = format!("/api/households/{}/ledger?fiscal_year=2026", view["id"]);
    let (status, ledger) = office.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{ledger}");
    ledger
}

/// Another income of the head; returns the household as it is then.
async fn correct(office: &Office, view: &Value, other_income: i64) -> Value {
    let mut member = json!({
        "person_id": view["members"][0]["person_id"],
        "eligibility": view["members"][0]["eligibility"],
        "income": view["members"][0]["income"],
        "income_status": "known",
    });
    member["income"]["other_income"] = other_income.into();
    let edit = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "修正申告", "members": [member]});
    let path = format!("/api/households/{}/facts", view["id"]);
    let (status, changed) = office.send(Method::PUT, &path, edit).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    changed
}

/// The total that the server would decide, learned from its refusal of another one.
async fn total(office: &Office, view: &Value) -> i64 {
    let wish = json!({"fiscal_year": 2026, "revision": view["revision"], "preview_total": -1});
    let path = format!("/api/households/{}/decisions", view["id"]);
    let (status, problem) = office.send(Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let message = problem["message"].as_str().unwrap();
    let told = message.split("計算 ").nth(1).unwrap().split('円').next();
    told.unwrap().parse().unwrap()
}

both! {
    async fn a_decision_books_its_instalments_and_a_correction_the_difference(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        decide(&office, &view, 645_854).await;
        let first = ledger(&office, &view).await;
        assert_eq!((first["levied"].as_i64(), first["open"].as_i64()), (Some(645_854), Some(645_854)));
        assert_eq!(first["journals"][0]["kind"], "initial");
        let instalments = first["instalments"].as_array().unwrap();
        assert_eq!(instalments.iter().map(|each| each["levied"].as_i64().unwrap()).sum::<i64>(), 645_854);
        let entries = first["journals"][0]["entries"].as_array().unwrap();
        assert_eq!(entries.iter().map(|each| each["amount"].as_i64().unwrap()).sum::<i64>(), 0);

        let changed = correct(&office, &view, 500_000).await;
        let more = total(&office, &changed).await;
        assert!(more > 645_854);
        decide(&office, &changed, more).await;
        let second = ledger(&office, &view).await;
        assert_eq!(second["levied"], more);
        assert_eq!(second["journals"][1]["kind"], "increase");
        assert_eq!(second["journals"][1]["amount"], more - 645_854);

        let back = correct(&office, &changed, 0).await;
        decide(&office, &back, 645_854).await;
        let third = ledger(&office, &view).await;
        assert_eq!((third["levied"].as_i64(), third["journals"][2]["kind"].as_str()), (Some(645_854), Some("decrease")));
        assert_eq!(third["instalments"], first["instalments"]);
        assert_eq!(rooms::verify(&office.db).await.unwrap().broken, Vec::<String>::new());
    }
}

both! {
    async fn deciding_the_same_again_books_nothing(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        decide(&office, &view, 645_854).await;
        decide(&office, &view, 645_854).await;
        assert_eq!(ledger(&office, &view).await["journals"].as_array().unwrap().len(), 1);
    }
}

/// Whether a statement is refused, and if it is not, whether it changed a row.
async fn refused(office: &Office, sql: &str) -> bool {
    let mut tx = office
        .db
        .write(kokuho_server::store::Lock::Nothing)
        .await
        .unwrap();
    let done = kokuho_server::on_tx!(&mut tx, connection =>
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(connection).await.map(|_| ()));
    done.is_err() || tx.commit().await.is_err()
}

both! {
    async fn no_statement_of_the_application_breaks_the_ledger(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        let decision = decide(&office, &view, 645_854).await;
        let path = format!("/api/decisions/{}/notice", decision["summary"]["id"]);
        office.send(Method::POST, &path, json!(null)).await;
        let before = (office.rows().await, kokuho_server::rooms::state(&office.db).await.unwrap());
        let entry = "INSERT INTO ledger_entry (household_id, journal_id, line, account, instalment, part, amount)";
        let journal = "INSERT INTO journal (household_id, id, fiscal_year, kind, source, run_id, business_date, posted_at, \
            posted_by, entries) VALUES";
        for sql in [
            "UPDATE ledger_entry SET amount = amount + 1".to_owned(),
            "DELETE FROM ledger_entry".into(),
            "UPDATE journal SET kind = 'increase'".into(),
            "DELETE FROM journal".into(),
            "UPDATE decision SET total = total - 1".into(),
            "DELETE FROM decision".into(),
            "UPDATE letter SET content = ''".into(),
            "DELETE FROM letter".into(),
            "UPDATE payment_slip SET principal = 1".into(),
            "DELETE FROM payment_slip".into(),
            // Into a sealed journal, without a journal, and with an account that does not exist.
            format!("{entry} SELECT household_id, id, 99, 'receivable', 1, '', 5 FROM journal"),
            format!("{entry} VALUES (1, 999, 1, 'receivable', 1, '', 5)"),
            format!("{entry} VALUES (1, 999, 1, 'pocket', 1, '', 5)"),
            format!("{entry} VALUES (1, 999, 1, 'receivable', 1, '', 0)"),
            // A header without entries, and of kinds that do not exist.
            format!("{journal} (1, 999, 2026, 'initial', 'x', 0, '2026-06-10', 0, 'x', 1)"),
            format!("{journal} (1, 999, 2026, 'gift', 'y', 0, '2026-06-10', 0, 'x', 1)"),
            format!("{journal} (1, 999, 2026, '', 'y', 0, '2026-06-10', 0, 'x', 1)"),
        ] {
            assert!(refused(&office, &sql).await, "{sql}");
        }
        let after = (office.rows().await, kokuho_server::rooms::state(&office.db).await.unwrap());
        assert_eq!(before, after);
    }
}

both! {
    async fn a_journal_whose_entries_do_not_add_up_or_of_no_rooms_kind_is_not_sealed(office: Office) {
        for (kind, second, right) in [("initial", -999, false), ("gift", -1000, false), ("initial", -1000, true)] {
            let mut tx = office.db.write(kokuho_server::store::Lock::Nothing).await.unwrap();
            let entries = format!("INSERT INTO ledger_entry (household_id, journal_id, line, account, instalment, part, amount) \
                VALUES (1, 7, 1, 'receivable', 1, '', 1000), (1, 7, 2, 'levied', 0, 'medical', {second})");
            let journal = format!("INSERT INTO journal (household_id, id, fiscal_year, kind, source, run_id, business_date, posted_at, \
                posted_by, entries) VALUES (1, 7, 2026, '{kind}', 'z', 0, '2026-06-10', 0, 'x', 2)");
            // Each database in the order in which the server writes.
            let statements = if tx.checks_statements() { [journal, entries] } else { [entries, journal] };
            let [one, two] = statements;
            let done = kokuho_server::on_tx!(&mut tx, connection => {
                let first = sqlx::query(sqlx::AssertSqlSafe(one)).execute(&mut *connection).await.map(|_| ());
                match first {
                    Ok(()) => sqlx::query(sqlx::AssertSqlSafe(two)).execute(connection).await.map(|_| ()),
                    refused => refused,
                }
            });
            assert_eq!(done.is_ok(), right, "{kind} {second}");
        }
    }
}

both! {
    async fn tampering_by_the_owner_of_the_database_is_found(office: Office) {
        office.with_city().await;
        let view = office.household().await;
        decide(&office, &view, 645_854).await;
        office.unguard("ledger_entry").await;
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query("UPDATE ledger_entry SET amount = amount + 1 WHERE line = 1").execute(pool).await.unwrap();
        });
        let found = rooms::verify(&office.db).await.unwrap();
        assert!(found.broken.iter().any(|broken| broken.contains("add up")), "{found:?}");
    }
}
