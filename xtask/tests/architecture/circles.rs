//! Files of a crate that need each other in a circle.

use super::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// So many files at most may need each other.
const MOST: usize = 3;
/// A name is handed on at most so often.
const HANDED_ON: usize = 5;

type Module = Vec<String>;

struct Crate<'a> {
    files: BTreeMap<Module, &'a Source>,
}

impl Crate<'_> {
    /// The file in which a path ends, names that a file hands on followed.
    fn file_of(&self, path: &[String], handed_on: usize) -> Option<Module> {
        let deepest = (0..=path.len()).rev();
        let module = deepest
            .map(|length| path[..length].to_vec())
            .find(|module| self.files.contains_key(module))?;
        let Some((name, rest)) = path[module.len()..].split_first() else {
            return Some(module);
        };
        let offered = self.files[&module].offered.iter();
        let found = offered
            .filter(|path| path.last() == Some(name))
            .find_map(|path| self.absolute(&module, path));
        match found {
            Some(target) if handed_on > 0 => {
                self.file_of(&[target.as_slice(), rest].concat(), handed_on - 1)
            }
            _ => Some(module),
        }
    }

    /// What a file hands on, from the root of the crate; nothing of another crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        if first == "crate" {
            return Some(rest.to_vec());
        }
        let child = [module.as_slice(), std::slice::from_ref(first)].concat();
        let own = [module.as_slice(), path].concat();
        self.files.contains_key(&child).then_some(own)
    }

    fn needs(&self, module: &Module) -> BTreeSet<Module> {
        let paths = self.files[module].inside();
        let files = paths.filter_map(|(_, path)| self.file_of(path, HANDED_ON));
        files.filter(|file| file != module).collect()
    }
}

/// Circles of more files than may be, each as one line.
pub fn too_large(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().map(|source| (source.module(), source));
    let all = Crate {
        files: files.collect(),
    };
    let needs: BTreeMap<&Module, BTreeSet<Module>> = all
        .files
        .keys()
        .map(|module| (module, all.needs(module)))
        .collect();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = needs
        .keys()
        .map(|module| (*module, reachable(module, &needs)))
        .collect();
    let circle = |module: &&Module| -> BTreeSet<String> {
        let both = |other: &&&Module| reached[**other].contains(*module);
        let members = reached[*module].iter().filter(both);
        members
            .map(|other| all.files[*other].file.clone())
            .collect()
    };
    let circles: BTreeSet<BTreeSet<String>> = needs.keys().map(circle).collect();
    let large = circles.into_iter().filter(|files| files.len() > MOST);
    large
        .map(|files| files.into_iter().collect::<Vec<_>>().join(" ↔ "))
        .collect()
}

fn reachable<'a>(
    from: &Module,
    needs: &'a BTreeMap<&'a Module, BTreeSet<Module>>,
) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = needs[from].iter().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(&needs[next]);
        }
    }
    reached
}

#[test]
fn a_planted_circle_of_four_files_is_found_and_one_of_three_is_not() {
    let file = |name: &str, text: &str| Source::of(&format!("server/src/{name}.rs"), text);
    let mut planted = vec![
        file("one", "use crate::two::Two;"),
        file("two", "use super::three;"),
        file("three/mod", "mod inner; pub use inner::Name;"),
        file("three/inner", "fn f() { crate::one::g(); }"),
        file("four", "use crate::three::Name;"),
    ];
    assert_eq!(too_large(&planted), Vec::<String>::new());
    planted[1] = file("two", "use super::four;");
    let found = too_large(&planted);
    assert_eq!(
        found,
        ["server/src/four.rs ↔ server/src/one.rs ↔ server/src/three/inner.rs ↔ server/src/two.rs"]
    );
}
