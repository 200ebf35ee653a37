//! 支援措置 (住民基本台帳事務における支援措置): what nobody is shown without a record of why.
//!
//! Where a person under a measure lives is a value of this type. It prints as a word, is sent as
//! nothing once it is hidden, and there is no way back from hidden to the value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A value that may be hidden. Hidden is `null` in JSON.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Guarded<T> {
    Open(T),
    #[default]
    Hidden,
}

impl<T> Guarded<T> {
    /// The value, where it is not hidden.
    pub fn open(&self) -> Option<&T> {
        match self {
            Guarded::Open(value) => Some(value),
            Guarded::Hidden => None,
        }
    }

    pub fn hide(&mut self) {
        *self = Guarded::Hidden;
    }

    pub fn is_hidden(&self) -> bool {
        matches!(self, Guarded::Hidden)
    }
}

impl Guarded<String> {
    /// The text, or a word in its place.
    pub fn or_word(&self) -> &str {
        self.open().map_or("（非表示）", String::as_str)
    }
}

impl<T> From<T> for Guarded<T> {
    fn from(value: T) -> Guarded<T> {
        Guarded::Open(value)
    }
}

/// Neither a log nor a failed test tells the value.
impl<T> fmt::Debug for Guarded<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Guarded::Open(_) => "Guarded(open)",
            Guarded::Hidden => "Guarded(hidden)",
        })
    }
}

impl<T: Serialize> Serialize for Guarded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.open().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Guarded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Guarded<T>, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(value.map_or(Guarded::Hidden, Guarded::Open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_value_is_never_printed_and_a_hidden_one_never_sent() {
        let mut place = Guarded::from("大阪市北区中之島1".to_owned());
        assert_eq!(format!("{place:?}"), "Guarded(open)");
        assert_eq!(serde_json::to_value(&place).unwrap(), "大阪市北区中之島1");
        place.hide();
        assert_eq!(format!("{place:?}"), "Guarded(hidden)");
        assert_eq!(
            serde_json::to_value(&place).unwrap(),
            serde_json::Value::Null
        );
        let read: Guarded<String> = serde_json::from_str("null").unwrap();
        assert!(read.is_hidden() && read.or_word() == "（非表示）");
    }
}
