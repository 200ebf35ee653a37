//! 文字コード: UTF-8 (with or without BOM) or CP932, decided by all bytes, never guessed away.

use super::FileError;
use super::characters;
use super::source::{Source, failed, read_line};
use std::io::BufRead;

/// In what a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Utf8,
    /// Not UTF-8, so CP932; `from` is the first line that is not UTF-8.
    Cp932 {
        from: u64,
    },
}

/// Reads the file once. A zero byte is no text in either.
pub fn recognise(source: Source<'_>) -> Result<Written, FileError> {
    let mut reader = source.open()?;
    let (mut line, mut utf8) = (1u64, Utf8::default());
    let mut broken = None;
    loop {
        let bytes = reader.fill_buf().map_err(|why| failed(&why))?;
        if bytes.is_empty() {
            break;
        }
        for byte in bytes {
            if *byte == 0 {
                return Err(FileError::new("文字ではないデータがあります").at_line(line));
            }
            if broken.is_none() && !utf8.takes(*byte) {
                broken = Some(line);
            }
            line += u64::from(*byte == b'\n');
        }
        let read = bytes.len();
        reader.consume(read);
    }
    if broken.is_none() && !utf8.is_whole() {
        broken = Some(line);
    }
    Ok(match broken {
        None => Written::Utf8,
        Some(from) => Written::Cp932 { from },
    })
}

/// Whether bytes that come one by one are UTF-8.
#[derive(Default)]
struct Utf8 {
    /// How many bytes of the character are still to come, and between what the next one lies.
    missing: u8,
    low: u8,
    high: u8,
}

impl Utf8 {
    fn takes(&mut self, byte: u8) -> bool {
        if self.missing > 0 {
            let fits = (self.low..=self.high).contains(&byte);
            (self.missing, self.low, self.high) = (self.missing - 1, 0x80, 0xBF);
            return fits;
        }
        let (missing, low, high) = match byte {
            0x00..=0x7F => return true,
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xE1..=0xEF => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return false,
        };
        (self.missing, self.low, self.high) = (missing, low, high);
        true
    }

    fn is_whole(&self) -> bool {
        self.missing == 0
    }
}

/// The lines of a file as text, counted from 1.
pub struct Lines<'a> {
    reader: Box<dyn BufRead + 'a>,
    written: Written,
    number: u64,
    bytes: Vec<u8>,
    text: String,
}

impl<'a> Lines<'a> {
    pub fn of(source: Source<'a>) -> Result<Lines<'a>, FileError> {
        let written = recognise(source)?;
        Ok(Lines {
            reader: source.open()?,
            written,
            number: 0,
            bytes: Vec::new(),
            text: String::new(),
        })
    }

    /// The next line without its end; bytes that are no characters are refused with their line.
    pub fn next_line(&mut self) -> Result<Option<(u64, &str)>, FileError> {
        self.number += 1;
        if !read_line(self.reader.as_mut(), &mut self.bytes, self.number)? {
            return Ok(None);
        }
        let from = match self.written {
            Written::Utf8 => {
                let text = std::str::from_utf8(&self.bytes);
                return match text {
                    Ok(text) => Ok(Some((self.number, text))),
                    Err(_) => Err(unreadable(self.number)),
                };
            }
            Written::Cp932 { from } => from,
        };
        self.text.clear();
        if !characters::decode(&self.bytes, &mut self.text) {
            return Err(unreadable(self.number.max(from)));
        }
        Ok(Some((self.number, &self.text)))
    }
}

fn unreadable(line: u64) -> FileError {
    FileError::new("文字コードを読めません（UTF-8 か CP932 にしてください）").at_line(line)
}

/// The whole text of JSON or XML, which are UTF-8.
pub fn utf8_only<'a>(source: Source<'a>, form: &str) -> Result<Box<dyn BufRead + 'a>, FileError> {
    match recognise(source)? {
        Written::Utf8 => source.open(),
        Written::Cp932 { from } => {
            Err(FileError::new(format!("{form} は UTF-8 で書いてください")).at_line(from))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::SHIFT_JIS;
    use proptest::prelude::*;

    fn all(bytes: &[u8]) -> Result<Vec<String>, FileError> {
        let mut lines = Lines::of(Source::Bytes(bytes))?;
        let mut all = Vec::new();
        while let Some((_, text)) = lines.next_line()? {
            all.push(text.to_owned());
        }
        Ok(all)
    }

    #[test]
    fn utf8_with_or_without_bom_and_cp932_give_the_same_text() {
        let (cp932, ..) = SHIFT_JIS.encode("氏名\r\n髙﨑①");
        for bytes in [
            "氏名\r\n髙﨑①".as_bytes(),
            "\u{FEFF}氏名\r\n髙﨑①".as_bytes(),
            &cp932,
        ] {
            assert_eq!(all(bytes).unwrap(), ["氏名", "髙﨑①"]);
        }
    }

    #[test]
    fn bytes_of_no_known_charset_are_refused_with_their_line() {
        assert_eq!(all(b"a\nb\n\xFF\xFF\xFF\n").unwrap_err().line, Some(3));
        assert_eq!(all(b"a\n\0\n").unwrap_err().line, Some(2));
    }

    proptest! {
        #[test]
        fn bytes_are_utf8_for_us_exactly_when_they_are(bytes in prop::collection::vec(prop_oneof![0x01..=0x7Fu8, any::<u8>().prop_map(|byte| byte.max(1))], 0..12)) {
            let written = recognise(Source::Bytes(&bytes)).unwrap();
            let own = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            prop_assert_eq!(written == Written::Utf8, std::str::from_utf8(own).is_ok());
        }
    }
}
