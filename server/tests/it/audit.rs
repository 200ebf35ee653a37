//! The audit trail: every look and every change is on record, and no alteration stays hidden.

use crate::both;
use crate::office::{Kind, Office};
use kokuho_server::audit::chain::Broken;
use kokuho_server::audit::verify;
use kokuho_shared::access::Role;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

async fn records(office: &Office, auditor: &Client, query: &str) -> Vec<Value> {
    let answer = office
        .request(auditor, Method::GET, &format!("/api/audit{query}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Vec<Value>>().await.unwrap()
}

both! {
    async fn every_look_at_a_person_and_every_change_is_on_record_with_who_and_whose(office: Office) {
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        office.with_city().await;
        let view = office.household().await;
        // A look that waits may be sealed after a change that came later: here it is sealed first.
        records(&office, &auditor, "?login=clerk").await;
        let (id, first) = (view["id"].as_i64().unwrap(), &view["members"][0]);
        let member = json!({"person_id": first["person_id"], "income": {"other_income": 1_000}, "income_status": "known", "eligibility": first["eligibility"]});
        let facts = json!({"fiscal_year": 2026, "revision": view["revision"], "reason": "試験", "members": [member]});
        let (status, view) = office.send(Method::PUT, &format!("/api/households/{id}/facts"), facts).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        let records = records(&office, &auditor, "?login=clerk").await;
        let whats: Vec<&str> = records.iter().rev().map(|record| record["what"].as_str().unwrap()).collect();
        assert_eq!(whats, ["sign_in", "import", "import", "import", "search", "view", "update"]);
        let of = |what: &str| records.iter().find(|record| record["what"] == what).unwrap();
        assert_eq!(of("search")["persons"].as_array().unwrap().len(), 3);
        assert_eq!((of("view")["household"].as_i64(), of("view")["persons"].as_array().unwrap().len()), (Some(id), 3));
        assert_eq!(of("update")["persons"], json!([first["person_id"]]));
        for record in &records {
            let text = record.to_string();
            assert!(!text.contains("見辺") && !text.contains("ミペ") && !text.contains("1000000001"), "{text}");
        }
        // A refused change leaves no record of a change.
        let before = records.len();
        let stale = json!({"fiscal_year": 2026, "revision": 1, "reason": "試験", "members": []});
        assert_eq!(office.send(Method::PUT, &format!("/api/households/{id}/facts"), stale).await.0, StatusCode::CONFLICT);
        assert_eq!(self::records(&office, &auditor, "?login=clerk").await.len(), before);
        // And whoever looks at the log is on record too.
        assert_eq!(self::records(&office, &auditor, "?login=auditor").await[0]["what"], "read_audit");
        let by_household = self::records(&office, &auditor, &format!("?household={id}")).await;
        assert!(by_household.len() >= 3 && by_household.iter().all(|record| record["household"] == id));
        assert_eq!(verify::verify(&office.db).await.unwrap().broken, None);
    }
}

both! {
    async fn signing_out_is_on_record(office: Office) {
        let client = office.sign_in_as("leaver", Role::CounterClerk, "").await;
        let answer = office.request(&client, Method::DELETE, "/api/session").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let records = records(&office, &auditor, "?login=leaver").await;
        assert_eq!(records[0]["what"], "sign_out");
    }
}

/// Runs a statement as somebody who owns the database and has taken the guard away.
async fn force(office: &Office, kind: Kind, statement: &'static str) {
    let guards: &[&str] = match kind {
        Kind::Sqlite => &[
            "DROP TRIGGER audit_entry_update",
            "DROP TRIGGER audit_entry_delete",
        ],
        Kind::Postgres => &["ALTER TABLE audit_entry DISABLE TRIGGER ALL"],
    };
    for sql in guards.iter().copied().chain([statement]) {
        kokuho_server::on_writer!(&office.db, pool => {
            sqlx::query(sql).execute(pool).await.unwrap();
        });
    }
}

async fn a_record_that_is_altered_or_removed_is_named(kind: Kind) {
    let alterations: [(&'static str, Broken); 3] = [
        (
            "UPDATE audit_entry SET content = content || ' ' WHERE seq = 5",
            Broken::Altered(5),
        ),
        (
            "UPDATE audit_entry SET login = 'somebody' WHERE seq = 3",
            Broken::Altered(3),
        ),
        ("DELETE FROM audit_entry WHERE seq = 4", Broken::Missing(4)),
    ];
    for (statement, expected) in alterations {
        let office = Office::open(kind, "27213").await;
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        office.with_city().await;
        office.household().await;
        assert!(records(&office, &auditor, "").await.len() >= 6);
        assert_eq!(verify::verify(&office.db).await.unwrap().broken, None);
        let refused = kokuho_server::on_writer!(&office.db, pool => sqlx::query(statement).execute(pool).await.is_err());
        assert!(refused, "the application's own account can change the log");
        force(&office, kind, statement).await;
        assert_eq!(
            verify::verify(&office.db).await.unwrap().broken,
            Some(expected)
        );
    }
}

#[tokio::test]
async fn a_record_that_is_altered_or_removed_is_named_sqlite() {
    a_record_that_is_altered_or_removed_is_named(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_record_that_is_altered_or_removed_is_named_postgres() {
    a_record_that_is_altered_or_removed_is_named(Kind::Postgres).await;
}

both! {
    async fn a_failed_sign_in_is_on_record_but_what_nobody_is_called_is_not(office: Office) {
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        for login in ["clerk", "my-secret-password"] {
            let wrong = json!({"login": login, "password": "wrong wrong", "code": ""});
            assert_eq!(office.send(Method::POST, "/api/session", wrong).await.0, StatusCode::UNAUTHORIZED);
        }
        let all = records(&office, &auditor, "").await;
        let failed: Vec<&Value> = all.iter().filter(|record| record["what"] == "sign_in_failed").map(|record| &record["login"]).collect();
        assert_eq!(failed, [&json!(""), &json!("clerk")]);
        assert!(!json!(all).to_string().contains("my-secret-password"));
    }
}

both! {
    async fn a_list_that_is_saved_as_a_file_is_on_record_with_its_size(office: Office) {
        let saved = |list: &str| json!({"list": list, "rows": 12});
        for wrong in ["", " ", &"あ".repeat(61), "検索\n結果", "=1+1", "<b>", "被保険者 1000000001"] {
            let (status, problem) = office.send(Method::POST, "/api/audit/saved", saved(wrong)).await;
            assert_eq!((status, problem["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("list")), "{problem}");
        }
        let (status, _) = office.send(Method::POST, "/api/audit/saved", saved(&"あ".repeat(60))).await;
        assert_eq!(status, StatusCode::OK);
        let auditor = office.sign_in_as("auditor", Role::Auditor, "").await;
        let records = records(&office, &auditor, "?login=clerk").await;
        let found: Vec<_> = records.iter().filter(|record| record["what"] == "save").collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["detail"].as_str(), Some(format!("{}, 12 rows", "あ".repeat(60)).as_str()));
    }
}
