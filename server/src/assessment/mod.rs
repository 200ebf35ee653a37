//! 賦課: decisions, their verification, and the public estimate.

pub mod decisions;
pub mod notice;
pub mod routes;
pub mod verify;
