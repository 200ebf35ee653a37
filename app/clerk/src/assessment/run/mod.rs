//! 賦課の処理: the city is decided, checked, told and printed; 特別徴収 and trials of rates beside it.

pub mod list;
mod outcome;
pub mod page;
pub mod pensions;
mod rates;
mod review;
mod start;
pub mod whatif;
