//! What whoever has the machine may do, and that it is on record.

use crate::office::{Kind, new_database};
use crate::program::{credential, output, told};
use kokuho_server::access::accounts;
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use kokuho_shared::api::access::Account;
use serde_json::Value;

const NEW: &str = "tsukue-hikari-42-sora\n";

async fn empty(kind: Kind) -> (String, Db) {
    let database = new_database(kind);
    output(&database, &["migrate"]);
    let db = Db::open(&database).await.unwrap();
    (database, db)
}

/// The logins of the demonstration, without its city.
fn with_people(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_string_lossy();
    let words = ["demo", "--accounts", "--households", "1", "--out", &out];
    output(database, &words);
}

/// Every record that no server has sealed yet.
async fn records(db: &Db) -> Vec<Value> {
    let sql = "SELECT content FROM audit_pending ORDER BY at";
    let all: Vec<String> =
        kokuho_server::on_db!(db, pool => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
    let read = |text: &String| serde_json::from_str(text).unwrap();
    all.iter().map(read).collect()
}

fn set_user<'a>(login: &'a str, role: &'a str) -> [&'a str; 6] {
    ["admin", "set-user", login, "管理者", "--role", role]
}

async fn the_command_line_makes_the_first_account_only(kind: Kind) {
    let (database, db) = empty(kind).await;
    let (done, text) = told(&database, &set_user("admin", "supervisor"), NEW);
    assert!(!done && text.contains("最初の利用者"), "{text}");
    let (done, text) = told(
        &database,
        &set_user("admin", "system_admin"),
        "password1234\n",
    );
    assert!(!done && text.contains("推測"), "{text}");
    let (done, text) = told(&database, &set_user("admin", "system_admin"), NEW);
    assert!(done, "{text}");
    let (done, text) = told(&database, &set_user("second", "supervisor"), NEW);
    assert!(done && text.contains("/enrol#"), "{text}");
    assert!(accounts::find(&db, "second").await.unwrap().is_none());
    let (done, text) = told(&database, &set_user("admin", "supervisor"), NEW);
    assert!(done && text.contains("approval"), "{text}");
    let admin = accounts::find(&db, "admin").await.unwrap().unwrap();
    assert_eq!(admin.role, "system_admin");
    // Nor does a city's database become a demonstration, and show anybody's code.
    let (done, text) = told(&database, &["demo", "--accounts"], "");
    assert!(!done && text.contains("デモ"), "{text}");
    let (done, text) = told(&database, &["admin", "code", "admin"], "");
    assert!(!done && text.contains("デモ"), "{text}");
    db.close().await;
}

#[tokio::test]
async fn the_command_line_makes_the_first_account_only_sqlite() {
    the_command_line_makes_the_first_account_only(Kind::Sqlite).await;
}

#[tokio::test]
async fn the_command_line_makes_the_first_account_only_postgres() {
    the_command_line_makes_the_first_account_only(Kind::Postgres).await;
}

#[tokio::test]
async fn who_has_the_machine_asks_under_the_own_name_where_there_are_two_administrators() {
    let (database, db) = empty(Kind::Sqlite).await;
    for (login, disabled) in [("admin", false), ("second", true)] {
        let account = Account {
            login: login.into(),
            name: "管理者".into(),
            role: Role::SystemAdmin,
            ward: String::new(),
            has_factor: false,
            disabled: false,
        };
        accounts::make(&db, &account, NEW.trim()).await.unwrap();
        // Suspending the other one makes nobody the only administrator.
        let sql = "UPDATE account SET disabled_at = 1 WHERE login = $1 AND $2";
        kokuho_server::on_writer!(&db, pool => sqlx::query(sql).bind(login).bind(disabled)
            .execute(pool).await.map(|_| ()).unwrap());
    }
    let (done, text) = told(&database, &set_user("third", "system_admin"), "");
    assert!(!done && text.contains("--by"), "{text}");
    db.close().await;
}

