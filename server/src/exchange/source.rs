//! The bytes of a file, read from the start as often as needed: never all of them at once.

use super::FileError;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes that are there already, or a file of our own that no other program changes.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Bytes(&'a [u8]),
    File(&'a File),
}

const BUFFER: usize = 64 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

impl<'a> Source<'a> {
    /// From the first byte after a mark of UTF-8. One reader at a time: a file has one place.
    pub fn open(self) -> Result<Box<dyn BufRead + 'a>, FileError> {
        let mut reader: Box<dyn BufRead + 'a> = match self {
            Source::Bytes(bytes) => Box::new(bytes),
            Source::File(mut file) => {
                file.seek(SeekFrom::Start(0)).map_err(|why| failed(&why))?;
                Box::new(BufReader::with_capacity(BUFFER, file))
            }
        };
        let marked = reader.fill_buf().map_err(|why| failed(&why))?;
        if marked.starts_with(BOM) {
            reader.consume(BOM.len());
        }
        Ok(reader)
    }
}

pub(super) fn failed(why: &std::io::Error) -> FileError {
    FileError::new(format!("ファイルを読めません: {:?}", why.kind()))
}

/// A line of a file has at most so many bytes.
const LONGEST: u64 = 64 * 1024;

/// Reads one line without its end into `line`; false after the last one.
pub(super) fn read_line(
    reader: &mut dyn BufRead,
    line: &mut Vec<u8>,
    number: u64,
) -> Result<bool, FileError> {
    line.clear();
    let mut limited = reader.take(LONGEST);
    let read = limited
        .read_until(b'\n', line)
        .map_err(|why| failed(&why).at_line(number))?;
    if read == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if limited.limit() == 0 {
        return Err(FileError::new("行が長すぎます").at_line(number));
    }
    Ok(true)
}
