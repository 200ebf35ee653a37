//! 試算 (trial): a city's premiums with other rates, and the difference that a change makes.

pub mod change;
pub mod finder;
mod outcome;
pub mod whatif;
