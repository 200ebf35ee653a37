//! `cargo xtask run`: from a clone to the demonstration city in the browser.

use crate::demonstration::{self, Beside, FOLDER, LOGINS, PASSWORD, kokuho, partners};
use crate::process::{cargo, command, root, step};
use crate::{pages, tools};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[derive(Args)]
pub struct Options {
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Households of the demonstration city, when it is created.
    #[arg(long, default_value_t = 1000)]
    households: u32,
    /// The office's business date.
    #[arg(long, default_value = "2026-06-10")]
    today: String,
}

pub fn run(options: &Options) -> Result<()> {
    pages::build()?;
    step(
        "build the server and the offices that it asks",
        cargo().args([
            "build",
            "--quiet",
            "--package",
            "kokuho-server",
            "--bin",
            "kokuho",
            "--package",
            "kokuho-partners",
            "--bin",
            "kokuho-partners",
        ]),
    )?;
    demonstration::create(&options.today, options.households)?;
    // A city of an earlier version gets the structure of this one.
    step(
        "look at the database's structure",
        kokuho(&options.today).arg("migrate"),
    )?;
    serve(options)
}

fn serve(options: &Options) -> Result<()> {
    let mut server = kokuho(&options.today);
    server
        .args(["serve", "--listen", &options.listen, "--dist", "dist"])
        .args(["--environment", "demonstration"])
        .args(["--exchange", &format!("{FOLDER}/exchange")])
        .stdout(Stdio::piped());
    let mut child = server.spawn().context("the server cannot be started")?;
    let mut first = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut first)?;
    }
    let address = first.trim();
    if address.is_empty() {
        bail!("the server ended: {}", child.wait()?);
    }
    // A program of its own: the office knows of it only what lies in the folder.
    let answering = partners().stdout(Stdio::null()).spawn();
    let _partners = Beside(answering.context("the other offices cannot be started")?);
    println!("{}", greeting(address));
    let status = child.wait()?;
    if status.success() {
        Ok(())
    } else {
        bail!("the server ended: {status}")
    }
}

/// What whoever started the demonstration has to know.
fn greeting(address: &str) -> String {
    let logins = LOGINS.map(|(login, who)| format!("                  {login:<8} {who}\n"));
    format!(
        "\n  職員の画面      {address}/\n  市民の試算      {address}/estimate/\n  API             {address}/api/openapi.json\n\n  \
         サインイン\n{}  パスワード      {PASSWORD}\n  確認コード      別の端末で cargo xtask code clerk（または second など）\n  \
         取込用ファイル  {FOLDER}/residents.csv  {FOLDER}/incomes.csv  {FOLDER}/eligibility.csv\n  \
         照会の相手      いっしょに動いていて、照会に数秒で回答します\n\n  Ctrl+C で終わります",
        logins.concat()
    )
}

/// The code that a login of the demonstration needs now.
pub fn code(login: &str) -> Result<()> {
    let mut code = command("target/debug/kokuho");
    code.args([
        "--keys",
        &format!("{FOLDER}/keys"),
        "--database",
        &format!("sqlite:{FOLDER}/kokuho.db"),
    ]);
    step("the code", code.args(["admin", "code", login]))
}

/// The pages and the optimised server, to be carried to another machine.
pub fn dist() -> Result<()> {
    pages::build()?;
    step(
        "build the server",
        cargo().args([
            "build",
            "--profile",
            "dist",
            "--package",
            "kokuho-server",
            "--bin",
            "kokuho",
        ]),
    )?;
    let to = root().join("dist/kokuho");
    fs::copy(root().join("target/dist/kokuho"), &to).with_context(|| to.display().to_string())?;
    fonts()?;
    println!("{}", to.display());
    Ok(())
}

/// The fonts of letters, with their licence.
fn fonts() -> Result<()> {
    tools::npm()?;
    let from = root().join("end2end/node_modules/@expo-google-fonts/biz-udpgothic");
    let to = root().join("dist/fonts");
    fs::create_dir_all(&to)?;
    for file in pages::files(&from)? {
        let name = file.file_name().unwrap_or_default();
        let kept = file.extension().is_some_and(|ending| ending == "ttf");
        if kept || name == "LICENSE_FONT" {
            fs::copy(&file, to.join(name)).with_context(|| file.display().to_string())?;
        }
    }
    Ok(())
}
