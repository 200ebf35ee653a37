//! `kokuho`: one binary for the server and the office's chores.

use clap::{Parser, Subcommand};
use kokuho_server::access::keys::Keys;
use kokuho_server::access::user::{Stage, User};
use kokuho_server::access::{accounts, factor};
use kokuho_server::assessment::{mailing, verify, yearly};
use kokuho_server::audit::{self, Log};
use kokuho_server::clock::Clock;
use kokuho_server::config::{Config, PressConfig, ServeConfig, WorkerConfig};
use kokuho_server::demo::{self, DemoSettings};
use kokuho_server::error::ServiceError;
use kokuho_server::exchange::charset;
use kokuho_server::http::{self, App, Worker};
use kokuho_server::ledger::{self, state};
use kokuho_server::linkage::import::{self, Delivery};
use kokuho_server::linkage::jobs::Jobs;
use kokuho_server::press::{Press, Signature};
use kokuho_server::store::Db;
use kokuho_shared::access::Role;
use kokuho_shared::api::access::Account;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress};
use kokuho_shared::law::shipped;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

#[derive(Parser)]
#[command(
    name = "kokuho",
    about = "国民健康保険: National Health Insurance of a city",
    version
)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and the API.
    Serve(ServeConfig),
    /// Bring the database's structure to this version.
    Migrate,
    /// Write the three files of a demonstration city.
    Demo {
        /// Folder for the files.
        #[arg(long, default_value = "demo")]
        out: PathBuf,
        #[arg(long, default_value_t = 1000)]
        households: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = 2026)]
        fiscal_year: i32,
        /// Also take the files in and add the demonstration logins.
        #[arg(long)]
        import: bool,
    },
    /// Work on jobs, beside servers or on another machine with the same database.
    Worker(WorkerConfig),
    /// Plan the yearly run; workers do it.
    Yearly {
        #[arg(long)]
        fiscal_year: i32,
    },
    /// Plan the letters of a finished yearly run.
    Letters {
        /// The number of the run.
        run: i64,
    },
    /// Take a file in.
    Import {
        #[arg(value_parser = kind)]
        kind: FileKind,
        file: PathBuf,
    },
    /// Write a copy of a SQLite database while it is in use.
    Backup {
        /// The new file.
        out: PathBuf,
    },
    /// Compute every stored decision again; check the ledger and the audit chain; print the state.
    Verify,
    /// Manage accounts.
    Admin {
        #[command(subcommand)]
        command: Admin,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Add an account or change it; the password is read from the first line of the input.
    SetUser {
        login: String,
        name: String,
        /// counter_clerk, assessment_officer, supervisor, system_admin, auditor …
        #[arg(long, value_parser = role, default_value = "counter_clerk")]
        role: Role,
        /// 行政区 to which the account is limited; empty = the whole city.
        #[arg(long, default_value = "")]
        ward: String,
        /// Set a second factor up and print its address.
        #[arg(long)]
        factor: bool,
    },
    /// The code that an account's second factor shows now (demonstration and tests).
    Code {
        login: String,
        /// The code of another step of thirty seconds, for example -1 for the one before.
        #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
        steps: i64,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::of_key(text).ok_or_else(|| Role::ALL.map(Role::key).join(", "))
}

fn kind(text: &str) -> Result<FileKind, String> {
    let found = FileKind::ALL.into_iter().find(|kind| kind.key() == text);
    found.ok_or_else(|| "residents, incomes or eligibility".to_owned())
}

/// Why the program ends without success.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{}", told(.0))]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Page(#[from] http::PageError),
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0}")]
    Listen(std::io::Error),
    #[error("{0} decisions or journals are not what they should be")]
    Differences(usize),
    #[error(transparent)]
    Audit(audit::chain::Broken),
}

