//! 賦課 (assessment): income, the premium of a household and its instalments.

pub mod household;
pub mod income;
pub mod instalments;
pub mod premium;
pub mod rules;
pub mod tier;
