//! 賦課 (assessment): income, the premium of a household and its instalments.

pub mod breakdown;
pub mod error;
pub mod facts;
pub mod household;
pub mod income;
pub mod outcome;
pub mod premium;
pub mod relief;
pub mod result;
pub mod rules;
pub mod schedule;
pub mod sheet;
pub mod trial;
