//! Accounts, managed by whoever has the machine.

use super::cli::Admin;
use super::on_record::machine_user;
use super::{Failed, open, serve};
use kokuho_server::access::attempts::SignInOrigin;
use kokuho_server::access::requests::{self, Desk, Requester};
use kokuho_server::access::sign_in::{self, Credential, SignInContext};
use kokuho_server::access::user::{Stage, User};
use kokuho_server::access::{accounts, demonstration, factor, passwords};
use kokuho_server::config::Config;
use kokuho_server::error::ServiceError;
use kokuho_server::figures;
use kokuho_server::store::{Db, Lock};
use kokuho_shared::access::{Action, Role};
use kokuho_shared::api::Problem;
use kokuho_shared::api::access::{Account, AccountWish, RequestKind};
use std::io::IsTerminal;

/// One line of the input; at a terminal it is asked for and not shown.
fn secret(question: &str) -> Result<String, Failed> {
    let failed = |error| Failed::File("standard input".into(), error);
    let input = std::io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password(question).map_err(failed);
    }
    let mut line = String::new();
    input.read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Somebody who may do this in the whole city and says so with the own password and code, under the same
/// limits as on the screen.
pub async fn proved(config: &Config, db: &Db, login: &str, action: Action) -> Result<User, Failed> {
    let (password, code) = (secret("パスワード: ")?, secret("確認コード: ")?);
    let (keys, now) = (config.keys()?, config.clock().now());
    let place = SignInOrigin {
        address: "machine".into(),
        device: None,
    };
    let door = SignInContext {
        db,
        keys: &keys,
        origin: &place,
        now,
    };
    let told = Credential {
        login,
        password: &password,
        code: &code,
    };
    let proved = sign_in::prove(&door, &told).await?;
    let mut user = proved.user()?;
    if user.stage != Stage::Full {
        return Err(ServiceError::FactorMissing.into());
    }
    user.check(action)?;
    user.check_whole_city()?;
    let mut tx = db.write(Lock::Nothing).await?;
    proved.note(&mut tx, now).await?;
    tx.commit().await?;
    user.machine_user = Some(machine_user());
    Ok(user)
}

pub async fn administer(config: &Config, command: Admin) -> Result<(), Failed> {
    let db = open(config).await?;
    match command {
        Admin::SetUser {
            login,
            name,
            role,
            ward,
            factor,
            by,
        } => {
            let account = Account {
                login,
                name,
                role,
                ward,
                has_factor: false,
                disabled: false,
            };
            match by {
                Some(by) => request(config, &db, account, Some(&by)).await?,
                None => set_user(config, &db, account, factor).await?,
            }
        }
        Admin::Code { login, steps } => {
            demonstration::refuse_elsewhere(&db).await?;
            let account = accounts::find(&db, &login)
                .await?
                .ok_or(ServiceError::NotFound("利用者"))?;
            let sealed = account.factor.ok_or(ServiceError::NotFound("二要素認証"))?;
            let secret = factor::secret(&config.keys()?, &login, &sealed)?;
            let moment = config.clock().now().plus_seconds(30 * steps);
            println!("{}", factor::code(&login, &secret, moment)?);
        }
    }
    db.close().await;
    Ok(())
}

/// Makes the first account of an installation, or any of a demonstration; files a request for every
/// later one.
async fn set_user(
    config: &Config,
    db: &Db,
    account: Account,
    with_factor: bool,
) -> Result<(), Failed> {
    let first = accounts::is_empty(db).await?;
    if !first && !demonstration::is(db).await? {
        // One person would ask here and approve on the screen.
        if accounts::administrators(db).await? > 1 {
            let text = "管理者が2人以上いるときは --by で申請する管理者を指定してください";
            return Err(ServiceError::Conflict(Problem::new(text)).into());
        }
        return request(config, db, account, None).await;
    }
    if first && account.role != Role::SystemAdmin {
        let text = "最初の利用者はシステム管理者（--role system_admin）にしてください";
        return Err(ServiceError::invalid_at("role", text).into());
    }
    let (password, login) = (secret("パスワード: ")?, account.login.clone());
    let known: Vec<&str> = figures::name_of(&config.municipality).into_iter().collect();
    passwords::check(&password, &login, &known)?;
    accounts::make(db, &account, &password).await?;
    if with_factor {
        let secret = factor::new_secret()?;
        factor::make(db, &config.keys()?, &login, &secret).await?;
        println!("{}", factor::address(&login, &secret)?);
    }
    Ok(())
}

/// Files a request in the name of an administrator who proves it, or of the machine's user.
async fn request(
    config: &Config,
    db: &Db,
    account: Account,
    by: Option<&str>,
) -> Result<(), Failed> {
    let known = accounts::find(db, &account.login).await?.is_some();
    let wish = AccountWish {
        kind: match known {
            true => RequestKind::Change,
            false => RequestKind::Create,
        },
        login: account.login,
        name: account.name,
        role: Some(account.role),
        ward: account.ward,
    };
    let desk = Desk {
        db,
        keys: &config.keys()?,
        clock: config.clock(),
        single_administrator: false,
    };
    let (name, user) = match by {
        Some(login) => {
            let user = proved(config, db, login, Action::ManageAccounts).await?;
            (user.login.clone(), user)
        }
        None => (format!("machine:{}", machine_user()), serve::operator()),
    };
    let by = Requester { name, user: &user };
    let filed = requests::file(&desk, &by, &wish).await?;
    println!(
        "request {}: waits for an administrator's approval",
        filed.id
    );
    if let Some(token) = filed.token {
        println!("/enrol#{token}");
    }
    Ok(())
}
