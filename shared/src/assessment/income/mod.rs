//! 所得 (income): what people earn by kind, and the figures that the premium makes of it.

pub mod figures;
pub mod kinds;
pub mod tables;
