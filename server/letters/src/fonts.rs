//! フォント: the faces a letter may be set in, and which characters they can show.

use crate::error::LettersError;
use crate::hash::{ContentHash, Hasher};
use std::fs;
use std::path::{Path, PathBuf};
use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontVariations};
use typst::utils::LazyHash;

/// Families in the order in which they are tried; others follow by name.
const PREFERRED: [&str; 2] = ["BIZ UDPGothic", "IPAmjMincho"];
/// Beginnings of the names of the files that hold them.
const FILES: [&str; 2] = ["bizudpgothic", "ipamjm"];
/// Where fonts stand: in the packages of a checkout, or installed on the machine.
const PACKAGES: &str = "end2end/node_modules/@expo-google-fonts/biz-udpgothic";
const INSTALLED: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// Loaded faces. The families are tried in order, character by character.
#[derive(Clone, Debug)]
pub struct Fonts {
    pub(crate) faces: Vec<Font>,
    pub(crate) book: LazyHash<FontBook>,
    families: Vec<String>,
    covered: Covered,
    hash: ContentHash,
}

impl Fonts {
    /// All TrueType and OpenType files of a folder and the folders in it.
    pub fn from_folder(folder: &Path) -> Result<Fonts, LettersError> {
        let mut files = Vec::new();
        collect(folder, &mut files).map_err(|why| failed(folder, &why))?;
        Fonts::from_files(&files)
    }

    /// BIZ UDPゴシック of a folder `fonts`, of the checkout's packages, or of the machine, with IPAmj明朝 for rare
    /// characters of names where that is installed.
    pub fn find(checkout: &Path) -> Result<Fonts, LettersError> {
        let mut found = Vec::new();
        let own = [checkout.join("fonts"), checkout.join(PACKAGES)];
        let own = own.iter().map(PathBuf::as_path);
        for folder in own.chain(INSTALLED.map(Path::new)) {
            // A folder that is not there holds no fonts.
            let _ = collect(folder, &mut found);
        }
        let wanted = FILES.iter().flat_map(|start| {
            let of_family = |path: &&PathBuf| name_of(path).starts_with(start);
            let mut files: Vec<&PathBuf> = found.iter().filter(of_family).collect();
            files.dedup_by_key(|path| name_of(path));
            files
        });
        let wanted: Vec<PathBuf> = wanted.cloned().collect();
        let first = wanted.first().map(|path| name_of(path));
        if !first.is_some_and(|name| name.starts_with(FILES[0])) {
            return Err(LettersError::Font(format!(
                "BIZUDPGothic の TTF が見つかりません（end2end で npm ci を実行するか、{} に入れてください）",
                INSTALLED[0]
            )));
        }
        Fonts::from_files(&wanted)
    }

    pub fn from_files(files: &[PathBuf]) -> Result<Fonts, LettersError> {
        let mut read = Vec::new();
        for file in files {
            let bytes = fs::read(file).map_err(|why| failed(file, &why))?;
            let hash = Hasher::default().piece(&bytes).finish();
            let faces: Vec<Font> = Font::iter(Bytes::new(bytes)).collect();
            if faces.is_empty() {
                return Err(LettersError::Font(file.display().to_string()));
            }
            read.push((hash, faces));
        }
        // The same files in another order, or twice, are the same fonts.
        read.sort_by_key(|(hash, _)| *hash);
        read.dedup_by_key(|(hash, _)| *hash);
        let hash = read
            .iter()
            .fold(Hasher::default(), |all, (hash, _)| all.piece(&hash.0));
        let mut faces: Vec<Font> = read.into_iter().flat_map(|(_, faces)| faces).collect();
        faces.sort_by_key(|face| (rank(&face.info().family), face.info().family.clone()));
        let mut families: Vec<String> = faces
            .iter()
            .map(|face| face.info().family.clone())
            .collect();
        families.dedup();
        if families.is_empty() {
            return Err(LettersError::Font("フォントが1つもありません".into()));
        }
        Ok(Fonts {
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            covered: Covered::by(&faces),
            faces,
            families,
            hash: hash.finish(),
        })
    }

