//! 賦課の処理 (run): the city is decided, checked, released, told and printed.

pub mod mailing;
mod monthly;
mod preview;
pub(super) mod provisional;
pub mod release;
pub mod review;
pub mod routes;
pub(super) mod second;
mod tally;
pub mod yearly;
