//! A range of ids.

/// Ids from `first` to `last`, both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    /// One id alone.
    pub fn one(id: i64) -> Span {
        Span {
            first: id,
            last: id,
        }
    }
}
