//! 処理: how far a job is, what it left out, and the printing of what it made.

pub mod batches;
pub mod figures;
pub mod findings;
pub mod standing;
pub mod table;
