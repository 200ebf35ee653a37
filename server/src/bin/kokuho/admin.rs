//! Accounts, managed by whoever has the machine.

use super::cli::Admin;
use super::{Failed, open};
use kokuho_server::access::user::{Stage, User};
use kokuho_server::access::{accounts, factor};
use kokuho_server::config::Config;
use kokuho_server::error::ServiceError;
use kokuho_server::store::Db;
use kokuho_shared::access::Action;
use kokuho_shared::api::access::Account;

/// An account that may release what another one started.
pub async fn supervisor(db: &Db, login: &str) -> Result<User, ServiceError> {
    let stored = accounts::find(db, login).await?;
    let stored = stored.filter(|stored| stored.disabled_at.is_none());
    let user = stored
        .ok_or(ServiceError::NotFound("利用者"))?
        .user(Stage::Full)?;
    user.check(Action::ReleaseRun)?;
    user.check_whole_city()?;
    Ok(user)
}

pub async fn administer(config: &Config, command: Admin) -> Result<(), Failed> {
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
