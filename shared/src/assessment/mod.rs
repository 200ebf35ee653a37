//! 賦課 (assessment): income and instalments of the premium.

pub mod income;
pub mod instalments;
