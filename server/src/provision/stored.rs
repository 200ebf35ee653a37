//! Words as they are stored.

use crate::error::ServiceError;

/// What a stored word means, by the enum's `of_key`; another word is a fault of ours.
pub fn word<T>(of_key: fn(&str) -> Option<T>, word: &str) -> Result<T, ServiceError> {
    of_key(word).ok_or_else(|| ServiceError::Internal(format!("stored word {word}")))
}
