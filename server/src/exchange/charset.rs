//! 文字コード: UTF-8 (with or without BOM) or CP932, decided by the bytes, never guessed away.

use super::FileError;
use encoding_rs::SHIFT_JIS;
use std::borrow::Cow;

/// The text of a file. Bytes that are neither UTF-8 nor CP932 are refused with their line.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return refuse_nul(Cow::Borrowed(text)),
        Err(error) => error,
    };
    match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => refuse_nul(text),
        None => {
            let good = utf8.valid_up_to().max(cp932_up_to(bytes));
            let message = "文字コードを読めません（UTF-8 か CP932 にしてください）";
            Err(FileError::new(message).at_line(line_of(bytes, good)))
        }
    }
}

/// The bytes of a file in CP932, where every character has one.
pub fn encode_cp932(text: &str) -> Option<Cow<'_, [u8]>> {
    let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
    (!unmappable).then_some(bytes)
}

fn refuse_nul(text: Cow<'_, str>) -> Result<Cow<'_, str>, FileError> {
    match text.find('\0') {
        Some(at) => {
            Err(FileError::new("文字ではないデータがあります")
                .at_line(line_of(text.as_bytes(), at)))
        }
        None => Ok(text),
    }
}

/// How many bytes from the start are CP932: whole lines, which is enough to name the bad one.
fn cp932_up_to(bytes: &[u8]) -> usize {
    let mut good = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(line)
            .is_none()
        {
            break;
        }
        good += line.len();
    }
    good
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    let before = bytes.get(..at).unwrap_or(bytes);
    1 + before
        .iter()
        .filter(|byte| **byte == b'\n')
        .fold(0, |count, _| count + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_with_or_without_bom_and_cp932_give_the_same_text() {
        let (cp932, ..) = SHIFT_JIS.encode("氏名\r\n髙﨑①");
        for bytes in [
            "氏名\r\n髙﨑①".as_bytes(),
            "\u{FEFF}氏名\r\n髙﨑①".as_bytes(),
            &cp932,
        ] {
            assert_eq!(decode(bytes).unwrap(), "氏名\r\n髙﨑①");
        }
    }

    #[test]
    fn bytes_of_no_known_charset_are_refused_with_their_line() {
        assert_eq!(decode(b"a\nb\n\xFF\xFF\xFF\n").unwrap_err().line, Some(3));
        assert_eq!(decode(b"a\n\0\n").unwrap_err().line, Some(2));
    }
}
