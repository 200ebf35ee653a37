//! The picture in ARCHITECTURE.md against the folders.

use std::collections::BTreeSet;

/// Words of the picture that are no modules.
const LABELS: &str = "a and answers bin both citizen clerk door for found its lib main of own page pages requests \
    rooms routes rs shared shell ui";

/// Where the picture and the modules of a floor differ: `missing` in the one or the other.
pub fn differences(picture: &BTreeSet<String>, modules: &BTreeSet<String>) -> Vec<String> {
    let labels: BTreeSet<&str> = LABELS.split_whitespace().collect();
    let known = |name: &&String| labels.contains(name.as_str());
    let undrawn = modules
        .iter()
        .filter(|name| !picture.contains(*name) && !known(name));
    let unknown = picture
        .iter()
        .filter(|name| !modules.contains(*name) && !known(name));
    undrawn
        .map(|name| format!("{name} is not in the picture"))
        .chain(unknown.map(|name| format!("{name} is in the picture only")))
        .collect()
}

/// The words of each of the three boxes: app, server, shared.
pub fn boxes(page: &str) -> [BTreeSet<String>; 3] {
    let picture = page.split("```").nth(1).unwrap_or_default();
    let mut boxes = [const { BTreeSet::new() }; 3];
    for line in picture.lines() {
        let cells: Vec<&str> = line.split('│').collect();
        match cells.as_slice() {
            [_, app, _, server, _] => {
                boxes[0].extend(words(app));
                boxes[1].extend(words(server));
            }
            [margin, shared, _] if margin.len() == 2 => boxes[2].extend(words(shared)),
            _ => {}
        }
    }
    boxes
}

fn words(cell: &str) -> impl Iterator<Item = String> + '_ {
    cell.split(|c: char| !c.is_ascii_alphabetic() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

/// The modules right below a folder of sources.
pub fn modules(folder: &str, files: &[(String, String)]) -> BTreeSet<String> {
    let inside = files
        .iter()
        .filter_map(|(file, _)| file.strip_prefix(folder));
    inside
        .filter_map(|file| file.trim_start_matches('/').split(['/', '.']).next())
        .map(str::to_owned)
        .collect()
}
