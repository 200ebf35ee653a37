//! What the machine must have. As root on Debian it is installed; elsewhere it is named.

use crate::process::{command, output, step, which};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

const OLDEST_NODE: u32 = 20;

/// Node, which the bundler's optimiser and the browser tests run on.
pub fn node() -> Result<()> {
    let version = output(command("node").arg("--version"));
    let major = version.as_deref().and_then(|text| {
        text.trim_start_matches('v')
            .split('.')
            .next()?
            .parse::<u32>()
            .ok()
    });
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node.js {OLDEST_NODE} or later is needed (found {})",
            version.as_deref().unwrap_or("none")
        ),
    }
}

/// The newest PostgreSQL server on the machine, and the pooler that a city may put before it.
pub fn postgres() -> Result<()> {
    let pooler = || Path::new("/usr/sbin/pgbouncer").is_file();
    if has_postgres() && pooler() {
        return Ok(());
    }
    install(
        &["postgresql", "pgbouncer"],
        "PostgreSQL 15 or later (a server whose programs lie under /usr/lib/postgresql) and PgBouncer",
    )?;
    if has_postgres() && pooler() {
        Ok(())
    } else {
        bail!("PostgreSQL was installed, but its programs are not found")
    }
}

fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    versions
        .into_iter()
        .any(|version| version.path().join("bin/initdb").is_file())
}

/// Chromium, and a font with kanji for the pictures.
pub fn chromium() -> Result<PathBuf> {
    let found = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(which)
    };
    let has_kanji = output(command("fc-list").args([":lang=ja", "family"]))
        .is_some_and(|fonts| !fonts.is_empty());
    if let (Some(path), true) = (found(), has_kanji) {
        return Ok(path);
    }
    install(
        &["chromium", "fonts-noto-cjk"],
        "Chromium and a Japanese font (for example Noto Sans CJK)",
    )?;
    match found() {
        Some(path) => Ok(path),
        None => bail!("Chromium was installed, but it is not on the path"),
    }
}

fn install(packages: &[&str], needed: &str) -> Result<()> {
    let root = output(command("id").arg("-u")).as_deref() == Some("0");
    if !root || !Path::new("/etc/debian_version").exists() {
        bail!(
            "please install {needed}; on Debian: apt-get install {}",
            packages.join(" ")
        );
    }
    let mut apt = command("apt-get");
    step("apt-get update", apt.args(["update", "-qq"]))?;
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages);
    step(&format!("apt-get install {}", packages.join(" ")), &mut apt)
}
