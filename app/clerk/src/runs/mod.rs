//! 年次賦課: work over the whole city, its result, its letters and their printing.

mod batches;
pub mod list;
mod outcome;
pub mod pensions;
mod rates;
pub mod renewal;
mod review;
pub mod run;
mod standing;
pub mod whatif;
