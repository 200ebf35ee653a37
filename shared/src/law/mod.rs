//! 法令の数値 (figures of the law): dated data, each block with its source and state.

pub mod bracket;
pub mod copayment;
pub mod duplicate;
mod error;
pub mod income_kinds;
pub mod national;
pub mod parameters;
mod part;
pub mod pension;
pub mod review;
pub mod shipped;

pub use error::LawError;
