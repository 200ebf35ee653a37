//! 処理: how far a job is, and what it left out.

pub mod figures;
pub mod findings;
pub mod question;
pub mod requests;
pub mod standing;
pub mod table;
