//! Pages, API and workers, until the program is told to stop.

use super::{Failed, open};
use kokuho_server::access::demonstration;
use kokuho_server::access::keys::Keys;
use kokuho_server::access::user::{Stage, User};
use kokuho_server::audit::Log;
use kokuho_server::background;
use kokuho_server::city::City;
use kokuho_server::config::{Config, PressConfig, ServeConfig, WorkerConfig};
use kokuho_server::error::ServiceError;
use kokuho_server::figures;
use kokuho_server::http::{self, App, Entrance, Hosts, Limits, Proxies};
use kokuho_server::jobs::worker::Worker;
use kokuho_server::linkage::running_imports::RunningImports;
use kokuho_server::rooms;
use kokuho_server::store::Db;
use kokuho_server::supervise::Tasks;
use kokuho_server::transfer::http_transfer::HttpTransfer;
use kokuho_server::transfer::rounds::FileTransfer;
use kokuho_server::typesetting::{Signature, Typesetting};
use kokuho_shared::access::Role;
use kokuho_shared::api::session::Environment;
use kokuho_shared::assessment::relief::rules::ReliefRules;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// For writing down what was read, once nobody is served any more, and then for the database: with the
/// time of the last requests less than ten seconds.
const LAST_STATEMENTS: Duration = Duration::from_secs(1);

pub async fn serve_pages(config: &Config, serve: &ServeConfig) -> Result<(), Failed> {
    let db = if serve.public_only {
        None
    } else {
        Some(open(config).await?)
    };
    let tasks = Tasks::default();
    let audit = match &db {
        Some(db) => log(config, db, &tasks).await?,
        None => Log::nowhere(),
    };
    let press = press(config, &serve.press)?;
    let wake = Arc::new(Notify::new());
    if let Some(db) = &db {
        let workforce = Workforce {
            count: serve.workers,
            lease: Duration::from_secs(60),
        };
        start_workers(config, db, press.clone(), workforce, &wake, &tasks);
    }
    if let (Some(db), Some(folder)) = (&db, &serve.exchange.exchange) {
        let courier = FileTransfer {
            db: db.patient(),
            folder: folder.clone(),
            layouts: config.layouts.clone(),
            keys: config.keys()?,
            clock: config.clock(),
            municipality: config.municipality.clone(),
            ports: rooms::ports(),
        };
        tasks.keep("courier", move || background::done(courier.clone().run()));
        let over = (&serve.exchange.exchange_url, &serve.exchange.exchange_token);
        if let (Some(url), Some(file)) = over {
            let token = std::fs::read_to_string(file);
            let token =
                token.map_err(|why| ServiceError::invalid(format!("{}: {why}", file.display())))?;
            let carrier = HttpTransfer::new(folder, url, &token)?;
            tasks.keep("carrier", move || background::done(carrier.clone().run()));
        }
    }
    let environment = match &db {
        Some(db) if demonstration::is(db).await? => Environment::Demonstration,
        _ => serve.environment,
    };
    let app = App {
        single_administrator: serve.single_administrator,
        environment,
        audit: audit.clone(),
        press: press.clone(),
        #[cfg(feature = "oidc")]
        provider: serve.oidc.provider(&serve.public_url)?,
        #[cfg(not(feature = "oidc"))]
        provider: None,
        wake: wake.clone(),
        db: db.clone(),
        municipality: config.municipality.clone(),
        clock: config.clock(),
        layouts: config.layouts.clone(),
        reliefs: Arc::new(reliefs(config)?),
        whatifs: Default::default(),
        jobs: RunningImports::default(),
        keys: if serve.public_only {
            Keys::from_bytes(&[0; 32])?
        } else {
            config.keys()?
        },
    };
    let entrance = Entrance {
        tasks,
        ..entrance(serve)
    };
    let router = http::router_at(&entrance, app, Some(&serve.dist))?;
    let listener = tokio::net::TcpListener::bind(&serve.listen)
        .await
        .map_err(Failed::Listen)?;
    let address = listener.local_addr().map_err(Failed::Listen)?;
    println!("http://{address}");
    http::serve_within(limits(serve), listener, router, stopped())
        .await
        .map_err(Failed::Listen)?;
    audit.stop().await;
    if let Some(db) = db {
        in_time("database", LAST_STATEMENTS, db.close()).await;
    }
    Ok(())
}

/// Stopping the program does not wait for what may never end.
async fn in_time(what: &str, time: Duration, work: impl Future<Output = ()>) {
    if tokio::time::timeout(time, work).await.is_err() {
        tracing::error!(what, "not finished before the end");
    }
}

