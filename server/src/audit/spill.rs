//! 退避ファイル: looks that the database does not take now, in a file beside it that is on the disk before
//! anybody relies on it. One line is one parcel. A file is locked by the server that writes or reads it.

use super::parcel::Parcel;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// So many bytes one server puts aside at most: about half a million looks.
const MOST: u64 = 256 << 20;
const ENDING: &str = "looks";

/// The files of one server and database.
#[derive(Debug)]
pub struct Spill {
    folder: PathBuf,
    origin: String,
    open: Option<Open>,
    /// Files that are to be taken in, the oldest first.
    left: Vec<PathBuf>,
    bytes: u64,
    files: u32,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    file: File,
    /// Bytes that are whole lines on the disk.
    whole: u64,
}

impl Spill {
    /// Finds what an earlier server left for the same database; the folder is made when it is needed.
    pub fn of(folder: &Path, origin: &str) -> Spill {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut left: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(&format!("{origin}-")) && name.ends_with(&format!(".{ENDING}"))
            })
            .collect();
        left.sort();
        Spill {
            folder: folder.to_owned(),
            origin: origin.to_owned(),
            open: None,
            left,
            bytes: 0,
            files: 0,
        }
    }

    /// Whether everything is in the database.
    pub fn is_empty(&self) -> bool {
        self.open.is_none() && self.left.is_empty()
    }

    /// Files that wait to be taken in.
    pub fn files(&self) -> usize {
        self.left.len() + usize::from(self.open.is_some())
    }

    /// Adds a parcel; when this returns, it is on the disk.
    pub fn append(&mut self, parcel: &Parcel) -> io::Result<()> {
        let mut line = serde_json::to_vec(parcel)?;
        line.push(b'\n');
        let size = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.bytes.saturating_add(size) > MOST {
            return Err(io::Error::other("the spill file is full"));
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        let written = open
            .file
            .write_all(&line)
            .and_then(|()| open.file.sync_data());
        if let Err(why) = written {
            // Half a line must not stand before the next one; where it cannot be cut off, another file goes on.
            match open.file.set_len(open.whole) {
                Ok(()) => self.open = Some(open),
                Err(_) => self.left.push(open.path),
            }
            return Err(why);
        }
        open.whole += size;
        self.bytes += size;
        self.open = Some(open);
        Ok(())
    }

    /// A new file that nobody else reads yet.
    fn begin(&mut self) -> io::Result<Open> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        loop {
            self.files += 1;
            let (process, number) = (std::process::id(), self.files);
            let name = format!("{}-{process}-{number:06}.{ENDING}", self.origin);
            let path = self.folder.join(name);
            let mut options = OpenOptions::new();
            options.append(true).create_new(true).mode(0o600);
            let file = match options.open(&path) {
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => continue,
                opened => opened?,
            };
            // Another server may have taken the empty file away before it was locked.
            if file.try_lock().is_err() || file.metadata()?.nlink() == 0 {
                continue;
            }
            File::open(&self.folder)?.sync_all()?;
            return Ok(Open {
                path,
                file,
                whole: 0,
            });
        }
    }

    /// Ends the file that is being written, and names all that are to be taken in.
    pub fn close(&mut self) -> Vec<PathBuf> {
        self.left.extend(self.open.take().map(|open| open.path));
        self.left.clone()
    }

    /// A file was taken in, or is another living server's.
    pub fn forget(&mut self, path: &Path) {
        self.left.retain(|left| left != path);
        if self.is_empty() {
            self.bytes = 0;
        }
    }
}

/// A file that this server alone reads.
pub struct Held {
    path: PathBuf,
    lines: BufReader<File>,
    /// Whole lines that are no parcel.
    unreadable: u32,
}

impl Held {
    /// `None` where a living server has it, or it is gone.
    pub fn of(path: &Path) -> io::Result<Option<Held>> {
        let file = match File::open(path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(why)) => return Err(why),
        }
        if file.metadata()?.nlink() == 0 {
            return Ok(None);
        }
        Ok(Some(Held {
            path: path.to_owned(),
            lines: BufReader::new(file),
            unreadable: 0,
        }))
    }

    /// The next parcel. A last line without its end was never relied on.
    pub fn parcel(&mut self) -> io::Result<Option<Parcel>> {
        loop {
            let mut line = Vec::new();
            self.lines.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                return Ok(None);
            }
            match serde_json::from_slice(&line) {
                Ok(parcel) => return Ok(Some(parcel)),
                Err(_) => self.unreadable += 1,
            }
        }
    }

    /// Removes the file after everything of it is in the database; one with unreadable lines is kept under
    /// another name.
    pub fn remove(self) -> io::Result<()> {
        if self.unreadable == 0 {
            return std::fs::remove_file(&self.path);
        }
        tracing::error!(lines = self.unreadable, "audit: unreadable lines are kept");
        std::fs::rename(&self.path, self.path.with_extension("unreadable"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn folder(name: &str) -> PathBuf {
        let name = format!("kokuho-spill-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _: io::Result<()> = std::fs::remove_dir_all(&folder);
        folder
    }

    fn parcel(id: i64) -> Parcel {
        Parcel {
            id,
            entries: Vec::new(),
        }
    }

    fn ids(path: &Path) -> Vec<i64> {
        let mut held = Held::of(path).unwrap().unwrap();
        let mut ids = Vec::new();
        while let Some(parcel) = held.parcel().unwrap() {
            ids.push(parcel.id);
        }
        ids
    }

    #[test]
    fn a_file_is_private_locked_while_it_is_written_and_read_whole_by_the_next_server() {
        let folder = folder("whole");
        let mut spill = Spill::of(&folder, "abc");
        assert!(spill.is_empty() && !folder.exists());
        spill.append(&parcel(1)).unwrap();
        spill.append(&parcel(2)).unwrap();
        let other = Spill::of(&folder, "abc").close();
        assert_eq!(other.len(), 1);
        assert!(Held::of(&other[0]).unwrap().is_none());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&other[0])), (0o700, 0o600));
        assert!(Spill::of(&folder, "another").is_empty());
        let files = spill.close();
        assert_eq!(ids(&files[0]), [1, 2]);
        Held::of(&files[0]).unwrap().unwrap().remove().unwrap();
        spill.forget(&files[0]);
        assert!(spill.is_empty() && Spill::of(&folder, "abc").is_empty());
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_left_out_and_a_damaged_one_is_kept_aside() {
        let folder = folder("cut");
        let mut spill = Spill::of(&folder, "abc");
        spill.append(&parcel(7)).unwrap();
        let files = spill.close();
        let mut text = std::fs::read_to_string(&files[0]).unwrap();
        text.push_str("garbage\n");
        text.push_str("{\"id\":8,\"entr");
        std::fs::write(&files[0], text).unwrap();
        assert_eq!(ids(&files[0]), [7]);
        let mut held = Held::of(&files[0]).unwrap().unwrap();
        while held.parcel().unwrap().is_some() {}
        held.remove().unwrap();
        assert!(files[0].with_extension("unreadable").exists() && !files[0].exists());
    }

    #[test]
    fn where_there_is_no_folder_and_none_can_be_made_nothing_is_kept() {
        let blocked = folder("blocked");
        std::fs::write(&blocked, "a file").unwrap();
        let mut spill = Spill::of(&blocked, "abc");
        assert!(spill.append(&parcel(1)).is_err());
        assert!(spill.is_empty());
    }
}
