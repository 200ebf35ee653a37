//! 賦課: decisions, their verification, and the public estimate.

pub mod decisions;
pub mod routes;
pub mod verify;
