//! テンプレート: the layouts a city may edit, shipped with the program and overridden by files.

use crate::error::LettersError;
use crate::hash::{ContentHash, Hasher};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What reads the data and calls the template of each letter; not for editing.
const MAIN: &str = include_str!("main.typ");
const SHIPPED: [(&str, &str); 5] = [
    ("base.typ", include_str!("../templates/base.typ")),
    ("document.typ", include_str!("../templates/document.typ")),
    ("notice.typ", include_str!("../templates/notice.typ")),
    ("slip.typ", include_str!("../templates/slip.typ")),
    ("texts.typ", include_str!("../templates/texts.typ")),
];

/// Template files by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    files: BTreeMap<String, String>,
}

impl Templates {
    /// Those that come with the program.
    pub fn shipped() -> Templates {
        let files = SHIPPED.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Templates {
            files: files.into_iter().collect(),
        }
    }

    /// Those that come with the program, replaced by files of the same name in a folder. Files
    /// of other names can be imported by them.
    pub fn with_folder(folder: &Path) -> Result<Templates, LettersError> {
        let failed =
            |why: std::io::Error| LettersError::Template(format!("{}: {why}", folder.display()));
        let mut all = Templates::shipped();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|name| name.ends_with(".typ")) {
                let text = fs::read_to_string(&path).map_err(failed)?;
                all.files.insert(name.to_owned(), text);
            }
        }
        Ok(all)
    }

    /// Hash of all files with their names.
    pub fn hash(&self) -> ContentHash {
        let start = Hasher::default().piece(MAIN.as_bytes());
        self.files
            .iter()
            .fold(start, |all, (name, text)| {
                all.piece(name.as_bytes()).piece(text.as_bytes())
            })
            .finish()
    }

    pub(crate) fn main(&self) -> &str {
        MAIN
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
