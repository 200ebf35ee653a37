//! 文書の同一性: a hash over what a letter says, to whom, and with what it was printed.

use crate::error::LettersError;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Hashes pieces with their lengths, so that no two lists of pieces look the same.
#[derive(Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub fn piece(mut self, bytes: &[u8]) -> Hasher {
        // A length of memory is at most 64 bits wide.
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    pub fn finish(self) -> ContentHash {
        ContentHash(self.0.finalize().into())
    }
}

/// JSON without spaces, the keys of each object in order.
pub(crate) fn canonical<T: Serialize>(data: &T) -> Result<Vec<u8>, LettersError> {
    let unwritable = |why: serde_json::Error| LettersError::Unwritable(why.to_string());
    let mut value = serde_json::to_value(data).map_err(unwritable)?;
    sort(&mut value);
    serde_json::to_vec(&value).map_err(unwritable)
}

/// Puts keys in order whether or not the map keeps them so by itself.
fn sort(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(sort),
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            pairs.iter_mut().for_each(|(_, value)| sort(value));
            map.extend(pairs);
        }
        _ => {}
    }
}