#[tokio::test]
async fn a_request_on_the_machine_is_the_administrators_who_proves_to_ask() {
    let (database, db) = empty(Kind::Sqlite).await;
    with_people(&database);
    let ask = |by: &'static str| {
        let words = ["admin", "set-user", "third", "管理者", "--role"];
        [words.as_slice(), &["system_admin", "--by", by]].concat()
    };
    let (done, text) = told(&database, &ask("admin"), "kokuho-demo\n000000\n");
    assert!(!done && text.contains("どれかが違います"), "{text}");
    let (done, text) = told(&database, &ask("clerk"), &credential(&database, "clerk"));
    assert!(!done && text.contains("権限"), "{text}");
    let (done, text) = told(&database, &ask("admin"), &credential(&database, "admin"));
    assert!(done && text.contains("/enrol#"), "{text}");
    let sql = "SELECT requested_by FROM account_request";
    let by: Vec<String> =
        kokuho_server::on_db!(&db, pool => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap());
    assert_eq!(by, ["admin"]);
    db.close().await;
}

#[tokio::test]
async fn a_release_on_the_machine_needs_the_supervisors_own_password_and_code() {
    let (database, db) = empty(Kind::Sqlite).await;
    with_people(&database);
    let release = ["release", "999", "--by", "clerk"];
    let code = output(&database, &["admin", "code", "clerk"]);
    for wrong in [
        "",
        "kokuho-demo\n",
        &format!("wrong\n{code}\n"),
        "kokuho-demo\n000000\n",
    ] {
        let (done, text) = told(&database, &release, wrong);
        assert!(!done && text.contains("どれかが違います"), "{text}");
    }
    let right = credential(&database, "clerk");
    let (done, text) = told(&database, &release, &right);
    assert!(
        !done && text.contains("見つかりません"),
        "past the door there is no such run: {text}"
    );
    let (done, text) = told(&database, &release, &right);
    assert!(
        !done && text.contains("どれかが違います"),
        "a code is good once: {text}"
    );
    // Somebody else's password does not make a supervisor.
    let counter = credential(&database, "counter");
    let (done, text) = told(&database, &["release", "999", "--by", "counter"], &counter);
    assert!(!done && text.contains("権限"), "{text}");
    // The limits are those of the screen.
    for _ in 0..5 {
        told(&database, &release, "wrong\n000000\n");
    }
    let (done, text) = told(&database, &release, "wrong\n000000\n");
    assert!(!done && text.contains("しばらく"), "{text}");
    db.close().await;
}

#[tokio::test]
async fn every_command_that_changes_something_is_on_record_with_the_machines_user() {
    let (database, db) = empty(Kind::Sqlite).await;
    let folder = std::env::temp_dir().join(format!("kokuho-machine-{}", std::process::id()));
    let out = folder.to_string_lossy().into_owned();
    output(
        &database,
        &["demo", "--import", "--households", "20", "--out", &out],
    );
    let file = folder.join("residents.csv").to_string_lossy().into_owned();
    told(&database, &["import", "residents", &file], "");
    let run = output(&database, &["yearly", "--fiscal-year", "2026"]);
    let copy = folder.join("copy.db").to_string_lossy().into_owned();
    output(&database, &["backup", &copy]);
    told(&database, &["check", &run], "");
    told(&database, &["release", &run, "--by", "clerk"], "");
    told(&database, &["letters", &run], "");
    told(&database, &set_user("new", "auditor"), NEW);
    output(&database, &["admin", "code", "clerk"]);
    let records = records(&db).await;
    let commands: Vec<&Value> = records
        .iter()
        .filter(|record| record["what"] == "command")
        .collect();
    let told: Vec<&str> = commands
        .iter()
        .map(|record| record["detail"].as_str().unwrap())
        .collect();
    let expected = [
        "migrate".to_owned(),
        "demo --import".into(),
        "import residents".into(),
        "yearly --fiscal-year 2026".into(),
        "backup".into(),
        format!("check {run}"),
        format!("release {run} --by clerk"),
        format!("letters {run}"),
        "admin set-user new --role auditor".into(),
        "admin code clerk".into(),
    ];
    assert_eq!(told, expected);
    let user = whoami::username().unwrap();
    for record in &commands {
        let at = (record["channel"].as_str(), record["machine_user"].as_str());
        assert_eq!(at.0, Some("cli"), "{record}");
        assert!(at.1.unwrap().starts_with(&user), "{record}");
    }
    // What a plan says of itself names the machine, too.
    let plan = records
        .iter()
        .find(|record| record["what"] == "decide")
        .unwrap();
    assert_eq!(plan["channel"], "cli");
    std::fs::remove_dir_all(&folder).unwrap();
    db.close().await;
}
