//! An office to test: a server in this process with an empty database of its own.

use crate::{city, cluster};
use kokuho_server::access::keys::Keys;
use kokuho_server::access::oidc::Provider;
use kokuho_server::access::{accounts, factor};
use kokuho_server::audit::Log;
use kokuho_server::city::City;
use kokuho_server::clock::Clock;
use kokuho_server::demo::{self, DemoSettings};
use kokuho_server::http::{App, router};
use kokuho_server::jobs::worker::Worker;
use kokuho_server::linkage::import::{self, Delivery};
use kokuho_server::linkage::running_imports::RunningImports;
use kokuho_server::store::{Connections, Db};
use kokuho_server::supervise::Tasks;
use kokuho_server::transfer::spool::Spool;
use kokuho_server::typesetting::Typesetting;
use kokuho_shared::access::Role;
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::Account;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::assessment::relief::rules::{Band, ReliefRules};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Which database an office uses.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub const PASSWORD: &str = "long enough";

/// A moment in microseconds as addresses ask for it (`known_at`).
pub fn moment(micros: i64) -> String {
    let at = chrono::DateTime::from_timestamp_micros(micros).unwrap();
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// The key of the tests' offices.
pub fn keys() -> Keys {
    Keys::from_bytes(&[7; 32]).unwrap()
}

/// With the fonts of this checkout.
pub fn press(municipality: &str) -> Typesetting {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Typesetting::new(checkout, None, municipality)
}

/// The rules that ship, and the table of a city that has one.
fn reliefs() -> ReliefRules {
    let mut rules = figures::relief_rules().unwrap();
    let known = rules.rule.iter().find(|rule| rule.id == "income_fall");
    let mut own = known.unwrap().clone();
    own.municipality = Some("27213".into());
    own.bands = vec![
        Band {
            at_least: 30,
            percent: 30,
        },
        Band {
            at_least: 50,
            percent: 70,
        },
    ];
    rules.rule.push(own);
    rules
}

pub struct Office {
    pub url: String,
    pub client: Client,
    pub db: Db,
    /// Where the database is, for connections of somebody else.
    pub database: String,
    /// Set by a test that changes rows behind the ledger's back.
    pub tampered: Arc<AtomicBool>,
}

/// After every test the ledger still adds up, unless the test broke it on purpose.
pub async fn still_sound(db: &Db, tampered: &AtomicBool) {
    if !tampered.load(Ordering::Relaxed) {
        let found = kokuho_server::rooms::verify(db).await.unwrap();
        assert_eq!(found.broken, Vec::<String>::new());
    }
}

/// Declares a test that runs on both databases.
#[macro_export]
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($office:ident: Office) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn check($office: Office) $body

            async fn on(kind: $crate::office::Kind) {
                let office = $crate::office::Office::open(kind, "27213").await;
                let (db, tampered) = (office.db.clone(), office.tampered.clone());
                check(office).await;
                $crate::office::still_sound(&db, &tampered).await;
            }

            #[tokio::test]
            async fn sqlite() {
                on($crate::office::Kind::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                on($crate::office::Kind::Postgres).await;
            }
        }
    };
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The URL of a new empty database.
pub fn new_database(kind: Kind) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    match kind {
        Kind::Sqlite => {
            let folder = std::env::temp_dir().join(format!("kokuho-test-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            format!("sqlite:{}/{number}.db", folder.display())
        }
        Kind::Postgres => cluster::new_database(&format!("t{number}")),
    }
}

/// Where the tests' offices put looks aside; each database knows its own.
fn beside() -> PathBuf {
    std::env::temp_dir().join(format!("kokuho-test-{}", std::process::id()))
}

/// The server of an office on a day.
pub async fn app(db: &Db, municipality: &str, today: &str, provider: Option<Provider>) -> App {
    app_beside(db, (municipality, today), provider, Some(beside())).await
}

async fn app_beside(
    db: &Db,
    (municipality, today): (&str, &str),
    provider: Option<Provider>,
    beside: Option<PathBuf>,
) -> App {
    App {
        db: Some(db.clone()),
        municipality: municipality.into(),
        clock: Clock {
            today: Some(today.parse().unwrap()),
        },
        layouts: None,
        reliefs: Arc::new(reliefs()),
        whatifs: Default::default(),
        jobs: RunningImports::default(),
        keys: keys(),
        audit: Log::start(db.clone(), Clock::default(), beside, &Tasks::default())
            .await
            .unwrap(),
        single_administrator: false,
        environment: Default::default(),
        press: press(municipality),
        wake: Default::default(),
        provider,
    }
}

impl Office {
    /// A signed-in clerk on 10 June 2026.
    pub async fn open(kind: Kind, municipality: &str) -> Office {
        Office::behind(kind, municipality, None).await
    }

    /// The same with a provider that vouches for people.
    pub async fn behind(kind: Kind, municipality: &str, provider: Option<Provider>) -> Office {
        Office::with(&new_database(kind), municipality, provider).await
    }

    /// The same of 泉佐野市 with a database that other programs use, too.
    pub async fn on_database(database: &str) -> Office {
        Office::with(database, "27213", None).await
    }

    async fn with(database: &str, municipality: &str, provider: Option<Provider>) -> Office {
        // One connection: whoever holds a transaction and asks for another would wait for itself.
        let db = kokuho_server::rooms::with_listeners(
            Db::create_with(database, Connections(1)).await.unwrap(),
        );
        db.migrate().await.unwrap();
        let url = serve(app(&db, municipality, "2026-06-10", provider).await).await;
        let mut office = Office {
            url,
            client: Client::new(),
            db,
            database: database.to_owned(),
            tampered: Default::default(),
        };
        office.client = office.sign_in_as("clerk", Role::Supervisor, "").await;
        office
    }

    /// The same office with its one administrator's option.
    pub async fn with_single_administrator(&self) -> Office {
        let app = App {
            single_administrator: true,
            ..app(&self.db, "27213", "2026-06-10", None).await
        };
        Office {
            url: serve(app).await,
            client: self.client.clone(),
            db: self.db.clone(),
            database: self.database.clone(),
            tampered: Default::default(),
        }
    }

    /// The same office of 泉佐野市 on another day.
    pub async fn on(&self, today: &str) -> Office {
        self.of("27213", today).await
    }

    /// The office of another city with the same database, on a day.
    pub async fn of(&self, municipality: &str, today: &str) -> Office {
        Office {
            url: serve(app(&self.db, municipality, today, None).await).await,
            client: self.client.clone(),
            db: self.db.clone(),
            database: self.database.clone(),
            tampered: Default::default(),
        }
    }

    /// The same office from another server, which puts looks aside in a folder of its own or nowhere.
    pub async fn beside(&self, folder: Option<PathBuf>) -> Office {
        let app = app_beside(&self.db, ("27213", "2026-06-10"), None, folder).await;
        Office {
            url: serve(app).await,
            client: self.client.clone(),
            db: self.db.clone(),
            database: self.database.clone(),
            tampered: Default::default(),
        }
    }

    /// Adds an account with a second factor and signs it in.
    pub async fn sign_in_as(&self, login: &str, role: Role, ward: &str) -> Client {
        let secret = self.add_account(login, role, ward).await;
        let client = Client::builder().cookie_store(true).build().unwrap();
        let code = factor::code(login, &secret, Clock::default().now()).unwrap();
        let body = json!({"login": login, "password": PASSWORD, "code": code});
        let answer = self
            .request(&client, Method::POST, "/api/session")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        client
    }

    /// Adds an account and returns the secret of its second factor.
    pub async fn add_account(&self, login: &str, role: Role, ward: &str) -> Vec<u8> {
        let account = Account {
            login: login.into(),
            name: login.into(),
            role,
            ward: ward.into(),
            has_factor: false,
            disabled: false,
        };
        accounts::make(&self.db, &account, PASSWORD).await.unwrap();
        let secret = factor::new_secret().unwrap().to_vec();
        factor::make(&self.db, &keys(), login, &secret)
            .await
            .unwrap();
        secret
    }

    /// Lets the code of an account be used again within its half minute.
    pub async fn forget_step(&self, login: &str) {
        let sql = "UPDATE account SET factor_step = 0 WHERE login = $1";
        kokuho_server::on_writer!(&self.db, pool => {
            sqlx::query(sql).bind(login).execute(pool).await.unwrap();
        });
    }

    /// Sends JSON as a client and returns the status and the JSON answer.
    pub async fn send_as(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = self.request(client, method, path).json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// A request as our own page makes it.
    pub fn request(&self, client: &Client, method: Method, path: &str) -> RequestBuilder {
        client
            .request(method, format!("{}{path}", self.url))
            .header("x-kokuho", "1")
            .header("origin", &self.url)
    }

    /// Sends JSON and returns the status and the JSON answer.
    pub async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.request(&self.client, method, path);
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// Uploads a file and waits for the last event of its import.
    pub async fn import(&self, kind: FileKind, bytes: Vec<u8>) -> Value {
        let key = kind.key();
        let path = format!("/api/imports?kind={key}&file_name={key}.csv");
        let answer = self
            .request(&self.client, Method::POST, &path)
            .body(bytes)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let started: Value = answer.json().await.unwrap();
        let events = format!("{}/api/imports/{}/events", self.url, started["job"]);
        let text = self
            .client
            .get(events)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let last = text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .next_back()
            .unwrap();
        serde_json::from_str(last).unwrap()
    }

    /// Brings the test city in.
    pub async fn with_city(&self) {
        for (kind, text) in city::files() {
            let last = self.import(kind, text.into_bytes()).await;
            assert_eq!(last["state"], "done", "{last}");
        }
    }

    /// The same for an office of another municipality.
    pub async fn import_in(
        &self,
        municipality: &str,
        kind: FileKind,
        bytes: Vec<u8>,
    ) -> Result<(), Problem> {
        let delivery = Delivery {
            kind,
            file_name: "file.csv".into(),
            file: Arc::new(Spool::of_bytes(&bytes).unwrap()),
            by: "test".into(),
            clock: Clock::default(),
            layouts: None,
            municipality: municipality.into(),
        };
        let done = import::import(&self.db, &delivery, &|_| {}).await;
        done.map(|_| ()).map_err(|why| why.problem())
    }

    /// Searches by number, name and birth_date.
    pub async fn find(&self, keys: Value) -> (StatusCode, Value) {
        self.send(Method::POST, "/api/persons/search", keys).await
    }

    /// The only household of the test city.
    pub async fn household(&self) -> Value {
        let keys = json!({"number": "2000000001", "name": "ミペ"});
        let (status, found) = self.find(keys).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        let id = found[0]["household_id"].as_i64().unwrap();
        let (status, view) = self
            .get(&format!("/api/households/{id}?fiscal_year=2026"))
            .await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// Lets rows be changed that the database otherwise refuses to change, as somebody would who
    /// owns it.
    pub async fn unguard(&self, table: &str) {
        self.tampered.store(true, Ordering::Relaxed);
        let sql: Vec<String> = match &self.db {
            Db::Sqlite(_) => vec![format!("DROP TRIGGER {table}_update")],
            Db::Postgres(..) => vec![format!(
                "ALTER TABLE {table} DISABLE TRIGGER {table}_change"
            )],
        };
        for sql in sql {
            kokuho_server::on_writer!(&self.db, pool =>
                sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await.map(|_| ()).unwrap());
        }
    }

    /// Brings a demonstration city in, without the screen.
    pub async fn with_demo(&self, municipality: &str, households: u32) {
        self.with_demo_of(municipality, households, 2026).await;
    }

    /// The same with the incomes of a fiscal year.
    pub async fn with_demo_of(&self, municipality: &str, households: u32, fiscal_year: i32) {
        let settings = DemoSettings {
            seed: 7,
            households,
            fiscal_year: FiscalYear(fiscal_year),
            municipality_code: municipality.into(),
        };
        let files = demo::generate(&settings);
        for (kind, text) in [
            (FileKind::Residents, files.residents),
            (FileKind::Incomes, files.incomes),
            (FileKind::Eligibility, files.eligibility),
        ] {
            let last = self.import(kind, text.into_bytes()).await;
            assert_eq!(last["state"], "done", "{last}");
        }
    }

    /// Somebody else, signed in.
    pub async fn other(&self, role: Role) -> Client {
        let login = format!("other-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sign_in_as(&login, role, "").await
    }

    /// Plans a run by `POST /api/runs` and does it; what it says then.
    pub async fn done(&self, wish: Value, municipality: &str) -> Value {
        let (status, job) = self.send(Method::POST, "/api/runs", wish).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let worker = self.worker(municipality, "one");
        worker.run_until_idle().await.unwrap();
        let (status, view) = self.get(&format!("/api/runs/{}", job["id"])).await;
        let state = view["job"]["state"].as_str();
        assert_eq!((status, state), (StatusCode::OK, Some("done")), "{view}");
        view
    }

    /// Looks at what a run of papers would issue, asks for it, and releases it as somebody else.
    pub async fn papers(&self, path: &str, wish: Value) -> (StatusCode, Value) {
        let each = wish.as_object().unwrap().iter();
        let query: Vec<String> = each
            .map(|(name, value)| format!("{name}={}", value.to_string().trim_matches('"')))
            .collect();
        let (status, preview) = self
            .get(&format!("{path}/preview?{}", query.join("&")))
            .await;
        if status != StatusCode::OK {
            return (status, preview);
        }
        let mut wish = wish;
        wish["letters"] = preview["letters"].clone();
        let (status, request) = self.send(Method::POST, path, wish).await;
        if status != StatusCode::ACCEPTED {
            return (status, request);
        }
        let other = self.other(Role::Supervisor).await;
        let path = format!("/api/run-requests/{}/release", request["id"]);
        self.send_as(&other, Method::POST, &path, json!({"note": ""}))
            .await
    }

    /// Checks a finished run, and releases it as somebody else than who started it.
    pub async fn release(&self, run: &Value, municipality: &str) -> Value {
        let path = format!("/api/runs/{}/check", run["id"]);
        let (status, check) = self.send(Method::POST, &path, Value::Null).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{check}");
        let worker = self.worker(municipality, "check");
        worker.run_until_idle().await.unwrap();
        let other = self.other(Role::Supervisor).await;
        let path = format!("/api/runs/{}/release", run["id"]);
        let wish = json!({"note": "一覧を確かめた"});
        let request = self.request(&other, Method::POST, &path).json(&wish);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let released = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{released}");
        released
    }

    /// A worker of this office.
    pub fn worker(&self, municipality: &str, name: &str) -> Worker {
        Worker {
            city: City {
                db: self.db.clone(),
                code: municipality.into(),
                press: press(municipality),
                clock: Clock {
                    today: Some("2026-06-10".parse().unwrap()),
                },
            },
            works: kokuho_server::rooms::works(),
            name: name.into(),
            lease: std::time::Duration::from_secs(60),
            wake: Default::default(),
        }
    }

    /// Every row of every table, to prove that nothing was written.
    pub async fn rows(&self) -> i64 {
        let mut rows = 0;
        for table in [
            "change_record",
            "check_finding",
            "relief_case",
            "relief_fact",
            "pension_fact",
            "pension_case",
            "run_release",
            "run_request",
            "person_fact",
            "membership_fact",
            "earlier_membership_fact",
            "decision_due",
            "job_household",
            "income_fact",
            "entered_kinds_fact",
            "circumstance_fact",
            "eligibility_fact",
            "decision",
            "journal",
            "ledger_entry",
            "letter",
            "letter_sent",
            "payment_slip",
            "individual_number",
            "number_review",
            "delivery_part",
            "facility",
            "stay_fact",
            "interchange",
            "provision_request",
            "card_fact",
            "copayment_fact",
            "residence_term_fact",
            "queue_claim",
            "student_fact",
            "payer_fact",
            "duplicate_case",
            "arrival",
            "job",
        ] {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let count: i64 = kokuho_server::on_db!(&self.db, pool =>
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap());
            rows += count;
        }
        rows
    }
}

/// Serves in this process and returns the address.
pub async fn serve(app: App) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router(app, None).unwrap();
    tokio::spawn(kokuho_server::http::serve(
        listener,
        router,
        std::future::pending(),
    ));
    url
}

/// `table.column` of every text in which something stands.
pub async fn found_in_any_table(db: &Db, needle: &str) -> Vec<String> {
    const SQLITE: &str = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND c.type = 'TEXT'";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
        WHERE table_schema = 'public' AND data_type = 'text'";
    let columns: Vec<(String, String)> = match db {
        Db::Sqlite(files) => sqlx::query_as(SQLITE)
            .fetch_all(&files.readers)
            .await
            .unwrap(),
        Db::Postgres(pool, _) => sqlx::query_as(POSTGRES).fetch_all(pool).await.unwrap(),
    };
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE $1");
        let like = format!("%{needle}%");
        let count: i64 = kokuho_server::on_db!(db, pool =>
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(like).fetch_one(pool).await.unwrap());
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}