    /// Hash of all files.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The families in the order in which they are tried.
    pub fn families(&self) -> Vec<&str> {
        self.families.iter().map(String::as_str).collect()
    }

    /// The families in the order in which a name is set: one that has the name's variants
    /// (異体字セレクタ) goes first, because a variant is looked up in one family only.
    pub fn families_for(&self, name: &str) -> Vec<&str> {
        let mut families = self.families();
        let can =
            |family: &&str| variants(name).all(|(c, variant)| self.varies(family, c, variant));
        if variants(name).next().is_some()
            && let Some(place) = families.iter().position(can)
        {
            let first = families.remove(place);
            families.insert(0, first);
        }
        families
    }

    /// The first character, with its variation selector, that these families cannot show.
    pub fn missing(&self, text: &str, families: &[&str]) -> Option<String> {
        let lone = |c: char| !is_selector(c) && !self.has(c);
        if let Some(c) = text.chars().find(|c| lone(*c)) {
            return Some(c.to_string());
        }
        let starts_alone = text.chars().next().filter(|c| is_selector(*c));
        let unable = |&(c, variant): &(char, char)| {
            let first = families.iter().find(|family| self.family_has(family, c));
            !first.is_some_and(|family| self.varies(family, c, variant))
        };
        let sequence = variants(text).find(unable);
        starts_alone
            .map(String::from)
            .or_else(|| sequence.map(|(c, variant)| format!("{c}{variant}")))
    }

    fn has(&self, c: char) -> bool {
        !c.is_control() && self.covered.has(u32::from(c))
    }

    fn of_family<'a>(&'a self, family: &'a str) -> impl Iterator<Item = &'a Font> {
        self.faces
            .iter()
            .filter(move |face| face.info().family == family)
    }

    fn family_has(&self, family: &str, c: char) -> bool {
        self.of_family(family)
            .any(|face| face.info().coverage.contains(u32::from(c)))
    }

    fn varies(&self, family: &str, c: char, variant: char) -> bool {
        let knows = |face: &Font| {
            let instance = face.clone().instantiate(
                face.info().variant,
                Abs::zero(),
                &FontVariations::default(),
            );
            instance.ttf().glyph_variation_index(c, variant).is_some()
        };
        self.family_has(family, c) && self.of_family(family).all(knows)
    }
}

/// The characters of all faces, one bit each: asked for every character of every letter.
#[derive(Clone, Debug)]
struct Covered(Vec<u64>);

impl Covered {
    fn by(faces: &[Font]) -> Covered {
        let mut bits = vec![0u64; 0x11_0000 / 64];
        for code in faces.iter().flat_map(|face| face.info().coverage.iter()) {
            if let Some(word) = bits.get_mut(code as usize / 64) {
                *word |= 1 << (code % 64);
            }
        }
        Covered(bits)
    }

    fn has(&self, code: u32) -> bool {
        let word = self.0.get(code as usize / 64);
        word.is_some_and(|word| word >> (code % 64) & 1 == 1)
    }
}

/// Characters followed by a variation selector.
fn variants(text: &str) -> impl Iterator<Item = (char, char)> + '_ {
    text.chars()
        .zip(text.chars().skip(1))
        .filter(|(_, next)| is_selector(*next))
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn rank(family: &str) -> usize {
    let place = PREFERRED.iter().position(|name| *name == family);
    place.unwrap_or(PREFERRED.len())
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy()
        .to_lowercase()
        .replace(['-', '_'], "")
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, into)?;
        } else if [".ttf", ".otf", ".ttc"]
            .iter()
            .any(|end| name_of(&path).ends_with(end))
        {
            into.push(path);
        }
    }
    Ok(())
}

fn failed(path: &Path, why: &std::io::Error) -> LettersError {
    LettersError::Font(format!("{}: {why}", path.display()))
}
