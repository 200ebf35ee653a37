//! The pages: built by the bundler, then compressed once, so that the server only sends.

use crate::process::{cargo, command, root, step};
use crate::{machine, stamp, tools};
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the pages are made of.
const SOURCES: [&str; 11] = [
    "app",
    "shared/src",
    "shared/parameters",
    "shared/build.rs",
    "shared/Cargo.toml",
    "style",
    "public",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo",
];

/// The clerk's app and the citizen's estimator into `dist/`, unless they are there already.
pub fn build() -> Result<()> {
    one("clerk", "app/clerk/index.html", "/", &SOURCES)?;
    one("citizen", "app/citizen/index.html", "./", &SOURCES)
}

/// The page on which browser and native results are compared.
pub fn identity() -> Result<()> {
    let sources = [
        "end2end/identity",
        "shared/src",
        "shared/parameters",
        "shared/build.rs",
        "shared/households",
        "Cargo.lock",
    ];
    one("identity", "end2end/identity/index.html", "./", &sources)
}

/// Builds one page into `dist/<name>`; `public` is where its files are found.
pub fn one(name: &str, html: &str, public: &str, sources: &[&str]) -> Result<()> {
    let dist = root().join("dist").join(name);
    let stamp = format!("{} {public}", stamp::of(sources)?);
    let made = dist.join(".made-from");
    if fs::read_to_string(&made).is_ok_and(|known| known == stamp) {
        return Ok(());
    }
    machine::node()?;
    tools::rust()?;
    tools::npm()?;
    tools::trunk()?;
    tools::wasm_bindgen()?;
    // The bundler calls cargo without a network.
    step("fetch the crates", cargo().args(["fetch", "--quiet"]))?;
    let mut trunk = command("trunk");
    trunk
        .args(["build", "--release", "--public-url", public, "--dist"])
        .arg(&dist)
        .arg(html);
    step(&format!("build the {name} page"), &mut trunk)?;
    for file in files(&dist)? {
        compress(&file)?;
    }
    fs::write(made, stamp)?;
    Ok(())
}

/// All files of a built page.
pub fn files(dist: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dist).with_context(|| dist.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Writes `file.br` and `file.gz` beside a file that gets smaller by it.
fn compress(file: &Path) -> Result<()> {
    let kinds = ["html", "js", "wasm", "css", "svg", "json", "webmanifest"];
    if !file
        .extension()
        .is_some_and(|kind| kinds.iter().any(|known| kind == *known))
    {
        return Ok(());
    }
    let bytes = fs::read(file)?;
    let mut small = Vec::new();
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &best)?;
    fs::write(beside(file, "br"), small)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    fs::write(beside(file, "gz"), gzip.finish()?)?;
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
