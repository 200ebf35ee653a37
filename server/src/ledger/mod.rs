//! 収納台帳 (ledger): the only place that writes money. Append-only, double entry.

pub mod balance;
pub mod book;
pub mod routes;
pub mod verify;
