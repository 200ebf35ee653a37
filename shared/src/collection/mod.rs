//! 収納 (collection): what a household owes, has paid and gets back.

pub mod booking;
pub mod prescription;
