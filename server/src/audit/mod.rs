//! 監査記録 (audit): who saw or changed what, in a chain of hashes that shows any alteration.
//!
//! A change writes its record in its own transaction. Reads are gathered and written within a
//! second. A sealer numbers what has been written and closes it into batches; each batch holds
//! the hash of the one before it.

pub mod chain;
pub mod entry;
pub mod log;
pub mod routes;
pub mod seal;
pub mod search;
pub mod verify;

pub use entry::{Entry, What};
pub use log::Log;
