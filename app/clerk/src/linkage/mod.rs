//! 情報連携: the files that other offices deliver.

mod follow;
pub mod imports;
mod outcome;
mod runs;