fn told(error: &ServiceError) -> String {
    let problem = error.problem();
    let mut text = problem.message;
    for (name, value) in [
        ("ファイル", problem.file),
        ("行", problem.line.map(|line| line.to_string())),
        ("項目", problem.column.or(problem.field)),
    ] {
        if let Some(value) = value {
            text.push_str(&format!(" [{name}: {value}]"));
        }
    }
    text
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("kokuho: {failed}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failed> {
    let config = cli.config;
    if shipped::name_of(&config.municipality).is_none() {
        let message = format!("市町村 {} の料率は登録されていません", config.municipality);
        return Err(ServiceError::invalid_at("municipality", message).into());
    }
    match cli.command {
        Command::Serve(serve) => serve_pages(&config, &serve).await,
        Command::Migrate => {
            open(&config).await?.close().await;
            Ok(())
        }
        Command::Demo {
            out,
            households,
            seed,
            fiscal_year,
            import,
        } => {
            let settings = DemoSettings {
                seed,
                households,
                fiscal_year,
                municipality_code: config.municipality.clone(),
            };
            write_demo(&config, &settings, &out, import).await
        }
        Command::Worker(worker) => work(&config, &worker).await,
        Command::Yearly { fiscal_year } => {
            let db = open(&config).await?;
            let (user, clock) = (operator(), config.clock());
            let job = yearly::plan(&db, fiscal_year, &user, &config.municipality, clock).await?;
            println!("{}", job.id);
            Ok(())
        }
        Command::Letters { run } => {
            let db = open(&config).await?;
            let job = mailing::plan(&db, run, &operator(), config.clock()).await?;
            println!("{}", job.id);
            Ok(())
        }
        Command::Import { kind, file } => {
            let db = open(&config).await?;
            let run = take_in(&config, &db, kind, &file).await?;
            print_run(&run);
            Ok(())
        }
        Command::Backup { out } => {
            let db = open(&config).await?;
            db.copy_to(&out.to_string_lossy()).await?;
            println!("{}", out.display());
            Ok(())
        }
        Command::Verify => {
            let db = open(&config).await?;
            let verified = verify::verify(&db).await?;
            for (id, difference) in &verified.differences {
                println!("decision {id}: {difference}");
            }
            println!(
                "{} decisions computed again, {} differ",
                verified.decisions,
                verified.differences.len()
            );
            let chain = audit::verify::verify(&db).await?;
            println!(
                "{} audit records in {} batches, last {}",
                chain.entries, chain.batches, chain.head
            );
            let ledger = ledger::verify::verify(&db).await?;
            for broken in &ledger.broken {
                println!("ledger: {broken}");
            }
            println!(
                "{} journals, {} breaks",
                ledger.journals,
                ledger.broken.len()
            );
            println!("state {}", state::hash(&db).await?);
            if let Some(broken) = chain.broken {
                return Err(Failed::Audit(broken));
            }
            match verified.differences.len() + ledger.broken.len() {
                0 => Ok(()),
                differences => Err(Failed::Differences(differences)),
            }
        }
        Command::Admin { command } => administer(&config, command).await,
    }
}

async fn administer(config: &Config, command: Admin) -> Result<(), Failed> {
    let db = open(config).await?;
    let keys = config.keys()?;
    match command {
        Admin::SetUser {
            login,
            name,
            role,
            ward,
            factor,
        } => {
            let mut password = String::new();
            let read = std::io::stdin().read_line(&mut password);
            read.map_err(|error| Failed::File("standard input".into(), error))?;
            let password = password.trim_end_matches(['\r', '\n']);
            let account = Account {
                login: login.clone(),
                name,
                role,
                ward,
                has_factor: false,
                disabled: false,
            };
            accounts::set(&db, &account, Some(password)).await?;
            if factor {
                let secret = factor::new_secret()?;
                factor::set(&db, &keys, &login, &secret, 0).await?;
                println!("{}", factor::address(&login, &secret)?);
            }
        }
        Admin::Code { login, steps } => {
            let account = accounts::find(&db, &login)
                .await?
                .ok_or(ServiceError::NotFound("利用者"))?;
            let sealed = account.factor.ok_or(ServiceError::NotFound("二要素認証"))?;
            let secret = factor::secret(&keys, &login, &sealed)?;
            println!(
                "{}",
                factor::code(
                    &login,
                    &secret,
                    config.clock().now().plus_seconds(30 * steps)
                )?
            );
        }
    }
    db.close().await;
    Ok(())
}

async fn open(config: &Config) -> Result<Db, ServiceError> {
    let db = Db::open(&config.database).await?;
    db.migrate().await?;
    Ok(db)
}

async fn serve_pages(config: &Config, serve: &ServeConfig) -> Result<(), Failed> {
    let db = if serve.public_only {
        None
    } else {
        Some(open(config).await?)
    };
    let audit = match &db {
        Some(db) => Log::start(db.clone(), config.clock()),
        None => Log::nowhere(),
    };
    let press = press(config, &serve.press)?;
    let wake = Arc::new(Notify::new());
    if let Some(db) = &db {
        let lease = Duration::from_secs(60);
        start_workers(config, db, press.clone(), (serve.workers, lease), &wake);
    }
    let app = App {
        audit: audit.clone(),
        press: press.clone(),
        wake: wake.clone(),
        db: db.clone(),
        municipality: config.municipality.clone(),
        clock: config.clock(),
        layouts: config.layouts.clone(),
        jobs: Jobs::default(),
        keys: if serve.public_only {
            Keys::from_bytes(&[0; 32])?
        } else {
            config.keys()?
        },
    };
    let router = http::router(app, Some(&serve.dist))?;
    let listener = tokio::net::TcpListener::bind(&serve.listen)
        .await
        .map_err(Failed::Listen)?;
    let address = listener.local_addr().map_err(Failed::Listen)?;
    println!("http://{address}");
    http::serve(listener, router, stopped())
        .await
        .map_err(Failed::Listen)?;
    audit.flush().await;
    if let Some(db) = db {
        db.close().await;
    }
    Ok(())
}

fn press(config: &Config, press: &PressConfig) -> Result<Press, ServiceError> {
    let signature = match &press.sender {
        Some(file) => Signature::load(file)?,
        None => Signature::default(),
    };
    let templates = press.letters.as_deref();
    Ok(Press::signed(
        &press.fonts,
        templates,
        &config.municipality,
        signature,
    ))
}

/// Whoever has the machine plans like a supervisor of the whole city.
fn operator() -> User {
    User {
        login: "kokuho".into(),
        name: "kokuho".into(),
        role: Role::Supervisor,
        ward: String::new(),
        stage: Stage::Full,
    }
}

fn worker(config: &Config, db: &Db, press: Press, lease: Duration, wake: &Arc<Notify>) -> Worker {
    // The time of the start tells two processes with the same number apart.
    let name = format!("{}-{}", std::process::id(), config.clock().now().0);
    Worker {
        db: db.clone(),
        municipality: config.municipality.clone(),
        press,
        clock: config.clock(),
        name,
        lease,
        wake: wake.clone(),
    }
}

fn start_workers(
    config: &Config,
    db: &Db,
    press: Press,
    (count, lease): (usize, Duration),
    wake: &Arc<Notify>,
) {
    for place in 0..count {
        let mut worker = worker(config, db, press.clone(), lease, wake);
        worker.name = format!("{}-{place}", worker.name);
        tokio::spawn(worker.run());
    }
}

async fn work(config: &Config, wish: &WorkerConfig) -> Result<(), Failed> {
    let db = open(config).await?;
    let (press, wake) = (press(config, &wish.press)?, Arc::new(Notify::new()));
    let lease = Duration::from_secs(wish.lease);
    let audit = Log::start(db.clone(), config.clock());
    if wish.until_idle {
        let mut all = tokio::task::JoinSet::new();
        for place in 0..wish.workers.max(1) {
            let mut worker = worker(config, &db, press.clone(), lease, &wake);
            worker.name = format!("{}-{place}", worker.name);
            all.spawn(worker.run_until_idle());
        }
        while let Some(ended) = all.join_next().await {
            ended.map_err(|error| ServiceError::Internal(error.to_string()))??;
        }
    } else {
        start_workers(config, &db, press, (wish.workers, lease), &wake);
        stopped().await;
    }
    audit.flush().await;
    db.close().await;
    Ok(())
}

async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

async fn take_in(
    config: &Config,
    db: &Db,
    kind: FileKind,
    file: &Path,
) -> Result<ImportRun, Failed> {
    let bytes = std::fs::read(file).map_err(|error| Failed::File(file.to_owned(), error))?;
    let clock: Clock = config.clock();
    let delivery = Delivery {
        kind,
        file_name: file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        bytes,
        by: "kokuho import".into(),
        clock,
        layouts: config.layouts.clone(),
    };
    let tell = |progress: Progress| {
        if let Progress::Writing { done, total } = progress {
            eprintln!("{}: {done} / {total}", kind.name());
        }
    };
    Ok(import::import(db, &delivery, &tell).await?)
}

fn print_run(run: &ImportRun) {
    println!(
        "{}: {} 行、合計値 {}、追加 {}、変更 {}、変更なし {}",
        run.kind.name(),
        run.lines,
        run.control_total,
        run.added,
        run.changed,
        run.unchanged
    );
}

/// The logins of the demonstration; `cargo xtask run` prints them.
const DEMO_LOGINS: [(&str, &str, Role); 4] = [
    ("clerk", "賦課係長", Role::Supervisor),
    ("counter", "窓口担当", Role::CounterClerk),
    ("admin", "システム管理者", Role::SystemAdmin),
    ("auditor", "監査担当", Role::Auditor),
];
const DEMO_PASSWORD: &str = "kokuho-demo";

/// Accounts with second factors, so that the demonstration signs in like an office.
async fn demo_accounts(config: &Config, db: &Db) -> Result<(), Failed> {
    let keys = config.keys()?;
    for (login, name, role) in DEMO_LOGINS {
        let account = Account {
            login: login.into(),
            name: name.into(),
            role,
            ward: String::new(),
            has_factor: false,
            disabled: false,
        };
        accounts::set(db, &account, Some(DEMO_PASSWORD)).await?;
        factor::set(db, &keys, login, &factor::new_secret()?, 0).await?;
        println!("login {login} / {DEMO_PASSWORD} / kokuho admin code {login}");
    }
    Ok(())
}

async fn write_demo(
    config: &Config,
    settings: &DemoSettings,
    out: &Path,
    import: bool,
) -> Result<(), Failed> {
    std::fs::create_dir_all(out).map_err(|error| Failed::File(out.to_owned(), error))?;
    let files = demo::generate(settings);
    let texts = [
        (FileKind::Residents, "residents.csv", files.residents),
        (FileKind::Incomes, "incomes.csv", files.incomes),
        (FileKind::Eligibility, "eligibility.csv", files.eligibility),
    ];
    for (_, name, text) in &texts {
        let path = out.join(name);
        let bytes = charset::encode_cp932(text)
            .ok_or_else(|| ServiceError::Internal(format!("{name}: not in CP932")))?;
        std::fs::write(&path, &bytes).map_err(|error| Failed::File(path.clone(), error))?;
        println!("{}", path.display());
    }
    if !import {
        return Ok(());
    }
    let db = open(config).await?;
    for (kind, name, _) in &texts {
        print_run(&take_in(config, &db, *kind, &out.join(name)).await?);
    }
    demo_accounts(config, &db).await?;
    db.close().await;
    Ok(())
}
