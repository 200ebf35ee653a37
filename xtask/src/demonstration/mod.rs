//! The demonstration city: where it lives, who signs in, and how it comes to its past.

mod office;
mod past;

use crate::process::{command, root, step};
use anyhow::{Context, Result};
use std::fs;
use std::process::{Child, Command};

/// Where the demonstration city lives; removing the folder makes a new one.
pub const FOLDER: &str = ".demo";
/// Its logins and who they are; `kokuho demo` makes them.
pub const LOGINS: [(&str, &str); 6] = [
    ("clerk", "賦課係長（年次賦課を始める）"),
    ("second", "保険年金係長（始めた人とは別の承認者）"),
    ("counter", "窓口"),
    ("admin", "利用者の管理"),
    ("admin2", "利用者の管理（二人目）"),
    ("auditor", "監査"),
];
pub const PASSWORD: &str = "kokuho-demo";

/// The program on the demonstration's database, on a business date.
pub fn kokuho(today: &str) -> Command {
    let mut program = command("target/debug/kokuho");
    program.args([
        "--keys",
        &format!("{FOLDER}/keys"),
        "--database",
        &format!("sqlite:{FOLDER}/kokuho.db"),
        "--today",
        today,
    ]);
    program
}

/// The offices on the other end of the exchange folder.
pub fn partners() -> Command {
    let mut partners = command("target/debug/kokuho-partners");
    partners
        .args(["--exchange", &format!("{FOLDER}/exchange")])
        .args(["--residents", &format!("{FOLDER}/residents.csv")]);
    partners
}

/// A program beside us that ends with us.
pub struct Beside(pub Child);

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended already, with the terminal's own signal.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes the city, unless it is there; what an interrupted attempt left behind goes first.
pub fn create(today: &str, households: u32) -> Result<()> {
    let folder = root().join(FOLDER);
    let ready = folder.join("ready");
    if ready.exists() {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder)?;
    let households = households.to_string();
    let what = format!("create the demonstration city of {households} households");
    let made = ["demo", "--accounts", "--out", FOLDER, "--households"];
    step(&what, kokuho(today).args(made).arg(&households))?;
    past::live(today, &households)?;
    fs::write(ready, "")?;
    Ok(())
}
