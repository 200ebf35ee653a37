//! 監査: who saw or changed what.

mod chain;
pub mod records;
