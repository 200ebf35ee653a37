//! `wasm-bindgen` as the bundler calls it: `--target=web --out-dir=D --out-name=N FILE.wasm`
//! and `--version`. Built from the library, so that our lock file alone decides the version.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

/// Must be the version of the crate in the lock file; the bundler compares both.
const VERSION: &str = "0.2.130";

fn main() -> Result<()> {
    let (mut input, mut out_dir, mut out_name) = (None, None, None);
    let mut typescript = true;
    for argument in std::env::args().skip(1) {
        match argument.split_once('=').unwrap_or((argument.as_str(), "")) {
            ("--version", _) => {
                println!("wasm-bindgen {VERSION}");
                return Ok(());
            }
            ("--target", "web") => {}
            ("--out-dir", folder) => out_dir = Some(folder.to_owned()),
            ("--out-name", name) => out_name = Some(name.to_owned()),
            ("--no-typescript", _) => typescript = false,
            (file, "") if !file.starts_with("--") => input = Some(file.to_owned()),
            _ => bail!("unknown argument {argument}"),
        }
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input.context("no wasm file given")?)
        .web(true)?
        .typescript(typescript);
    if let Some(name) = &out_name {
        bindgen.out_name(name);
    }
    bindgen.generate(out_dir.context("--out-dir is missing")?)
}
