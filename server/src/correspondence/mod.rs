//! 文書 (correspondence): everything that leaves on paper. One table, one number and one hash for each letter, one
//! guard against crossed addressees, one record of how it went out and how it ended, one printing.
//!
//! Rooms compose what a letter says and to whom; a letter may tell of a decision, a person or a household, or be
//! unrelated to a decision.

pub mod archive;
pub mod batches;
pub mod ending;
mod issued;
pub mod kind;
pub mod letter;
pub mod printing;
pub mod routes;
pub mod series;

pub use archive::StoredLetter;
pub use kind::LetterKind;
pub use letter::{About, PreparedLetter, write};
pub use series::Series;

/// Its part of the state: what was told to whom.
pub const STATE: &[&str] =
    &["SELECT number || ',' || household_id || ',' || content_sha256 FROM letter ORDER BY number"];
