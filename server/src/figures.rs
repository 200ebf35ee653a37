//! 数値: the one place where this floor takes the figures of law and of cities.

pub use kokuho_shared::figures::*;
