//! The tools of the build: the bundler, the binding generator of our lock file, npm packages.
//! They live in `.tools/` and `end2end/node_modules/` and are made only when they are missing.

use crate::process::{cargo, command, output, root, step};
use crate::stamp;
use anyhow::{Context, Result};
use std::fs;

const TRUNK: &str = "0.21.14";
const DENY: &str = "0.20.2";

const TARGET: &str = "wasm32-unknown-unknown";

/// The parts of the Rust toolchain that `rust-toolchain.toml` names, where rustup does not
/// fetch them by itself.
pub fn rust() -> Result<()> {
    let has = |part: &str, list: &[&str]| {
        let listed = output(command("rustup").args(list).arg("--installed"));
        listed.is_none_or(|text| text.lines().any(|line| line.starts_with(part)))
    };
    if !has(TARGET, &["target", "list"]) {
        step(
            "add the browser's target",
            command("rustup").args(["target", "add", TARGET]),
        )?;
    }
    for part in ["clippy", "rustfmt"] {
        if !has(part, &["component", "list"]) {
            step(
                &format!("add {part}"),
                command("rustup").args(["component", "add", part]),
            )?;
        }
    }
    Ok(())
}

/// `trunk`, without TLS and update check: it never fetches anything here.
pub fn trunk() -> Result<()> {
    install("trunk", TRUNK, &["--no-default-features"])
}

/// `cargo-deny` for licences, bans and sources.
pub fn deny() -> Result<()> {
    install("cargo-deny", DENY, &[])
}

fn install(name: &str, version: &str, features: &[&str]) -> Result<()> {
    let file = root().join(".tools/bin").join(name);
    let found = output(command(&file.to_string_lossy()).arg("--version"));
    if found.is_some_and(|text| text.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    let mut install = cargo();
    install
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_DEV_STRIP", "true")
        .args([
            "install",
            &format!("{name}@{version}"),
            "--locked",
            "--debug",
            "--root",
            ".tools",
        ])
        .args(features);
    step(
        &format!("install {name} {version} (once, some minutes)"),
        &mut install,
    )
}

/// The program `wasm-bindgen` in the version of our lock file.
pub fn wasm_bindgen() -> Result<()> {
    step(
        "build wasm-bindgen",
        cargo().args(["build", "--quiet", "--package", "bindgen-tool"]),
    )?;
    let bin = root().join(".tools/bin");
    fs::create_dir_all(&bin)?;
    let (from, to) = (
        root().join("target/debug/bindgen-tool"),
        bin.join("wasm-bindgen"),
    );
    if fs::read(&from).ok() != fs::read(&to).ok() {
        fs::copy(&from, &to).with_context(|| format!("{} → {}", from.display(), to.display()))?;
    }
    Ok(())
}

/// The packages of the browser tests and of the optimiser, exactly as locked.
pub fn npm() -> Result<()> {
    let lock = stamp::of(&["end2end/package.json", "end2end/package-lock.json"])?;
    let done = root().join("end2end/node_modules/.locked");
    if fs::read_to_string(&done).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    let mut npm = command("npm");
    npm.current_dir(root().join("end2end")).args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    step("npm ci", &mut npm)?;
    fs::write(done, lock)?;
    Ok(())
}
