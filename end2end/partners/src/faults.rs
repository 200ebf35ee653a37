//! What goes wrong on request.

use anyhow::{Result, bail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer at all.
    Silent,
    /// 一部回答.
    Partial,
    /// The answer is of somebody else.
    OtherPerson,
    /// One item of the person differs.
    Misspelt,
    NoRecord,
    NotRegistered,
    ByHand,
    Refused,
    Error,
    /// The same file comes twice.
    TwoFiles,
    /// The file breaks off.
    Truncated,
    /// A record is missing, the count is not.
    RecordMissing,
    /// A column is gone.
    ColumnMissing,
    /// Neither UTF-8 nor CP932.
    WrongCharset,
    /// A result that nobody knows.
    UnknownCode,
    /// An answer to what was never asked.
    UnknownNumber,
    /// Somebody is born in 1850.
    OutOfRange,
    /// A name of more bytes than a reason beside it has room for.
    LongName,
    /// A name in 外字, and with 髙 as NEC wrote it.
    UserArea,
}

const WORDS: [(&str, Fault); 19] = [
    ("silent", Fault::Silent),
    ("partial", Fault::Partial),
    ("other_person", Fault::OtherPerson),
    ("misspelt", Fault::Misspelt),
    ("no_record", Fault::NoRecord),
    ("not_registered", Fault::NotRegistered),
    ("by_hand", Fault::ByHand),
    ("refused", Fault::Refused),
    ("error", Fault::Error),
    ("two_files", Fault::TwoFiles),
    ("truncated", Fault::Truncated),
    ("record_missing", Fault::RecordMissing),
    ("column_missing", Fault::ColumnMissing),
    ("wrong_charset", Fault::WrongCharset),
    ("unknown_code", Fault::UnknownCode),
    ("unknown_number", Fault::UnknownNumber),
    ("out_of_range", Fault::OutOfRange),
    ("long_name", Fault::LongName),
    ("user_area", Fault::UserArea),
];

impl Fault {
    pub fn parse(word: &str) -> Result<Fault> {
        match WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, fault)) => Ok(*fault),
            None => bail!("no such fault: {word}"),
        }
    }

    /// Whether the file as a whole is wrong.
    pub fn spoils_file(self) -> bool {
        matches!(
            self,
            Fault::TwoFiles
                | Fault::Truncated
                | Fault::RecordMissing
                | Fault::ColumnMissing
                | Fault::WrongCharset
                | Fault::UnknownCode
                | Fault::UnknownNumber
                | Fault::OutOfRange
                | Fault::LongName
                | Fault::UserArea
        )
    }
}

/// The bytes of a file in CP932, with what goes wrong in it.
pub fn spoil(text: &str, fault: Option<Fault>) -> Vec<u8> {
    let lines: Vec<&str> = text.lines().collect();
    let changed = match fault {
        Some(Fault::Truncated) => lines
            .iter()
            .take(lines.len() - 1)
            .map(|line| format!("{line}\r\n"))
            .collect(),
        Some(Fault::RecordMissing) => {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != 1);
            kept.map(|(_, line)| format!("{line}\r\n")).collect()
        }
        Some(Fault::ColumnMissing) => {
            let shorter = |line: &&str| match line.rsplit_once(',') {
                Some((rest, _)) if !line.starts_with('#') => format!("{rest}\r\n"),
                _ => format!("{line}\r\n"),
            };
            lines.iter().map(shorter).collect()
        }
        Some(Fault::UnknownCode) => changed_column(&lines, 2, "7"),
        Some(Fault::UnknownNumber) => changed_column(&lines, 0, "999999"),
        Some(Fault::OutOfRange) => changed_column(&lines, 4, "1850-04-02"),
        _ => text.to_owned(),
    };
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(&changed);
    let mut bytes = bytes.into_owned();
    if fault == Some(Fault::WrongCharset) {
        bytes.extend([0xFF, 0xFE, 0x80, b'\n']);
    }
    if fault == Some(Fault::UserArea) {
        in_user_area(&mut bytes);
    }
    bytes
}

/// 見辺 in other bytes: the first character of the user area, and 髙.
fn in_user_area(bytes: &mut [u8]) {
    let (usual, _, _) = encoding_rs::SHIFT_JIS.encode("見辺");
    let places = bytes.windows(usual.len());
    let places: Vec<usize> = places
        .enumerate()
        .filter(|(_, part)| *part == &*usual)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        if let Some(part) = bytes.get_mut(place..place + 4) {
            part.copy_from_slice(&[0xF0, 0x40, 0xEE, 0xE0]);
        }
    }
}

/// The data lines with another text in a column.
fn changed_column(lines: &[&str], place: usize, text: &str) -> String {
    let change = |(at, line): (usize, &&str)| {
        if at == 0 || line.starts_with('#') {
            return format!("{line}\r\n");
        }
        let columns = line.split(',').enumerate();
        let columns: Vec<&str> = columns
            .map(|(at, own)| if at == place { text } else { own })
            .collect();
        format!("{}\r\n", columns.join(","))
    };
    lines.iter().enumerate().map(change).collect()
}
