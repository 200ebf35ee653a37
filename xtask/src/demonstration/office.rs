//! The office on a day of the past, used as its clerks use it: over its routes.

use super::{FOLDER, PASSWORD, kokuho};
use crate::process::{output, root};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::Response;

/// How long anything of the demonstration may take, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(100);

/// A server on a business date.
pub struct Office {
    server: Child,
    address: String,
    agent: Agent,
}

/// Somebody who is signed in; the session outlives the server.
pub struct Clerk {
    cookie: String,
}

impl Office {
    pub fn open(today: &str) -> Result<Office> {
        let log = root().join(FOLDER).join("past.log");
        let log = File::options().create(true).append(true).open(log)?;
        let mut server = kokuho(today)
            .args(["serve", "--listen", "127.0.0.1:0", "--dist", "dist"])
            .args(["--exchange", &format!("{FOLDER}/exchange")])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the server cannot be started")?;
        let mut first = String::new();
        let told = server.stdout.take().context("no output")?;
        BufReader::new(told).read_line(&mut first)?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let office = Office {
            server,
            address: first.trim().to_owned(),
            agent: config.build().into(),
        };
        if office.address.is_empty() {
            bail!("the server of {today} ended: see {FOLDER}/past.log");
        }
        Ok(office)
    }

    /// Ends the day: what was done is on the disk then.
    pub fn close(mut self) -> Result<()> {
        let mut asked = Command::new("kill");
        let asked = asked.args(["-TERM", &self.server.id().to_string()]);
        asked.status().context("kill")?;
        self.server.wait()?;
        Ok(())
    }

    /// Signs in with the code of the step before, so that the present one is left for whoever comes next.
    pub fn sign_in(&self, today: &str, login: &str) -> Result<Clerk> {
        let mut code = kokuho(today);
        code.args(["admin", "code", login, "--steps", "-1"]);
        let code = output(&mut code).with_context(|| format!("the code of {login}"))?;
        let keys = json!({"login": login, "password": PASSWORD, "code": code});
        let stranger = Clerk {
            cookie: String::new(),
        };
        let answer = self.ask("POST", &stranger, "/api/session", Some(keys))?;
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        checked("/api/session", answer)?;
        Ok(Clerk { cookie })
    }

    pub fn get(&self, clerk: &Clerk, path: &str) -> Result<Value> {
        checked(path, self.ask("GET", clerk, path, None)?)
    }

    pub fn post(&self, clerk: &Clerk, path: &str, wish: Value) -> Result<Value> {
        checked(path, self.ask("POST", clerk, path, Some(wish))?)
    }

    fn ask(
        &self,
        method: &str,
        clerk: &Clerk,
        path: &str,
        wish: Option<Value>,
    ) -> Result<Response<ureq::Body>> {
        let asked = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("x-kokuho", "1")
            .header("origin", &self.address)
            .header("cookie", &clerk.cookie);
        let answer = match wish {
            Some(wish) => {
                let asked = asked.header("content-type", "application/json");
                self.agent.run(asked.body(serde_json::to_vec(&wish)?)?)
            }
            None => self.agent.run(asked.body(())?),
        };
        answer.with_context(|| path.to_owned())
    }

    /// Looks until something is so.
    pub fn wait(
        &self,
        clerk: &Clerk,
        path: &str,
        is_so: impl Fn(&Value) -> Result<bool>,
    ) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let seen = self.get(clerk, path)?;
            if is_so(&seen)? {
                return Ok(seen);
            }
            if begun.elapsed() > PATIENCE {
                bail!("{path}: still waiting, {seen}");
            }
            sleep(LOOK);
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // After an error half-way; a day that was closed has ended.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The answer of a request that was not refused.
fn checked(path: &str, mut answer: Response<ureq::Body>) -> Result<Value> {
    let status = answer.status();
    let text = answer.body_mut().read_to_string()?;
    if !status.is_success() {
        bail!("{path}: {status} {text}");
    }
    match text.as_str() {
        "" => Ok(Value::Null),
        text => serde_json::from_str(text).with_context(|| path.to_owned()),
    }
}
