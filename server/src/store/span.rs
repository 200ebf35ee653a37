//! A range of ids.

/// Ids from `first` to `last`, both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    /// One id alone.
    pub fn one(id: impl Into<i64>) -> Span {
        let id = id.into();
        Span {
            first: id,
            last: id,
        }
    }
}
