//! 文書: the printing of what a run made.

pub mod batches;
pub mod issued;
