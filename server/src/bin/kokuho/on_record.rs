//! What a command is about to do is on record before it does it, with the machine's user.

use super::cli::{Admin, Command};
use kokuho_server::audit::{AuditAction, Entry};
use kokuho_server::clock::Clock;
use kokuho_server::error::ServiceError;
use kokuho_server::store::{Db, Lock};

/// Login of records of the machine.
pub const MACHINE: &str = "kokuho";

/// The user of the operating system, and who stands behind `sudo`.
pub fn machine_user() -> String {
    let user = whoami::username().unwrap_or_else(|_| "unknown".into());
    match std::env::var("SUDO_USER") {
        Ok(behind) if !behind.is_empty() && behind != user => format!("{user} (sudo {behind})"),
        _ => user,
    }
}

/// Writes the record of a command. Without it nothing is done.
pub async fn note(db: &Db, detail: &str, clock: Clock) -> Result<(), ServiceError> {
    let mut tx = db.write(Lock::Nothing).await?;
    let entry = Entry::by(MACHINE, "", AuditAction::Command, clock.now());
    entry
        .detail(detail)
        .at_the_machine(&machine_user())
        .write(&mut tx)
        .await?;
    tx.commit().await
}

/// What the log is told of a command: nothing secret, and nobody's name. None = it changes nothing
/// and takes nothing out.
pub fn audit_detail(command: &Command) -> Option<String> {
    let told = match command {
        Command::Serve(serve) => {
            let single = serve.single_administrator && !serve.public_only;
            return single.then(|| "serve --single-administrator".into());
        }
        Command::Worker(_) | Command::Verify => return None,
        Command::Migrate => "migrate".into(),
        Command::Demo {
            import, accounts, ..
        } => {
            return match (import, accounts) {
                (true, _) => Some("demo --import".into()),
                (false, true) => Some("demo --accounts".into()),
                // Only files are written.
                (false, false) => None,
            };
        }
        Command::Yearly { fiscal_year, .. } => format!("yearly --fiscal-year {fiscal_year}"),
        Command::Check { run } => format!("check {run}"),
        Command::Release { run, by, .. } => format!("release {run} --by {by}"),
        Command::Letters { run } => format!("letters {run}"),
        Command::Import { kind, .. } => format!("import {}", kind.key()),
        Command::Backup { .. } => "backup".into(),
        Command::Admin { command } => match command {
            Admin::SetUser {
                login, role, by, ..
            } => {
                let by = by.as_ref().map(|by| format!(" --by {by}"));
                let by = by.unwrap_or_default();
                format!("admin set-user {login} --role {}{by}", role.key())
            }
            Admin::Code { login, .. } => format!("admin code {login}"),
        },
    };
    Some(told)
}
