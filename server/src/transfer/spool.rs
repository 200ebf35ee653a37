//! A file that came in, in a private file without a name: nobody else reads or changes it, and the
//! system removes it when the program ends, however it ends.

use crate::access::hex;
use crate::error::ServiceError;
use crate::exchange::FileError;
use crate::exchange::source::Source;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The largest file that is taken in, in bytes.
pub const LARGEST: u64 = 256 * 1024 * 1024;

#[derive(Debug)]
pub struct Spool {
    file: File,
    pub sha256: String,
}

/// A spool that is being filled.
pub struct Filling {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Filling {
    pub fn start() -> Result<Filling, ServiceError> {
        let file = tempfile::tempfile().map_err(|why| failed(&why))?;
        let private = std::fs::Permissions::from_mode(0o600);
        file.set_permissions(private).map_err(|why| failed(&why))?;
        Ok(Filling {
            file,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Adds bytes; more than [`LARGEST`] are refused.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), ServiceError> {
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > LARGEST {
            return Err(too_large(LARGEST));
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(|why| failed(&why))
    }

    pub fn end(self) -> Spool {
        Spool {
            file: self.file,
            sha256: hex(&self.hash.finalize()),
        }
    }
}

impl Spool {
    pub fn of_bytes(bytes: &[u8]) -> Result<Spool, ServiceError> {
        let mut filling = Filling::start()?;
        filling.add(bytes)?;
        Ok(filling.end())
    }

    /// A copy of a file as it is now.
    pub fn of_file(path: &Path) -> Result<Spool, ServiceError> {
        let mut file = File::open(path).map_err(|why| failed(&why))?;
        let mut filling = Filling::start()?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = file.read(&mut buffer).map_err(|why| failed(&why))?;
            match buffer.get(..read) {
                Some([]) | None => return Ok(filling.end()),
                Some(bytes) => filling.add(bytes)?,
            }
        }
    }

    pub fn source(&self) -> Source<'_> {
        Source::File(&self.file)
    }
}

pub fn too_large(most: u64) -> ServiceError {
    let text = format!("ファイルが大きすぎます（{}MBまで）", most / 1024 / 1024);
    ServiceError::Invalid(FileError::new(text).problem(""))
}

fn failed(why: &std::io::Error) -> ServiceError {
    ServiceError::Internal(format!("一時ファイル: {:?}", why.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn a_spool_is_nobody_elses_has_no_name_and_takes_no_more_than_the_largest_file() {
        let mut filling = Filling::start().unwrap();
        let meta = filling.file.metadata().unwrap();
        // Readable by its owner only, and under no name: nothing is left of it.
        assert_eq!((meta.mode() & 0o077, meta.nlink()), (0, 0));
        filling.bytes = LARGEST - 2;
        assert!(filling.add(b"ab").is_ok());
        assert!(matches!(filling.add(b"c"), Err(ServiceError::Invalid(_))));
    }

    #[test]
    fn what_was_put_in_is_read_from_the_start_each_time() {
        let spool = Spool::of_bytes(b"abc").unwrap();
        for _ in 0..2 {
            let mut text = String::new();
            spool
                .source()
                .open()
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, "abc");
        }
    }
}
