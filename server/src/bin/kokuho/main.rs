//! `kokuho`: one binary for the server and the office's chores.

mod admin;
mod cli;
mod demo;
mod on_record;
mod serve;

use clap::Parser;
use cli::{Cli, Command};
use kokuho_server::assessment::run::{mailing, release, review, yearly};
use kokuho_server::assessment::verify;
use kokuho_server::audit;
use kokuho_server::city::City;
use kokuho_server::config::Config;
use kokuho_server::demo::DemoSettings;
use kokuho_server::error::ServiceError;
use kokuho_server::figures;
use kokuho_server::http;
use kokuho_server::rooms;
use kokuho_server::store::{Connections, Db};
use kokuho_server::typesetting::Typesetting;
use kokuho_shared::access::Action;
use kokuho_shared::api::review::ReleaseRun;
use kokuho_shared::api::run::RunKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Why the program ends without success.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{}", error_text(.0))]
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

fn error_text(error: &ServiceError) -> String {
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

/// For work on other threads that has not heard of the end yet.
const LAST_THREADS: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    std::panic::set_hook(Box::new(panicked));
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kokuho: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(run(cli));
    runtime.shutdown_timeout(LAST_THREADS);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("kokuho: {failed}");
            ExitCode::FAILURE
        }
    }
}

/// The words of a panic may hold values of people: only its place is logged.
fn panicked(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    tracing::error!(place = place.unwrap_or_default(), "panic");
}

async fn run(cli: Cli) -> Result<(), Failed> {
    let config = cli.config;
    if figures::name_of(&config.municipality).is_none() {
        let message = format!("市町村 {} の料率は登録されていません", config.municipality);
        return Err(ServiceError::invalid_at("municipality", message).into());
    }
    if let Some(told) = on_record::audit_detail(&cli.command) {
        let db = match cli.command {
            Command::Demo { .. } => demo::begin(&config).await?,
            Command::Migrate => {
                migrated(rooms::with_listeners(Db::create(&config.database).await?)).await?
            }
            _ => open(&config).await?,
        };
        on_record::note(&db, &told, config.clock()).await?;
        db.close().await;
    }
    match cli.command {
        Command::Serve(serve) => serve::serve_pages(&config, &serve).await,
        // Done before its record, which needs the tables.
        Command::Migrate => Ok(()),
        Command::Demo {
            out,
            households,
            seed,
            fiscal_year,
            import,
            accounts,
            as_of,
        } => {
            let settings = DemoSettings {
                seed,
                households,
                fiscal_year,
                municipality_code: config.municipality.clone(),
            };
            match as_of {
                Some(day) => demo::write_as_of(&settings, &out, day)?,
                None => demo::write_demo(&config, &settings, &out, import).await?,
            }
            if import || accounts {
                demo::demo_accounts(&config).await?;
            }
            Ok(())
        }
        Command::Worker(worker) => serve::work(&config, &worker).await,
        Command::Yearly {
            fiscal_year,
            provisional,
            monthly,
        } => {
            let kind = match (provisional, monthly) {
                (true, _) => RunKind::Provisional,
                (_, true) => RunKind::Monthly,
                _ => RunKind::Yearly,
            };
            let city = city(&config).await?;
            let job = yearly::plan(&city, kind, fiscal_year, &serve::operator()).await?;
            println!("{}", job.id);
            Ok(())
        }
        Command::Check { run } => {
            let city = city(&config).await?;
            let job = review::plan(&city, run, &serve::operator()).await?;
            println!("{}", job.id);
            Ok(())
        }
        Command::Release { run, by, note } => {
            let db = open(&config).await?;
            let user = admin::proved(&config, &db, &by, Action::ReleaseRun).await?;
            let wish = ReleaseRun { note };
            let released = release::release(&db, run, &wish, &user).await?;
            println!("{}", released.released_at);
            Ok(())
        }
        Command::Letters { run } => {
            let city = city(&config).await?;
            let job = mailing::plan(&city, run, &serve::operator()).await?;
            println!("{}", job.id);
            Ok(())
        }
        Command::Import { kind, file } => {
            let db = open(&config).await?;
            let run = demo::take_in(&config, &db, kind, &file).await?;
            demo::print_run(&run);
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
            let ledger = rooms::verify(&db).await?;
            for broken in &ledger.broken {
                println!("ledger: {broken}");
            }
            println!(
                "{} journals, {} breaks",
                ledger.journals,
                ledger.broken.len()
            );
            println!("state {}", rooms::state(&db).await?);
            if let Some(broken) = chain.broken {
                return Err(Failed::Audit(broken));
            }
            match verified.differences.len() + ledger.broken.len() {
                0 => Ok(()),
                differences => Err(Failed::Differences(differences)),
            }
        }
        Command::Admin { command } => admin::administer(&config, command).await,
    }
}

/// The city for a plan; it prints nothing here.
async fn city(config: &Config) -> Result<City, ServiceError> {
    Ok(City {
        db: open(config).await?,
        code: config.municipality.clone(),
        press: Typesetting::unready(),
        clock: config.clock(),
    })
}

/// A database that is there and of this version. None is made and none is changed by looking: that is
/// what `migrate` is for.
async fn open(config: &Config) -> Result<Db, ServiceError> {
    let connections = Connections(config.database_connections);
    let db = rooms::with_listeners(Db::open_with(&config.database, connections).await?);
    if db.is_current().await {
        return Ok(db);
    }
    let text = "データベースの構造がこの版のものではありません。保存してから kokuho migrate を実行してください";
    Err(ServiceError::invalid_at("database", text))
}

async fn migrated(db: Db) -> Result<Db, ServiceError> {
    if !db.is_current().await {
        db.migrate().await?;
    }
    Ok(db)
}