fn limits(serve: &ServeConfig) -> Limits {
    let limits = Limits {
        connections: serve.connections,
        per_address: serve.connections_per_address,
        proxies: Proxies::new(&serve.trusted_proxies),
        ..Limits::default()
    };
    limits.within_the_system()
}

fn entrance(serve: &ServeConfig) -> Entrance {
    let own = [serve.listen.as_str(), http::host_of(&serve.public_url)];
    let names = serve.hosts.iter().map(String::as_str);
    Entrance {
        proxies: Proxies::new(&serve.trusted_proxies),
        hosts: Hosts::new(names.chain(own)),
        https: serve.public_url.starts_with("https://"),
        ..Entrance::default()
    }
}

pub fn press(config: &Config, press: &PressConfig) -> Result<Typesetting, ServiceError> {
    let signature = match &press.sender {
        Some(file) => Signature::load(file)?,
        None => Signature::default(),
    };
    let templates = press.letters.as_deref();
    Ok(Typesetting::signed(
        &press.fonts,
        templates,
        &config.municipality,
        signature,
    ))
}

/// The rules that ship, and those of the city's own file.
fn reliefs(config: &Config) -> Result<ReliefRules, Failed> {
    let mut rules = figures::relief_rules().map_err(ServiceError::from)?;
    let Some(file) = &config.reliefs else {
        return Ok(rules);
    };
    let text = std::fs::read_to_string(file).map_err(|error| Failed::File(file.clone(), error))?;
    let wrong = |why: String| ServiceError::invalid(format!("{}: {why}", file.display()));
    let own: ReliefRules = toml::from_str(&text).map_err(|why| wrong(why.to_string()))?;
    rules.rule.extend(own.rule);
    rules.check().map_err(|why| wrong(why.to_string()))?;
    Ok(rules)
}

/// A command on the machine plans like a supervisor of the whole city.
pub fn operator() -> User {
    User {
        login: super::on_record::MACHINE.into(),
        name: "kokuho".into(),
        role: Role::Supervisor,
        ward: String::new(),
        stage: Stage::Full,
        machine_user: Some(super::on_record::machine_user()),
    }
}

pub fn worker(
    config: &Config,
    db: &Db,
    press: Typesetting,
    lease: Duration,
    wake: &Arc<Notify>,
) -> Worker {
    // The time of the start tells two processes with the same number apart.
    let name = format!("{}-{}", std::process::id(), config.clock().now().0);
    Worker {
        city: City {
            db: db.patient(),
            code: config.municipality.clone(),
            press,
            clock: config.clock(),
        },
        works: rooms::works(),
        name,
        lease,
        wake: wake.clone(),
    }
}

/// How many workers there are, and for how long a piece is theirs.
pub struct Workforce {
    pub count: usize,
    pub lease: Duration,
}

pub fn start_workers(
    config: &Config,
    db: &Db,
    press: Typesetting,
    Workforce { count, lease }: Workforce,
    wake: &Arc<Notify>,
    tasks: &Tasks,
) {
    for place in 0..count {
        let mut worker = worker(config, db, press.clone(), lease, wake);
        worker.name = format!("{}-{place}", worker.name);
        tasks.keep(format!("worker-{place}"), move || {
            background::done(worker.clone().run())
        });
    }
}

/// Where looks are told, with the folder beside the database.
async fn log(config: &Config, db: &Db, tasks: &Tasks) -> Result<Log, ServiceError> {
    let beside = Some(config.spill_folder());
    Log::start(db.clone(), config.clock(), beside, tasks).await
}

pub async fn work(config: &Config, wish: &WorkerConfig) -> Result<(), Failed> {
    let db = open(config).await?;
    let (press, wake) = (press(config, &wish.press)?, Arc::new(Notify::new()));
    let lease = Duration::from_secs(wish.lease);
    let tasks = Tasks::default();
    let audit = log(config, &db, &tasks).await?;
    if wish.until_idle {
        let mut all = tokio::task::JoinSet::new();
        for place in 0..wish.workers.max(1) {
            let mut worker = worker(config, &db, press.clone(), lease, &wake);
            worker.name = format!("{}-{place}", worker.name);
            all.spawn(background::done(worker.run_until_idle()));
        }
        while let Some(ended) = all.join_next().await {
            ended.map_err(|error| ServiceError::Internal(error.to_string()))??;
        }
    } else {
        let workforce = Workforce {
            count: wish.workers,
            lease,
        };
        start_workers(config, &db, press, workforce, &wake, &tasks);
        stopped().await;
    }
    audit.stop().await;
    in_time("database", LAST_STATEMENTS, db.close()).await;
    Ok(())
}

pub async fn stopped() {
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
