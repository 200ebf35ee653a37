//! The files of the workspace: sources, and which crate depends on which.

use super::source::Source;
use std::path::Path;

/// A line of a `Cargo.toml` that makes a crate depend on another one.
pub struct Dependency {
    /// `file:line`.
    pub at: String,
    /// The folder of the crate, from the root.
    pub folder: String,
    pub name: String,
    /// The rest of the line: features and the like.
    pub terms: String,
}

impl Dependency {
    pub fn told(&self) -> String {
        format!("{}: {}{}", self.at, self.name, self.terms)
    }
}

/// Every file below the folder whose name ends so, with its path from the root and its text.
pub fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    const SKIPPED: [&str; 3] = ["target", "node_modules", "dist"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        let path = path.trim_start_matches("./");
        if entry.path().is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                found.extend(files(path, ending));
            }
        } else if name.ends_with(ending) {
            let text = std::fs::read_to_string(entry.path());
            found.push((path.to_owned(), text.expect("a readable file")));
        }
    }
    found.sort();
    found
}

/// All sources below the folders.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let mut all = Vec::new();
    for folder in folders {
        let found = files(folder, ".rs");
        assert!(!found.is_empty(), "no sources below {folder}");
        all.extend(found.iter().map(|(file, text)| Source::of(file, text)));
    }
    all
}

/// Dependencies of all crates. Those of tests alone are left out: a test may use what it likes.
pub fn dependencies() -> Vec<Dependency> {
    let manifests = files(".", "Cargo.toml");
    assert!(manifests.len() > 5, "no crates");
    let read = manifests.iter().map(|(file, text)| of_manifest(file, text));
    read.flatten().collect()
}

/// The folders of a crate and of all our crates that come with it.
pub fn with_own(folder: &str) -> Vec<String> {
    let manifests = files(".", "Cargo.toml");
    let folder_of = |name: &str| {
        let line = format!("\nname = \"{name}\"\n");
        let (file, _) = manifests.iter().find(|(_, text)| text.contains(&line))?;
        Some(file.trim_end_matches("/Cargo.toml").to_owned())
    };
    let all = dependencies();
    let mut own = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(next) = own.get(at).cloned() {
        let below = all.iter().filter(|each| each.folder == next);
        for found in below.filter_map(|each| folder_of(&each.name)) {
            if !own.contains(&found) {
                own.push(found);
            }
        }
        at += 1;
    }
    own
}

pub fn of_manifest(file: &str, text: &str) -> Vec<Dependency> {
    let folder = file.trim_end_matches("Cargo.toml").trim_end_matches('/');
    let mut section = String::new();
    let mut found = Vec::new();
    for (line, text) in joined(text) {
        let text = text.trim();
        let mut add = |name: &str, terms: &str| {
            found.push(Dependency {
                at: format!("{file}:{line}"),
                folder: folder.to_owned(),
                name: name.trim().trim_matches('"').to_owned(),
                terms: terms.to_owned(),
            });
        };
        if let Some(heading) = text.strip_prefix('[') {
            section = heading.trim_end_matches(']').to_owned();
            let (outer, name) = section.rsplit_once('.').unwrap_or(("", &section));
            if is_of_product(outer) {
                add(name, "");
            }
        } else if is_of_product(&section)
            && let Some(end) = text.find(['.', '=', ' '])
        {
            add(&text[..end], &text[end..]);
        }
    }
    found
}

/// `[dependencies]`, `[build-dependencies]`, also of one target; not the workspace's list.
fn is_of_product(section: &str) -> bool {
    let last = section.rsplit('.').next().unwrap_or("");
    ["dependencies", "build-dependencies"].contains(&last) && !section.starts_with("workspace")
}

/// Lines without comments; a list over several lines counts as one line.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.split('#').next().unwrap_or("");
        match lines.last_mut() {
            Some((_, open)) if open.matches('[').count() > open.matches(']').count() => {
                open.push_str(text);
            }
            _ => lines.push((line, text.to_owned())),
        }
    }
    lines
}
