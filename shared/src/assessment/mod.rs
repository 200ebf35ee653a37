//! 賦課 (assessment): income, the premium of a household and its instalments.

pub mod change;
mod check;
pub mod circumstances;
pub mod figures;
pub mod finder;
pub mod household;
pub mod income;
pub mod instalments;
pub mod kinds;
pub mod limit;
pub mod months;
pub mod pension;
pub mod premium;
pub mod relief_rules;
pub mod reliefs;
mod relieved;
pub mod result;
pub mod rules;
pub mod schedule;
pub mod sheet;
mod special;
mod state;
mod tables;
pub mod tier;
mod trial;
mod units;
pub mod whatif;
