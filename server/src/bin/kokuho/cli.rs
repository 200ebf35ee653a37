//! What the program is asked.

use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use kokuho_server::config::{Config, ServeConfig, WorkerConfig};
use kokuho_shared::access::Role;
use kokuho_shared::api::import::FileKind;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::ids::RunId;
use std::path::PathBuf;

#[derive(Parser)]
#[command(
    name = "kokuho",
    about = "国民健康保険: National Health Insurance of a city",
    version
)]
pub struct Cli {
    #[command(flatten)]
    pub config: Config,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the pages and the API.
    Serve(Box<ServeConfig>),
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
        #[arg(long, default_value_t = FiscalYear(2026))]
        fiscal_year: FiscalYear,
        /// Also take the files in and add the demonstration logins. The database must be empty or
        /// a demonstration's.
        #[arg(long)]
        import: bool,
        /// Only add the logins, and take nothing in.
        #[arg(long)]
        accounts: bool,
        /// Write what the offices knew on a day instead, and nothing more.
        #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["import", "accounts"])]
        as_of: Option<NaiveDate>,
    },
    /// Work on jobs, beside servers or on another machine with the same database.
    Worker(WorkerConfig),
    /// Plan the yearly run; workers do it.
    Yearly {
        #[arg(long)]
        fiscal_year: FiscalYear,
        /// 仮算定 instead: ask for a share of last year's premium.
        #[arg(long)]
        provisional: bool,
        /// 月次賦課 instead: only households that changed since they were decided, or are new.
        #[arg(long, conflicts_with = "provisional")]
        monthly: bool,
    },
    /// Plan the check of a finished yearly run.
    Check {
        /// The number of the run.
        run: RunId,
    },
    /// Release a checked run as a supervisor other than who started it, whose password and code are
    /// the first two lines of the input.
    Release {
        /// The number of the run.
        run: RunId,
        /// Login of the supervisor.
        #[arg(long)]
        by: String,
        /// What was looked at.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Plan the letters of a released yearly run.
    Letters {
        /// The number of the run.
        run: RunId,
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
pub enum Admin {
    /// Make the first account of an installation, an administrator's; the password is the first line of the
    /// input. Later ones, and changes, are requests that another administrator approves on the screen.
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
        /// Login of the administrator who asks, whose password and code are the first two lines of the input;
        /// only while there is one administrator the machine's user may ask instead.
        #[arg(long, conflicts_with = "factor")]
        by: Option<String>,
    },
    /// The code that an account's second factor shows now; only in a demonstration.
    Code {
        login: String,
        /// The code of another step of thirty seconds, for example -1 for the one before.
        #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
        steps: i64,
    },
}

pub fn role(text: &str) -> Result<Role, String> {
    Role::of_key(text).ok_or_else(|| Role::ALL.map(Role::key).join(", "))
}

pub fn kind(text: &str) -> Result<FileKind, String> {
    let found = FileKind::ALL.into_iter().find(|kind| kind.key() == text);
    found.ok_or_else(|| "residents, incomes or eligibility".to_owned())
}
