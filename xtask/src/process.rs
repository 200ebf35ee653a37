//! Commands: started at the project's root, with the project's own tools first on the path.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder that holds the workspace.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// A command at the root.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env("PATH", path())
        .stdin(Stdio::null())
        // The bundler takes a value of 1 for a wrong argument.
        .env_remove("NO_COLOR");
    command
}

/// `cargo`, as the one that started us.
pub fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
}

fn path() -> OsString {
    let own = [
        root().join(".tools/bin"),
        root().join("end2end/node_modules/.bin"),
    ];
    let before = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = own
        .into_iter()
        .chain(std::env::split_paths(&before))
        .collect();
    std::env::join_paths(all).unwrap_or(before)
}

/// Says what is being done, does it, and fails with the command's words if it fails.
pub fn step(what: &str, command: &mut Command) -> Result<()> {
    eprintln!("→ {what}");
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot be started"))?;
    if !status.success() {
        bail!("{what}: {status}");
    }
    Ok(())
}

/// The output of a command that succeeds, without the last line's end.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Where a program is, if it is installed.
pub fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&path())
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
