//! 賦課: decisions, the yearly run, letters, verification, and the public estimate.

mod basis;
mod changed;
mod closed;
pub mod decisions;
mod draft;
pub mod kept;
pub mod mailing;
mod monthly;
pub mod notice;
pub mod pension;
pub mod printing;
mod provisional;
pub mod release;
pub mod reliefs;
pub mod review;
pub mod routes;
pub mod slips;
pub mod totals;
pub mod verify;
pub mod whatif;
pub mod yearly;
