//! Files that come in, of a city or of the demonstration.

use super::{Failed, open};
use chrono::NaiveDate;
use kokuho_server::access::{accounts, demonstration, factor};
use kokuho_server::clock::Clock;
use kokuho_server::config::Config;
use kokuho_server::demo::{self, DemoFiles, DemoSettings};
use kokuho_server::error::ServiceError;
use kokuho_server::exchange::characters::{self, Reads};
use kokuho_server::linkage::import::{self, Delivery};
use kokuho_server::rooms;
use kokuho_server::store::Db;
use kokuho_server::transfer::spool::Spool;
use kokuho_shared::access::Role;
use kokuho_shared::api::access::Account;
use kokuho_shared::api::import::{FileKind, ImportRun, Progress};
use std::path::Path;
use std::sync::Arc;

pub async fn take_in(
    config: &Config,
    db: &Db,
    kind: FileKind,
    file: &Path,
) -> Result<ImportRun, Failed> {
    let spool = Spool::of_file(file).map_err(|why| match why {
        ServiceError::Internal(why) => ServiceError::invalid(format!("{}: {why}", file.display())),
        other => other,
    })?;
    let clock: Clock = config.clock();
    let delivery = Delivery {
        kind,
        file_name: file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        file: Arc::new(spool),
        by: "kokuho import".into(),
        clock,
        layouts: config.layouts.clone(),
        municipality: config.municipality.clone(),
    };
    let tell = |progress: Progress| {
        if let Progress::Writing { done, total } = progress {
            eprintln!("{}: {done} / {total}", kind.name());
        }
    };
    Ok(import::import(&db.patient(), &delivery, &tell).await?)
}

pub fn print_run(run: &ImportRun) {
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
pub const DEMO_LOGINS: [(&str, &str, Role); 6] = [
    ("clerk", "賦課係長", Role::Supervisor),
    ("second", "保険年金係長", Role::Supervisor),
    ("counter", "窓口担当", Role::CounterClerk),
    ("admin", "システム管理者", Role::SystemAdmin),
    ("admin2", "システム管理者（二人目）", Role::SystemAdmin),
    ("auditor", "監査担当", Role::Auditor),
];
pub const DEMO_PASSWORD: &str = "kokuho-demo";

/// Accounts with second factors, so that the demonstration signs in like an office.
pub async fn demo_accounts(config: &Config) -> Result<(), Failed> {
    let (db, keys) = (open(config).await?, config.keys()?);
    for (login, name, role) in DEMO_LOGINS {
        let account = Account {
            login: login.into(),
            name: name.into(),
            role,
            ward: String::new(),
            has_factor: false,
            disabled: false,
        };
        accounts::make(&db, &account, DEMO_PASSWORD).await?;
        factor::make(&db, &keys, login, &factor::new_secret()?).await?;
        println!("login {login} / {DEMO_PASSWORD} / kokuho admin code {login}");
    }
    db.close().await;
    Ok(())
}

/// The database of a demonstration, which says so: an empty one, or one that is a demonstration's.
pub async fn begin(config: &Config) -> Result<Db, Failed> {
    let db = super::migrated(rooms::with_listeners(Db::create(&config.database).await?)).await?;
    demonstration::begin(&db).await?;
    Ok(db)
}

/// The files, in the order in which they come in.
fn written(files: DemoFiles) -> [(FileKind, &'static str, String); 3] {
    [
        (FileKind::Residents, "residents.csv", files.residents),
        (FileKind::Incomes, "incomes.csv", files.incomes),
        (FileKind::Eligibility, "eligibility.csv", files.eligibility),
    ]
}

/// Writes the files and says where.
fn write(texts: &[(FileKind, &'static str, String)], out: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(out).map_err(|error| Failed::File(out.to_owned(), error))?;
    for (_, name, text) in texts {
        let path = out.join(name);
        let reads = Reads {
            cp932: true,
            ..Reads::default()
        };
        let bytes = characters::encode(text, reads)
            .ok_or_else(|| ServiceError::Internal(format!("{name}: not in CP932")))?;
        std::fs::write(&path, &bytes).map_err(|error| Failed::File(path.clone(), error))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// What the offices of the demonstration knew on a day.
pub fn write_as_of(settings: &DemoSettings, out: &Path, day: NaiveDate) -> Result<(), Failed> {
    write(&written(demo::generate_as_of(settings, day)), out)
}

pub async fn write_demo(
    config: &Config,
    settings: &DemoSettings,
    out: &Path,
    import: bool,
) -> Result<(), Failed> {
    let texts = written(demo::generate(settings));
    write(&texts, out)?;
    if !import {
        return Ok(());
    }
    let db = open(config).await?;
    for (kind, name, _) in &texts {
        print_run(&take_in(config, &db, *kind, &out.join(name)).await?);
    }
    db.close().await;
    Ok(())
}
