//! Files on the disk: what is said to be there is there after a power cut, and nothing is written over.

use crate::clock::Clock;
use crate::error::ServiceError;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is done to a folder, one step after the other.
trait Steps {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// What was written to a file is on the disk.
    fn sync_file(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// The names in a folder are on the disk.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

struct Disk;

impl Steps for Disk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        options.open(path)?.write_all(bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

/// A file appears whole, and is on the disk when this returns.
fn appear(steps: &dyn Steps, folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (draft, whole) = (folder.join(format!(".{name}")), folder.join(name));
    steps.write(&draft, bytes)?;
    steps.sync_file(&draft)?;
    steps.rename(&draft, &whole)?;
    steps.sync_folder(folder)
}

/// A draft whose bytes are there gets its name.
fn name_draft(steps: &dyn Steps, draft: &Path, whole: &Path) -> io::Result<()> {
    steps.sync_file(draft)?;
    carry(steps, draft, whole)
}

/// A file moves; both folders know it when this returns.
fn carry(steps: &dyn Steps, from: &Path, to: &Path) -> io::Result<()> {
    steps.rename(from, to)?;
    for path in [to, from] {
        if let Some(folder) = path.parent() {
            steps.sync_folder(folder)?;
        }
    }
    Ok(())
}

/// Off the threads that answer pages: a disk may take its time.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ServiceError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|why| ServiceError::Internal(why.to_string()))?;
    done.map_err(|why| failed(&why))
}

pub fn failed(why: &io::Error) -> ServiceError {
    ServiceError::Internal(format!("連携フォルダ: {:?}", why.kind()))
}

/// Puts a whole file into a folder.
pub async fn put(folder: &Path, name: &str, bytes: Vec<u8>) -> Result<(), ServiceError> {
    let (folder, name) = (folder.to_owned(), name.to_owned());
    away(move || appear(&Disk, &folder, &name, &bytes)).await
}

/// Gives a draft its name.
pub async fn finish(draft: &Path, whole: &Path) -> Result<(), ServiceError> {
    let (draft, whole) = (draft.to_owned(), whole.to_owned());
    away(move || name_draft(&Disk, &draft, &whole)).await
}

/// Moves a file.
pub async fn shift(from: &Path, to: &Path) -> Result<(), ServiceError> {
    let (from, to) = (from.to_owned(), to.to_owned());
    away(move || carry(&Disk, &from, &to)).await
}

/// The hash of a file, read piece by piece.
pub async fn hash_of(path: &Path) -> Result<String, ServiceError> {
    let path = path.to_owned();
    away(move || {
        let mut hash = HashWriter(Sha256::new());
        io::copy(&mut File::open(path)?, &mut hash)?;
        Ok(crate::access::hex(&hash.0.finalize()))
    })
    .await
}

struct HashWriter(Sha256);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The longest name that still has room for what is added to it, in bytes.
const LONGEST: usize = 180;

/// The name under which a file is kept in a folder: its own, or one with the day and a part of its
/// hash where the name is taken already or too long. An earlier file is never written over.
pub fn kept_as(folder: &Path, name: &str, sha256: &str, clock: Clock) -> PathBuf {
    let free = |name: &str| !folder.join(name).exists();
    let short = name.len() <= LONGEST;
    if short && free(name) {
        return folder.join(name);
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let mut cut = stem.len().min(LONGEST);
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    let stem = stem.get(..cut).unwrap_or_default();
    let ending: String = ending.chars().take(8).collect();
    let part = sha256.get(..8).unwrap_or("unread");
    let day = clock.today().format("%Y%m%d");
    let first = format!("{stem}-{day}-{part}.{ending}");
    let more = (2..).map(|nth| format!("{stem}-{day}-{part}-{nth}.{ending}"));
    let mut names = std::iter::once(first).chain(more);
    let found = names.find(|name| free(name)).unwrap_or_default();
    folder.join(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    /// A disk that forgets at a power cut what was not synced, and stops after so many steps.
    #[derive(Default)]
    struct Fragile {
        /// Names as they are seen: which content they have.
        seen: RefCell<BTreeMap<PathBuf, usize>>,
        /// Names as the disk has them.
        kept: RefCell<BTreeMap<PathBuf, usize>>,
        /// Contents: written, and whether they are on the disk.
        contents: RefCell<Vec<(Vec<u8>, bool)>>,
        steps_left: RefCell<usize>,
    }

    impl Fragile {
        fn step(&self) -> io::Result<()> {
            let mut left = self.steps_left.borrow_mut();
            *left = left
                .checked_sub(1)
                .ok_or_else(|| io::Error::other("power cut"))?;
            Ok(())
        }

        /// What is there after the cut: a file whose bytes were not synced is empty.
        fn after_the_cut(&self) -> BTreeMap<PathBuf, Vec<u8>> {
            let contents = self.contents.borrow();
            let kept = self.kept.borrow();
            let read = |id: &usize| match &contents[*id] {
                (bytes, true) => bytes.clone(),
                (_, false) => Vec::new(),
            };
            kept.iter()
                .map(|(name, id)| (name.clone(), read(id)))
                .collect()
        }
    }

    impl Steps for Fragile {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.step()?;
            let mut contents = self.contents.borrow_mut();
            contents.push((bytes.to_owned(), false));
            self.seen
                .borrow_mut()
                .insert(path.to_owned(), contents.len() - 1);
            Ok(())
        }

        fn sync_file(&self, path: &Path) -> io::Result<()> {
            self.step()?;
            let id = self.seen.borrow()[path];
            self.contents.borrow_mut()[id].1 = true;
            Ok(())
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.step()?;
            let mut seen = self.seen.borrow_mut();
            let id = seen.remove(from).unwrap();
            seen.insert(to.to_owned(), id);
            // The worst that a disk may do: the new name is there at once, its bytes are not.
            self.kept.borrow_mut().insert(to.to_owned(), id);
            Ok(())
        }

        fn sync_folder(&self, folder: &Path) -> io::Result<()> {
            self.step()?;
            let seen = self.seen.borrow();
            let mut kept = self.kept.borrow_mut();
            kept.retain(|name, _| name.parent() != Some(folder));
            let here = seen
                .iter()
                .filter(|(name, _)| name.parent() == Some(folder));
            kept.extend(here.map(|(name, id)| (name.clone(), *id)));
            Ok(())
        }
    }

    #[test]
    fn after_a_power_cut_at_any_step_a_file_is_whole_or_not_there_and_whole_once_it_was_said() {
        let (folder, name) = (Path::new("/out"), Path::new("/out/a.csv"));
        for steps in 0..8 {
            let disk = Fragile {
                steps_left: RefCell::new(steps),
                ..Fragile::default()
            };
            let said = appear(&disk, folder, "a.csv", b"whole").is_ok();
            let after = disk.after_the_cut();
            let found = after.get(name).map(Vec::as_slice);
            assert!(found.is_none_or(|bytes| bytes == b"whole"), "{steps}");
            assert!(!said || found == Some(b"whole"), "{steps}");
            assert_eq!(said, steps >= 4);
        }
    }

    #[test]
    fn after_a_power_cut_a_file_that_moved_lies_in_one_folder_or_in_both_but_never_in_none() {
        let (from, to) = (Path::new("/in/a.csv"), Path::new("/in/done/a.csv"));
        for steps in 4..12 {
            let disk = Fragile {
                steps_left: RefCell::new(steps),
                ..Fragile::default()
            };
            appear(&disk, Path::new("/in"), "a.csv", b"whole").unwrap();
            let said = carry(&disk, from, to).is_ok();
            let after = disk.after_the_cut();
            assert!(
                after.contains_key(from) || after.contains_key(to),
                "{steps}"
            );
            assert!(!said || after.get(to).is_some_and(|bytes| bytes == b"whole"));
            assert!(!said || !after.contains_key(from));
        }
    }

    #[test]
    fn a_name_that_is_taken_or_too_long_gets_the_day_and_the_hash_and_nothing_is_written_over() {
        let folder = std::env::temp_dir().join(format!("kokuho-kept-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let clock = Clock {
            today: "2026-06-10".parse().ok(),
        };
        let sha256 = "0123456789abcdef";
        let mut names = Vec::new();
        for _ in 0..3 {
            let path = kept_as(&folder, "bank.csv", sha256, clock);
            fs::write(&path, "x").unwrap();
            names.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
        assert_eq!(
            names,
            [
                "bank.csv",
                "bank-20260610-01234567.csv",
                "bank-20260610-01234567-2.csv"
            ]
        );
        let long = format!("{}.csv", "あ".repeat(84));
        let path = kept_as(&folder, &long, sha256, clock);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            name.len() < 220 && name.ends_with("-01234567.csv"),
            "{name}"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
