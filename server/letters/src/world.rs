//! What a template can see: its own folder, the letters' data and the loaded fonts. No clock,
//! no other file, no network.

use crate::error::LettersError;
use crate::fonts::Fonts;
use crate::templates::Templates;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// What all letters share, made once.
pub(crate) struct Desk {
    library: LazyHash<Library>,
    fonts: Fonts,
    sources: BTreeMap<String, Source>,
    main: FileId,
    data: FileId,
}

/// The desk with the data of one document on it.
pub(crate) struct Sheet {
    pub desk: Arc<Desk>,
    pub data: Bytes,
}

/// The number of a path; the same few paths are used for every document.
fn id(path: &str) -> Result<FileId, LettersError> {
    let path = VirtualPath::new(path).map_err(|_| LettersError::Template(path.to_owned()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl Desk {
    pub fn new(templates: &Templates, fonts: Fonts) -> Result<Desk, LettersError> {
        let mut sources = BTreeMap::new();
        let main = id("/main.typ")?;
        for (name, text) in templates.iter() {
            let path = format!("/{name}");
            let source = Source::new(id(&path)?, text.to_owned());
            sources.insert(path, source);
        }
        let source = Source::new(main, templates.main().to_owned());
        sources.insert("/main.typ".to_owned(), source);
        Ok(Desk {
            library: LazyHash::new(Library::default()),
            fonts,
            sources,
            main,
            data: id("/letters.json")?,
        })
    }

    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let path = id.get().vpath().get_with_slash();
        let found = self.sources.get(path).filter(|source| source.id() == id);
        found.cloned().ok_or_else(|| not_found(path))
    }
}

fn not_found(path: &str) -> FileError {
    FileError::NotFound(PathBuf::from(path))
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &self.desk.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.desk.fonts.book
    }

    fn main(&self) -> FileId {
        self.desk.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.desk.source(id)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.desk.data {
            return Ok(self.data.clone());
        }
        Err(not_found(id.get().vpath().get_with_slash()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.desk.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
