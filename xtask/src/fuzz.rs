//! `cargo xtask fuzz`: random requests to every route, by schemathesis. Needs Python 3.

use crate::process::{cargo, command, root, step};
use crate::{machine, pages, tools};
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub struct Options {
    /// Requests a route and role.
    #[arg(long, default_value_t = 50)]
    examples: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

const SCHEMATHESIS: &str = "schemathesis==4.32.5";

pub fn fuzz(options: &Options) -> Result<()> {
    machine::node()?;
    tools::npm()?;
    pages::build()?;
    step(
        "build the server",
        cargo().args(["build", "--quiet", "--package", "kokuho-server", "--bins"]),
    )?;
    let folder = root().join("target/fuzz");
    let tool = folder.join("bin/schemathesis");
    if !tool.exists() {
        step(
            "a place for the tool",
            command("python3").args(["-m", "venv"]).arg(&folder),
        )?;
        let pip = folder.join("bin/pip").to_string_lossy().into_owned();
        step(
            "fetch the tool",
            command(&pip).args(["install", "--quiet", SCHEMATHESIS]),
        )?;
    }
    step(
        "random requests",
        command("node")
            .arg("end2end/fuzz.js")
            .arg(&tool)
            .args([options.examples.to_string(), options.seed.to_string()]),
    )
}
