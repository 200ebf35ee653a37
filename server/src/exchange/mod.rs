//! Files from outside: bytes become text, text becomes checked fields. Knows neither routes
//! nor database, so that any bytes can be thrown at it.

pub mod characters;
pub mod charset;
pub mod codec;
pub mod dates;
pub mod fields;
pub mod layout;
pub mod source;
pub mod table;

use kokuho_shared::api::Problem;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FileError {
    pub message: String,
    /// Counted from 1.
    pub line: Option<u64>,
    /// The column's name in the file.
    pub column: Option<String>,
}

impl FileError {
    pub fn new(message: impl Into<String>) -> FileError {
        FileError {
            message: message.into(),
            line: None,
            column: None,
        }
    }

    pub fn at_line(mut self, line: u64) -> FileError {
        self.line = Some(line);
        self
    }

    pub fn at_column(mut self, column: &str) -> FileError {
        self.column = Some(column.to_owned());
        self
    }

    pub fn problem(self, file: &str) -> Problem {
        Problem {
            message: self.message,
            field: None,
            file: Some(file.to_owned()),
            line: self.line,
            column: self.column,
        }
    }
}
